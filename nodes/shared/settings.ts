import { FeedError } from '../../src/index';

/** Node-RED replaces `${NAME}` by the variable's value; what still looks like that has no value. */
const VARIABLE = /^\$\{([^}]+)\}$/;

/** @throws FeedError SETTING_INVALID when the setting names an environment variable that is not set */
export function resolved(setting: string, value: unknown): unknown {
  const variable = typeof value === 'string' ? VARIABLE.exec(value.trim())?.[1] : undefined;
  if (variable === undefined) return value;
  const sentence = `The setting “${setting}” names the environment variable ${variable}, which is not set. Set it, or enter a value.`;
  throw new FeedError('SETTING_INVALID', sentence);
}

/**
 * A setting that is text, or a number typed as such.
 * @returns undefined for one that is blank: the default counts then
 * @throws FeedError SETTING_INVALID as `resolved`
 */
export function textSetting(setting: string, value: unknown): string | undefined {
  const given = resolved(setting, value);
  if (given === undefined || given === null || isBlank(given)) return undefined;
  if (typeof given === 'string' || typeof given === 'number') return String(given);
  throw new FeedError('SETTING_INVALID', `The setting “${setting}” must be a text or a number.`);
}

/** A setting that is on or off; off where it is blank. @throws FeedError SETTING_INVALID, also as `resolved` */
export function switchSetting(setting: string, value: unknown): boolean {
  const given = resolved(setting, value);
  if (typeof given === 'boolean') return given;
  const word = (given ?? '').toString().trim().toLowerCase();
  if (word === 'true') return true;
  if (word === 'false' || word === '') return false;
  throw new FeedError('SETTING_INVALID', `The setting “${setting}” must be true or false.`);
}

/**
 * The texts of a list setting. An element may be a list itself, and each text may stand for several, separated by commas or
 * line breaks; what is blank between them is none. An element that is blank altogether stays, for it was meant to be something.
 */
export function listSetting(value: unknown): string[] {
  if (value === undefined || value === null || value === '') return [];
  const elements: unknown[] = Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : [value];
  return elements.flatMap((element) => {
    if (typeof element !== 'string') return [String(element)];
    const pieces = element.split(/[,\n]/).filter((piece) => !isBlank(piece));
    return pieces.length > 0 ? pieces : [''];
  });
}

function isBlank(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === '';
}
