import { FeedError } from '../feed/errors';
import type { ProxySettings } from '../feed/proxy';
import {
  address,
  checkProxy,
  checkThrottle,
  invalid,
  numberBetween,
  oneOf,
  SERVERS,
  type Server,
  wholeNumber,
} from '../feed/settings';
import { normaliseSymbol } from '../market/symbol';
import { isTimeframe, TIMEFRAMES, type Timeframe } from '../market/timeframe';
import { isPlan, PLAN_NAMES, type PlanLimits, planLimits } from './plan';
import type { SessionCookies } from './quote-token';

const SESSIONS = ['regular', 'extended'] as const;
const ADJUSTMENTS = ['splits', 'dividends', 'none'] as const;
export type Session = (typeof SESSIONS)[number];
export type Adjustment = (typeof ADJUSTMENTS)[number];

/** Options of a client, as given. All are optional; a number may come as text. */
export interface ClientOptions {
  /** `live` unless given. */
  server?: string | undefined;
  /** With `custom`: WebSocket address. */
  url?: string | undefined;
  /** With `custom`: base address of the look-ups. */
  httpUrl?: string | undefined;
  /** JWT of a TradingView account; without one the environment variable TRADINGVIEW_JWT_TOKEN, else anonymous. */
  token?: string | undefined;
  /** Values of the cookies `sessionid` and `sessionid_sign` of a browser that is signed in: they give and renew the token. */
  sessionId?: string | undefined;
  sessionSign?: string | undefined;
  /** Sets the limits; `free` unless given. */
  plan?: string | undefined;
  /** Studies per series, in place of the plan's. */
  maxStudies?: number | string | undefined;
  /** Candles per request, in place of the plan's. */
  maxCandles?: number | string | undefined;
  /** Seconds after a candle's close time before the clock may close it; 2 unless given. */
  grace?: number | string | undefined;
  /** `i/N`: take only the symbols that fall to instance i of N. */
  shard?: string | undefined;
  /** In place of the proxy that the environment names. */
  proxy?: ProxySettings | undefined;
}

/** The same, checked and complete. */
export interface ClientSettings {
  server: Server;
  url: string | null;
  httpUrl: string | null;
  token: string | null;
  cookies: SessionCookies | null;
  limits: PlanLimits;
  /** Milliseconds. */
  grace: number;
  shard: { index: number; count: number } | null;
  proxy: ProxySettings | null;
}

/** What can be chosen of candles, whatever the symbol. */
export interface SeriesOptions {
  /** `1m` unless given. */
  timeframe?: string | undefined;
  /** How many closed candles come first; 0 unless given. */
  history?: number | string | undefined;
  /** `regular` unless given. */
  session?: string | undefined;
  /** `splits` unless given. */
  adjustment?: string | undefined;
}

export interface CandleOptions extends SeriesOptions {
  /** `EXCHANGE:SYMBOL`, or an expression of such. */
  symbol: string;
}

export interface SeriesSettings {
  timeframe: Timeframe;
  history: number;
  session: Session;
  adjustment: Adjustment;
}

export interface CandleSettings extends SeriesSettings {
  symbol: string;
}

/** What can be chosen of quotes. */
export interface QuoteOptions {
  /** Each `EXCHANGE:SYMBOL`, or an expression of such. */
  symbols: readonly string[];
  /** Milliseconds between two quotes of a symbol at the least, the newest state each; 0 unless given: every change. */
  throttle?: number | string | undefined;
}

export interface QuoteSettings {
  /** Each once. */
  symbols: string[];
  throttle: number;
}

/** @throws FeedError SETTING_INVALID that names the option */
export function checkClientOptions(options: ClientOptions): ClientSettings {
  const server = oneOf('server', options.server, SERVERS, 'live');
  const plan = options.plan || 'free';
  if (!isPlan(plan)) throw invalid('plan', `must be one of ${PLAN_NAMES.join(', ')}`);
  const limits = planLimits(plan);
  return {
    server,
    url: server === 'custom' ? address('url', options.url, ['ws:', 'wss:']) : null,
    httpUrl: server === 'custom' && options.httpUrl ? address('httpUrl', options.httpUrl, ['http:', 'https:']) : null,
    token: checkSecret('token', options.token || process.env.TRADINGVIEW_JWT_TOKEN),
    cookies: checkCookies(options, server),
    limits: {
      studies: wholeNumber('maxStudies', options.maxStudies, 1, 1_000, limits.studies),
      candles: wholeNumber('maxCandles', options.maxCandles, 1, 1_000_000, limits.candles),
    },
    grace: numberBetween('grace', options.grace, 0, 3_600, 2) * 1000,
    shard: checkShard(options.shard),
    proxy: checkProxy(options.proxy),
  };
}

/** @throws FeedError TIMEFRAME_INVALID, or SETTING_INVALID that names the option */
export function checkSeriesOptions(options: SeriesOptions, limits: PlanLimits): SeriesSettings {
  return {
    timeframe: checkTimeframe(options.timeframe || '1m'),
    history: wholeNumber('history', options.history, 0, limits.candles, 0),
    session: oneOf('session', options.session, SESSIONS, 'regular'),
    adjustment: oneOf('adjustment', options.adjustment, ADJUSTMENTS, 'splits'),
  };
}

/** @throws FeedError SYMBOL_INVALID, or SETTING_INVALID that names the option */
export function checkQuoteOptions({ symbols, throttle }: QuoteOptions): QuoteSettings {
  if (!Array.isArray(symbols) || symbols.length === 0) throw invalid('symbols', 'must be a list of symbols');
  return { symbols: [...new Set(symbols.map(checkSymbol))], throttle: checkThrottle(throttle) };
}

/** @returns the symbol, trimmed and in capitals. @throws FeedError SYMBOL_INVALID */
export function checkSymbol(text: unknown): string {
  const symbol = normaliseSymbol(text);
  if (symbol !== undefined) return symbol;
  const shown = typeof text === 'string' ? text.trim().slice(0, 80) : '';
  const given = shown ? `“${shown}” is no symbol` : 'The symbol is empty';
  const sentence = `${given}. Symbols are written EXCHANGE:SYMBOL, such as BINANCE:BTCUSDT or NASDAQ:AAPL.`;
  throw new FeedError('SYMBOL_INVALID', sentence, shown || undefined);
}

/** @throws FeedError TIMEFRAME_INVALID with the list of timeframes */
export function checkTimeframe(text: unknown): Timeframe {
  if (isTimeframe(text)) return text;
  const given = String(text).slice(0, 40);
  throw new FeedError(
    'TIMEFRAME_INVALID',
    `The timeframe “${given}” is not known. It must be one of ${TIMEFRAMES.join(', ')}.`,
  );
}

/** The sentence never repeats what was given. */
function checkSecret(option: string, secret: string | undefined): string | null {
  const trimmed = secret?.replace(/^[ \t]+|[ \t]+$/g, '');
  if (!trimmed) return null;
  if (/[\s\p{Cc}]/u.test(trimmed)) {
    throw invalid(option, 'must be one line without blanks. Copy it again, without line breaks');
  }
  return trimmed;
}

function checkCookies({ sessionId, sessionSign, httpUrl }: ClientOptions, server: Server): SessionCookies | null {
  const id = checkCookie('sessionId', sessionId);
  const sign = checkCookie('sessionSign', sessionSign);
  if (!id && !sign) return null;
  if (!id) throw invalid('sessionId', 'is empty: the two session cookies are of use only together');
  if (!sign) throw invalid('sessionSign', 'is empty: the two session cookies are of use only together');
  if (server !== 'custom' || httpUrl) return { sessionId: id, sessionSign: sign };
  throw invalid('httpUrl', 'is empty: with session cookies it must say where tokens are to be had');
}

/** A character that ends a cookie would add another header to the request (RFC 6265, section 4.1.1). */
function checkCookie(option: string, text: string | undefined): string | null {
  const value = checkSecret(option, text);
  if (value === null || /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/.test(value)) return value;
  throw invalid(option, 'must be the value of the cookie alone, as the browser shows it');
}

function checkShard(text: string | undefined): ClientSettings['shard'] {
  if (!text) return null;
  const match = /^\s*(\d{1,4})\s*\/\s*(\d{1,4})\s*$/.exec(text);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || index < 1 || index > count) {
    throw invalid('shard', 'must be i/N, such as 2/3 for the second of three instances, or empty');
  }
  return { index, count };
}
