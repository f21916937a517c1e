import { FeedError } from '../feed/errors';
import type { Timeframe } from '../market/timeframe';
import { checkSeriesOptions, checkSymbol, type SeriesSettings } from './options';
import type { PlanLimits } from './plan';

export interface HistoryOptions {
  /** `EXCHANGE:SYMBOL`, or an expression of such. */
  symbol: string;
  /** `1m` unless given. */
  timeframe?: string | undefined;
  /** How many closed candles: the newest, or the newest before `to`. Not looked at where `from` is given. */
  count?: number | string | undefined;
  /** Open time of the oldest: milliseconds since the epoch, or ISO text. */
  from?: number | string | undefined;
  /** Up to which open time, not including it: milliseconds since the epoch, or ISO text; until now unless given. */
  to?: number | string | undefined;
  /** `regular` unless given. */
  session?: string | undefined;
  /** `splits` unless given. */
  adjustment?: string | undefined;
  /** Told after each page. */
  onProgress?: ((progress: HistoryProgress) => void) | undefined;
  /** Gives the request up; the promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
}

export interface HistoryProgress {
  /** Candles loaded so far. */
  loaded: number;
  /** About how many there will be. */
  wanted: number;
}

/** The same, checked. */
export interface HistorySettings extends Omit<SeriesSettings, 'history'> {
  symbol: string;
  timeframe: Timeframe;
  count: number | null;
  from: number | null;
  to: number | null;
}

/** What the largest plan gives; a request for more is taken for a slip of the keyboard. */
const MOST = 40_000;

/** @throws FeedError SYMBOL_INVALID, TIMEFRAME_INVALID, or SETTING_INVALID that names the field and what it may be */
export function checkHistoryOptions(options: HistoryOptions, limits: PlanLimits): HistorySettings {
  const symbol = checkSymbol(options.symbol);
  const { timeframe, session, adjustment } = checkSeriesOptions(
    { timeframe: options.timeframe, session: options.session, adjustment: options.adjustment },
    limits,
  );
  const from = checkTime('from', options.from);
  const to = checkTime('to', options.to);
  const count = checkCount(options.count, Math.max(MOST, limits.candles));
  if (from === null && count === null) {
    throw invalid('“count” or “from” must be given: how many candles, or from when on');
  }
  if (from !== null && to !== null && from >= to) throw invalid('“from” must be before “to”');
  return { symbol, timeframe, session, adjustment, count: from === null ? count : null, from, to };
}

function checkCount(given: unknown, most: number): number | null {
  if (isBlank(given)) return null;
  const count = typeof given === 'string' ? Number(given) : given;
  if (typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw invalid(`“count” must be a whole number from 1 to ${most}`);
}

function checkTime(field: 'from' | 'to', given: unknown): number | null {
  if (isBlank(given)) return null;
  const text = typeof given === 'string' ? given.trim() : given;
  const time = typeof text === 'string' ? (/^-?\d+$/.test(text) ? Number(text) : readIso(text)) : text;
  const known = time instanceof Date ? time.getTime() : time;
  // A Date of JavaScript goes no further.
  if (typeof known === 'number' && Math.abs(known) <= 8.64e15) return known;
  throw invalid(`“${field}” must be a time: milliseconds since 1970, or a text such as 2026-01-31T14:30:00Z`);
}

/** Without a zone it is UTC, as all times here are. */
function readIso(text: string): number {
  const [, date = '', time = '', zone = ''] =
    /^(\d{4}-\d{2}-\d{2})([T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(text) ?? [];
  // JavaScript takes the 30th of February for the 2nd of March.
  const midnight = Date.parse(date);
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date) return Number.NaN;
  return time === '' ? midnight : Date.parse(`${date}${time.replace(' ', 'T')}${zone === '' ? 'Z' : ''}`);
}

function isBlank(given: unknown): given is undefined | null | '' {
  return given === undefined || given === null || (typeof given === 'string' && given.trim() === '');
}

function invalid(demand: string): FeedError {
  return new FeedError('SETTING_INVALID', `History cannot be asked for like that: ${demand}.`);
}
