import { isSymbol, splitSymbols } from './symbols.js';
import { TIMEFRAMES } from './timeframes.js';
import { isEmpty, isVariable, text } from './values.js';

// Validators of properties; the editor takes a sentence only from one with two parameters. An empty value stands for the
// default. The sentences hold nothing that was typed or imported, because the editor shows them as HTML.
const validator = (isValid, key, options) => (value, _opt) =>
  isEmpty(value) || isVariable(value) || isValid(value) || text(`error.${key}`, options);

export const oneOf = (allowed) => validator((value) => allowed.includes(value), 'choice');
export const timeframe = () => validator((value) => Object.values(TIMEFRAMES).flat().includes(value), 'timeframe');
export const numberFrom = (min) => validator((value) => Number(value) >= min, 'number', { min });
export const wholeNumberFrom = (min) =>
  validator((value) => Number.isInteger(Number(value)) && Number(value) >= min, 'whole-number', { min });

export const symbol = () => validator((value) => isSymbol(String(value).trim()), 'symbol');

export const symbols = () => (value, _opt) => {
  const wrong = splitSymbols(value).findIndex((symbol) => !isSymbol(symbol));
  return wrong === -1 || text('error.symbols', { place: wrong + 1 });
};
