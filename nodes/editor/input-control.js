import { symbolSearch } from './symbol-search.js';
import { CODES } from './timeframes.js';
import { catalogue, isVariable, text } from './values.js';

const own = catalogue('tv-indicator');
const SOURCES = ['open', 'high', 'low', 'close', 'hl2', 'hlc3', 'ohlc4', 'hlcc4'];
const NUMBERS = ['integer', 'float', 'price'];
const TIMES = ['time', 'bar_time'];
/** Pine's own bounds of a trillion are as good as none. */
const BOUNDLESS = 1e12;

const textField = (type = 'text') => $(`<input type="${type}" autocomplete="off" spellcheck="false">`);

function select(choices) {
  return $('<select>').append(choices.map(([value, label]) => $('<option>').val(String(value)).text(label)));
}

/** A number, whose empty field stands for the default. */
function numberControl({ type, min = -Infinity, max = Infinity, step, default: byDefault }) {
  const [from, to] = [min > -BOUNDLESS, max < BOUNDLESS];
  const element = textField('number').attr({ step: step ?? (type === 'integer' ? 1 : 'any'), placeholder: byDefault });
  // A browser counts its steps from the least number: with 0.001 it would go from 2 to 2.001.
  if (from && (min / (step ?? 1)) % 1 === 0) element.attr('min', min);
  if (to) element.attr('max', max);
  const kind = type === 'integer' ? 'integer' : 'number';
  return {
    element,
    get: () => (element.val() === '' ? byDefault : Number(element.val())),
    problem() {
      if (element.val() === '' && !element[0].validity.badInput) return '';
      const value = element[0].validity.badInput ? Number.NaN : Number(element.val());
      const fits = value >= min && value <= max && (type !== 'integer' || Number.isInteger(value));
      if (fits) return '';
      if (from && to) return own(`error.${kind}-range`, { min, max });
      if (from) return own(`error.${kind}-from`, { min });
      return to ? own(`error.${kind}-to`, { max }) : own(`error.${kind}`);
    },
  };
}

/** Milliseconds since the epoch, shown as a text in UTC. */
function timeControl({ default: byDefault }) {
  const element = textField().attr('placeholder', '2026-01-31T12:00Z');
  const read = () => (/^\d+$/.test(element.val().trim()) ? Number(element.val()) : Date.parse(element.val()));
  return {
    element,
    get: () => (element.val().trim() === '' ? byDefault : read()),
    set: (value) =>
      element.val(typeof value === 'number' ? new Date(value).toISOString().replace(/:00\.000Z$/, 'Z') : value),
    problem: () => (element.val().trim() === '' || !Number.isNaN(read()) ? '' : own('error.time')),
  };
}

function flagControl() {
  const element = $('<input type="checkbox">');
  return {
    element,
    get: () => element.prop('checked'),
    set: (value) => element.prop('checked', value === true || value === 'true'),
  };
}

function choiceControl(choices, kind) {
  const element = select(choices);
  const isNumeric = NUMBERS.includes(kind);
  return {
    element,
    get: () => (isNumeric ? Number(element.val()) : element.val()),
    set(value) {
      const known = choices.some(([choice]) => String(choice) === String(value));
      if (!known)
        select([[value, value]])
          .children()
          .appendTo(element);
      element.val(String(value));
    },
  };
}

function timeframeChoices() {
  return [
    ['', own('label.as-node')],
    ...Object.entries(CODES).map(([timeframe, code]) => [code, text(`timeframe.${timeframe}`)]),
  ];
}

/** The control for one input of an indicator: its element, get(), set(value), and problem(), a sentence or nothing. */
function kindOf(input) {
  const { type, options, default: byDefault } = input;
  if (options)
    return choiceControl(
      options.map((option) => [option, String(option)]),
      type,
    );
  if (type === 'bool') return flagControl();
  if (type === 'source')
    return choiceControl(
      SOURCES.map((source) => [source, source]),
      type,
    );
  if (type === 'resolution') return choiceControl(timeframeChoices(), type);
  if (NUMBERS.includes(type)) return numberControl(input);
  if (TIMES.includes(type)) return timeControl(input);
  const element = textField(type === 'color' && /^#[\da-f]{6}$/i.test(byDefault) ? 'color' : 'text');
  return {
    element,
    get: () => element.val().trim(),
    attached: type === 'symbol' ? () => symbolSearch(element) : undefined,
  };
}

/**
 * A control that may also be an environment variable.
 * @param input one of the indicator's inputs, as the look-up gives it
 */
export function inputControl(input) {
  const plain = kindOf(input);
  const set = plain.set ?? ((value) => plain.element.val(value));
  const variable = textField().attr('placeholder', '${NAME}').hide();
  let isPlain = true;

  function turn(plainly) {
    isPlain = plainly;
    plain.element.toggle(isPlain);
    variable.toggle(!isPlain);
  }

  return {
    elements: [plain.element, variable],
    attached: plain.attached,
    isVariable: () => !isPlain,
    turn,
    get: () => (isPlain ? plain.get() : variable.val().trim()),
    set(value) {
      turn(!isVariable(value));
      if (isPlain) set(value);
      else variable.val(value);
    },
    problem() {
      if (isPlain) return plain.problem?.() ?? '';
      return isVariable(variable.val().trim()) ? '' : own('error.variable');
    },
  };
}
