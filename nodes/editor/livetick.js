// What the forms of this palette have in common. Each of them names this module, for the editor may load them in any order;
// the browser runs it once.
import { connectionForm } from './connection-form.js';
import { allowVariable, saveNumbers, timeframeSelect } from './fields.js';
import { isIndicator, shortName } from './indicator-catalogue.js';
import { indicatorSettings } from './indicator-form.js';
import { openNewsConnection } from './news-connection-form.js';
import * as nodeTypes from './node-types.js';
import { explain } from './problems.js';
import { areInputs } from './raw-inputs.js';
import { sourceSearch } from './source-search.js';
import { symbolSearch } from './symbol-search.js';
import { seriesLabel, tidy } from './symbols.js';
import { openTexts, saveTexts, textsOf } from './text-lists.js';
import { numberFrom, oneOf, symbol, symbols, timeframe, wholeNumberFrom } from './validators.js';
import { isEmpty, isVariable } from './values.js';

$('<link rel="stylesheet">')
  .attr('href', new URL('livetick.css', import.meta.url).href)
  .appendTo('head');

RED.livetick = {
  ...nodeTypes,
  connectionForm,
  openNewsConnection,
  openTexts,
  saveTexts,
  textsOf,
  indicatorSettings,
  isIndicator,
  shortName,
  areInputs,
  explain,
  oneOf,
  timeframe,
  numberFrom,
  wholeNumberFrom,
  symbol,
  symbols,
  seriesLabel,
  tidy,
  isVariable,
  isEmpty,
  saveNumbers,
  allowVariable,
  timeframeSelect,
  symbolSearch,
  sourceSearch,
};
