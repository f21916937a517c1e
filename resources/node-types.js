import { nameTypedInputs } from './accessible.js';
import { connectionChoice, takeOnlyConnection } from './connection-choice.js';
import { explainFields } from './problems.js';
import { symbolList, symbolsIn } from './symbol-list.js';
import { seriesLabel } from './symbols.js';
import { symbols } from './validators.js';

export const color = '#6fb1b8';

/**
 * What all nodes on a connection have, for RED.nodes.registerType.
 * @param outputs names of the outputs, in the node's catalogue
 * @param own what else this type has; its functions are called after the common ones, its label shows where there is no name
 */
export function connected(type, outputs, own) {
  return {
    category: 'market data',
    color,
    icon: `${type}.svg`,
    paletteLabel: type.replace('-', '\u2011'), // with its own hyphen, the palette would show "tv - ohlc"
    inputs: 1,
    outputs: outputs.length,
    inputLabels: function () {
      return this._(`${type}.input.control`);
    },
    outputLabels: function (index) {
      return this._(`${type}.output.${outputs[index]}`);
    },
    label: function () {
      return this.name || own.label?.call(this) || type;
    },
    labelStyle: function () {
      return this.name ? 'node_label_italic' : '';
    },
    defaults: {
      name: { value: '' },
      connection: { value: '', type: 'tv-connection', required: true },
      ...own.defaults,
    },
    onadd: function () {
      takeOnlyConnection(this);
    },
    oneditprepare: function () {
      connectionChoice(this);
      own.oneditprepare?.call(this);
      explainFields(this, 'node-input');
      nameTypedInputs($('.livetick-form').last());
    },
    oneditsave: function () {
      own.oneditsave?.call(this);
    },
  };
}

/** The same for those that stream something for each of their symbols; a label of their own is given that of the series. */
export function stream(type, outputs, own) {
  return connected(type, outputs, {
    label: function () {
      const series = seriesLabel(this.symbols, this.timeframe);
      return own.label ? own.label.call(this, series) : series;
    },
    defaults: {
      symbols: { value: [], validate: symbols() },
      ...own.defaults,
    },
    oneditprepare: function () {
      symbolList($('#node-input-symbols-list'), this.symbols);
      own.oneditprepare?.call(this);
    },
    oneditsave: function () {
      this.symbols = symbolsIn($('#node-input-symbols-list'));
      own.oneditsave?.call(this);
    },
  });
}
