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

/** A setting that is text, or a number typed as such. @throws FeedError SETTING_INVALID as `resolved` */
export function textSetting(setting: string, value: unknown): string | undefined {
  const given = resolved(setting, value);
  if (given === undefined || given === null) return undefined;
  if (typeof given === 'string' || typeof given === 'number') return String(given);
  throw new FeedError('SETTING_INVALID', `The setting “${setting}” must be a text or a number.`);
}

/** The texts of a list setting; each may stand for several, separated by commas or line breaks. */
export function listSetting(value: unknown): string[] {
  const given = Array.isArray(value) ? value : value === undefined || value === null || value === '' ? [] : [value];
  return given.flatMap((element) => (typeof element === 'string' ? element.split(/[,\n]/) : [String(element)]));
}
