import { FeedError } from './errors';
import type { ProxySettings } from './proxy';

// Checks of what a client is given. Each throws a FeedError SETTING_INVALID that names the option, and takes a number as text, too.

/** Where the data come from: the real service, the built-in practice server, or addresses of one's own. */
export const SERVERS = ['live', 'practice', 'custom'] as const;
export type Server = (typeof SERVERS)[number];

/** @returns milliseconds, 0 unless given. @throws FeedError SETTING_INVALID */
export function checkThrottle(given: unknown): number {
  if (given === undefined || given === null || given === '') return 0;
  const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value;
  throw invalid('throttle', 'must be a number of milliseconds, 0 or more');
}

export function checkProxy(proxy: ProxySettings | undefined): ProxySettings | null {
  return proxy ? { ...proxy, url: address('proxy', proxy.url, ['http:', 'https:']) } : null;
}

export function address(option: string, text: string | undefined, protocols: string[]): string {
  const trimmed = text?.trim() ?? '';
  const url = URL.canParse(trimmed) ? new URL(trimmed) : null;
  if (!url || !protocols.includes(url.protocol)) {
    throw invalid(option, `must be an address that begins with ${protocols.map((name) => `${name}//`).join(' or ')}`);
  }
  // No WebSocket has one (RFC 6455, section 3), and what follows it in a look-up would never be sent.
  if (url.hash) throw invalid(option, 'must be an address without a fragment: nothing may follow a #');
  return trimmed;
}

export function oneOf<T extends string>(
  option: string,
  text: string | undefined,
  allowed: readonly T[],
  fallback: T,
): T {
  if (!text) return fallback;
  const found = allowed.find((value) => value === text);
  if (found === undefined) throw invalid(option, `must be one of ${allowed.join(', ')}`);
  return found;
}

export function wholeNumber(option: string, given: unknown, min: number, max: number, fallback: number): number {
  const value = numberBetween(option, given, min, max, fallback, 'a whole number');
  if (!Number.isInteger(value)) throw invalid(option, `must be a whole number from ${min} to ${max}`);
  return value;
}

export function numberBetween(
  option: string,
  given: unknown,
  min: number,
  max: number,
  fallback: number,
  what = 'a number',
): number {
  if (given === undefined || given === null || given === '') return fallback;
  const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  if (typeof value !== 'number' || !(value >= min && value <= max)) {
    throw invalid(option, `must be ${what} from ${min} to ${max}`);
  }
  return value;
}

export function invalid(option: string, demand: string): FeedError {
  return new FeedError('SETTING_INVALID', `The setting “${option}” ${demand}.`);
}
