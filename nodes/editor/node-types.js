import { nameTypedInputs } from './accessible.js';
import { connectionChoice, takeOnlyConnection } from './connection-choice.js';
import { saveNumbers } from './fields.js';
import { explainFields } from './problems.js';
import { symbolList, symbolsIn } from './symbol-list.js';

// What the node types have in common, for RED.nodes.registerType. What a node has of its own stands in its html as a literal,
// where tools that read palettes find it.

export const color = '#6fb1b8';

export const inputLabels = function () {
  return this._(`${this.type}.input.control`);
};

/** @param outputs names of the outputs, in the node's catalogue */
export const outputLabels = (...outputs) =>
  function (index) {
    return this._(`${this.type}.output.${outputs[index]}`);
  };

/** @param own says what the node does, where it has no name */
export const label = (own) =>
  function () {
    return this.name || own.call(this) || this.type;
  };

export const labelStyle = function () {
  return this.name ? 'node_label_italic' : '';
};

export const onadd = function () {
  takeOnlyConnection(this);
};

const symbols = () => $('#node-input-symbols-list');

/** Makes ready what the forms have in common. @param prepare does the same for what is the node's own */
export function openForm(node, prepare = () => {}) {
  if (symbols().length > 0) symbolList(symbols(), node.symbols);
  connectionChoice(node);
  prepare();
  explainFields(node, 'node-input');
  nameTypedInputs($('.livetick-form').last());
}

/** Takes from a form what the editor does not take by itself. @param numbers properties that are numbers, unless they are variables */
export function saveForm(node, ...numbers) {
  if (symbols().length > 0) node.symbols = symbolsIn(symbols());
  saveNumbers(node, 'node-input', numbers);
}
