import { FeedError } from '../feed/errors';
import type { IndicatorDefinition, IndicatorInput, InputValue } from './indicator-definition';

/** Inputs as a user gives them, by id (`in_0`) or by name (`RSI Length`). */
export type GivenInputs = Readonly<Record<string, unknown>>;

const NUMERIC = new Set(['integer', 'float', 'price', 'time', 'bar_time']);
const A_TIME = 'a time: milliseconds since the epoch, or a text such as 2026-01-31T12:00Z';

/**
 * The values of all inputs: the defaults, and what is given over them. Of a built-in study nothing is known, so what is given
 * stands for itself.
 * @throws FeedError INPUT_INVALID that names the input and what it may be
 */
export function checkInputs({ info, script }: IndicatorDefinition, given: GivenInputs): Map<string, InputValue> {
  const values = new Map<string, InputValue>();
  for (const input of info.inputs) if (input.default !== null) values.set(input.id, input.default);
  for (const [key, value] of Object.entries(given)) {
    const input = findInput(info.inputs, key);
    if (input) values.set(input.id, checkValue(input, value));
    else if (script === null) values.set(key, checkPlain(key, value));
    else throw unknownInput(info.name, info.inputs, key);
  }
  return values;
}

/** The last argument of `create_study`. Pine inputs say of what type they are; colours keep upstream's defaults. */
export function studyInputs(
  { info, script }: IndicatorDefinition,
  values: ReadonlyMap<string, InputValue>,
): Record<string, unknown> {
  if (script === null) return Object.fromEntries(values);
  const inputs: Record<string, unknown> = { text: script, pineId: info.id, pineVersion: info.version };
  for (const input of info.inputs) {
    const value = values.get(input.id);
    if (value === undefined || (input.type === 'color' && value === input.default)) continue;
    inputs[input.id] = { v: value, f: true, t: input.type };
  }
  return inputs;
}

function findInput(inputs: readonly IndicatorInput[], key: string): IndicatorInput | undefined {
  const sought = key.trim().toLowerCase();
  return inputs.find(({ id }) => id === key.trim()) ?? inputs.find(({ name }) => name.toLowerCase() === sought);
}

function checkValue(input: IndicatorInput, given: unknown): InputValue {
  const value = typeof given === 'string' ? given.trim() : given;
  if (NUMERIC.has(input.type)) return checkNumber(input, value);
  if (input.type === 'bool') {
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    throw invalid(input, 'must be true or false');
  }
  if (typeof value !== 'string' && typeof value !== 'number') throw invalid(input, 'must be a text');
  return checkOption(input, String(value));
}

function checkNumber(input: IndicatorInput, value: unknown): number {
  const { type, min, max, options } = input;
  const isTime = type === 'time' || type === 'bar_time';
  const kind = isTime ? A_TIME : type === 'integer' ? 'a whole number' : 'a number';
  const what = `must be ${kind}${sayRange(min, max)}`;
  const number = typeof value === 'string' && value !== '' ? (isTime ? readTime(value) : Number(value)) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw invalid(input, what);
  if (type === 'integer' && !Number.isInteger(number)) throw invalid(input, what);
  if (number < (min ?? -Infinity) || number > (max ?? Infinity)) throw invalid(input, what);
  if (options && !options.includes(number)) throw invalid(input, `must be one of ${options.join(', ')}`);
  return number;
}

function readTime(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Date.parse(text);
}

function checkOption(input: IndicatorInput, value: string): string {
  const { options, type } = input;
  // A source may also be a plot of another study, which no list has.
  if (!options || options.includes(value) || (type === 'source' && /^\w+\$\d+$/.test(value))) return value;
  const found = options.find((option) => String(option).toLowerCase() === value.toLowerCase());
  if (found === undefined) throw invalid(input, `must be one of ${options.join(', ')}`);
  return String(found);
}

function checkPlain(key: string, value: unknown): InputValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new FeedError('INPUT_INVALID', `The input “${key.slice(0, 60)}” must be a number, a text, true or false.`);
}

function sayRange(min = -Infinity, max = Infinity): string {
  // Pine's own bounds of a trillion are as good as none.
  const [from, to] = [min > -1e12, max < 1e12];
  if (from && to) return ` from ${min} to ${max}`;
  if (from) return `, ${min} or more`;
  return to ? `, ${max} or less` : '';
}

function invalid({ id, name }: IndicatorInput, demand: string): FeedError {
  return new FeedError('INPUT_INVALID', `The input “${name}” (${id}) ${demand}.`);
}

function unknownInput(indicator: string, inputs: readonly IndicatorInput[], key: string): FeedError {
  const known = inputs.map(({ id, name }) => `${name} (${id})`).join(', ');
  return new FeedError('INPUT_INVALID', `${indicator} has no input “${key.slice(0, 60)}”. It has ${known || 'none'}.`);
}
