import type { Clock } from '../market/clock';
import type { ExpiredToken } from './conditions';

/** How a practice market is to be. */
export interface PracticeMarketOptions {
  /** The same seed gives the same prices, for ever; default 1. */
  seed?: number;
  /** Where the market's time comes from; default real time. */
  clock?: Clock;
  /** How far back history goes, in candles from the newest of a series, as a plan would limit it; default 5000 and the newest. */
  maxCandles?: number;
  /** Which tokens are taken; default: anonymous ones, and whatever looks like a JWT that has not expired. */
  acceptToken?: (token: string) => boolean;
  /**
   * What a connection hears once the `exp` of its token has passed, by the clock: `silent` heartbeats only, until it signs on
   * with another, as was observed upstream; `error` a `bad auth token`, and the end. Default `silent`.
   */
  expiredToken?: ExpiredToken;
  /** For how many seconds the tokens of `/quote_token/` are good; default 4 hours. */
  tokenLife?: number;
  /** Which cookies `sessionid` and `sessionid_sign` are those of somebody who has signed in; default: any two. */
  acceptCookies?: (sessionId: string, sessionSign: string) => boolean;
  /** Whether timeframes under a minute are given, which takes a paid plan upstream; default true, so that people see life. */
  secondsAllowed?: boolean;
  /** How many series may live in one chart session; default 1, as for a visitor without an account. */
  seriesPerSession?: number;
  /** How many studies a series may carry; default 2, as for a free account. */
  studiesPerSeries?: number;
}

/** What goes on in a practice market. */
export interface PracticeMarketStats {
  /** Connections that are open, by socket or in memory. */
  sockets: number;
  /** Chart sessions that are alive. */
  sessions: number;
  /** Series that are alive. */
  series: number;
  /** Studies that are alive. */
  studies: number;
  /** Quote sessions that are alive. */
  quoteSessions: number;
  /** Symbols that are being quoted, over all quote sessions. */
  quotes: number;
  connectionsEver: number;
  /** How often clients called each method. */
  received: ReadonlyMap<string, number>;
}
