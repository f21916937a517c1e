import type { Bar } from '../market/candle';
import type { Timeframe } from '../market/timeframe';
import { correct, insert, leaveOut } from './amending';
import type { CandleSource } from './candle-source';
import {
  type Conditions,
  type Damage,
  type FreezeMode,
  type InForce,
  LOOK_UP_SERVICES,
  type LookUpService,
  type LookUpTrouble,
} from './conditions';
import { anObject, aText, count, knownSymbol, oneOf } from './fault-arguments';
import type { Change, MarketBar } from './market-bar';
import type { PracticeConnection } from './practice-connection';
import { type Resolution, resolutionOf } from './resolution';

/** The ends of a connection that can be had; 1005: a close frame without a code, 1006: no closing handshake. */
const CLOSE_CODES = [1000, 1005, 1006] as const;

/** A switch that holds, and what it was called with. */
export interface ActiveFault {
  fault: keyof InForce | 'skipBars';
  args: readonly unknown[];
}

/** What the switches act on. @internal */
export interface FaultyMarket {
  readonly conditions: Conditions;
  now(): number;
  connections(): readonly PracticeConnection[];
  /** The candles of regular trading hours; the symbol exists. */
  source(symbol: string): CandleSource;
  /** Closes the port, where there is one; connections stay. */
  shut(): void;
  /** Opens the same port again. */
  reopen(): Promise<void>;
}

/**
 * The fault switches of the practice market. Each holds until `clear()`, unless it says otherwise; switching again replaces
 * what was set. They work alike for sockets and for connections in memory, by the market's clock, and the same way each time.
 * All refuse nonsense with a RangeError, for they can be called from other processes, too.
 */
export class Faults {
  readonly #market: FaultyMarket;
  readonly #inForce: InForce;
  readonly #args = new Map<keyof InForce, readonly unknown[]>();

  /** @internal */
  constructor(market: FaultyMarket) {
    this.#market = market;
    this.#inForce = market.conditions.inForce;
  }

  /** What holds at the moment. */
  get active(): ActiveFault[] {
    const holding = [...this.#args].filter(([fault]) => fault in this.#inForce);
    const skipping = new Map<string, number>();
    for (const { source, skipping: rest } of this.#live()) {
      const { symbol } = source.instrument;
      if (rest > 0) skipping.set(symbol, Math.max(rest, skipping.get(symbol) ?? 0));
    }
    return [
      ...holding.map(([fault, args]) => ({ fault, args })),
      ...[...skipping].map((args) => ({ fault: 'skipBars' as const, args })),
    ];
  }

  /**
   * Ends one switch, or all. What has happened stays: dropped connections, lost sessions, candles that were changed.
   * @returns when the port is open again, if it was closed
   */
  async clear(fault?: ActiveFault['fault']): Promise<void> {
    if (fault === undefined || fault === 'skipBars') for (const series of this.#live()) series.skip(0);
    for (const name of this.#args.keys()) if (fault === undefined || fault === name) delete this.#inForce[name];
    if (!this.#inForce.refuse) await this.#market.reopen();
  }

  /** Ends all open connections, now: 1000 in good order, 1005 without saying why, 1006 abruptly. New ones are welcome. */
  drop(code: (typeof CLOSE_CODES)[number]): void {
    oneOf('code', code, CLOSE_CODES);
    for (const connection of this.#market.connections()) connection.hangUp(code);
  }

  /** As after a restart of the server, now: every connection drops abruptly, and its sessions are lost with it. */
  restart(): void {
    this.drop(1006);
  }

  /** Forgets all sessions, now, while connections and heartbeats go on. Asking for one again is a `critical_error`. */
  loseSessions(): void {
    for (const connection of this.#market.connections()) connection.loseSessions('all');
  }

  /** Forgets all quote sessions, now, without a word; charts go on. Asking for one again is a `critical_error`. */
  loseQuoteSessions(): void {
    for (const connection of this.#market.connections()) connection.loseSessions('quote');
  }

  /**
   * Until `thaw()`, `silent` sends nothing at all on open connections and new ones, no hello either; `heartbeat` sends hello
   * and heartbeats only. Connections stay open, requests are read and ignored for good. What comes to pass meanwhile is not
   * told later, as with a subscription that was lost: `i` jumps to the newest candle. Only where a single candle began, so
   * that `i` does not jump, the first update has the last values of the one before, too.
   */
  freeze(mode: FreezeMode): void {
    this.#set('freeze', oneOf('mode', mode, ['silent', 'heartbeat']), [mode]);
  }

  /** As `freeze`, but only for the live data of these symbols, quotes too. Heartbeats, other symbols and requests go on. */
  freezeSymbol(...symbols: string[]): void {
    if (symbols.length === 0) throw new RangeError('freezeSymbol needs a symbol');
    this.#set('freezeSymbol', new Set(symbols.map(knownSymbol)), symbols);
  }

  /** As `freezeSymbol`, but only for their quotes. What has changed by the end of it is told then. */
  freezeQuote(...symbols: string[]): void {
    if (symbols.length === 0) throw new RangeError('freezeQuote needs a symbol');
    this.#set('freezeQuote', new Set(symbols.map(knownSymbol)), symbols);
  }

  /** Ends `freeze`, `freezeSymbol` and `freezeQuote`. */
  thaw(): void {
    delete this.#inForce.freeze;
    delete this.#inForce.freezeSymbol;
    delete this.#inForce.freezeQuote;
  }

  /**
   * Lets nobody in until `accept()`; open connections stay. 403 and 429 answer the upgrade, `connection` closes the port (the
   * look-ups' too). In memory it is reported to `connect`.
   * @param retryAfter seconds, for 429
   */
  refuse(how: 403 | 429 | 'connection', retryAfter?: number): void {
    oneOf('how', how, [403, 429, 'connection']);
    if (retryAfter !== undefined) count('retryAfter', retryAfter, 0);
    const args = retryAfter === undefined ? [how] : [how, retryAfter];
    this.#set('refuse', { how, ...(retryAfter !== undefined && { retryAfter }) }, args);
    if (how === 'connection') this.#market.shut();
    // A port that was closed answers again; a failure is reported by `accept`.
    else this.#market.reopen().catch(() => {});
  }

  /**
   * Ends `refuse`, `tooManyConnections`, `ban`, `badToken` and `expireToken`.
   * @returns when the port is open again, if it was closed
   */
  async accept(): Promise<void> {
    for (const fault of ['tooManyConnections', 'ban', 'badToken', 'expireToken'] as const) delete this.#inForce[fault];
    await this.clear('refuse');
  }

  /** The next connections, one unless said otherwise, hear after the hello that the account has too many, and are ended. */
  tooManyConnections(times = 1): void {
    this.#set('tooManyConnections', { times: count('times', times, 1) }, [times]);
  }

  /** New connections hear after the hello that they are banned (`banned by ip`, …), and are ended, until `accept()`. */
  ban(text = 'banned'): void {
    this.#set('ban', aText('text', text), [text]);
  }

  /** Every token is refused as bad, until `accept()`. Connections that have signed on already stay. */
  badToken(): void {
    this.#set('badToken', true, []);
  }

  /**
   * A token has expired, until `accept()`. With `error` signing on with it is refused; with `silent` connections that have
   * signed on with it get heartbeats only, at once, until they sign on with another.
   * @param token default: all of them
   */
  expireToken(mode: 'error' | 'silent', token?: string): void {
    oneOf('mode', mode, ['error', 'silent']);
    if (token !== undefined) aText('token', token);
    this.#set('expireToken', { mode, token }, token === undefined ? [mode] : [mode, token]);
  }

  /** Each request waits so many milliseconds before it is taken up and answered; their order stays. 0 ends it. */
  slow(ms: number): void {
    this.#set('slow', count('ms', ms, 0) || undefined, [ms]);
  }

  /** Each packet with data (`du`, `timescale_update`, `qsd`) is sent twice. */
  duplicate(on = true): void {
    this.#set('duplicate', oneOf('on', on, [true, false]) || undefined, []);
  }

  /**
   * Packets with candles overtake each other within a window of so many on their connection, below 2 not. Those about the same
   * candle do not, for nobody could know which was later. None is held back beyond the next heartbeat or answer.
   */
  reorder(window: number): void {
    this.#set('reorder', count('window', window, 0) || undefined, [window]);
  }

  /** A series that is removed, modified, or deleted with its session still sends its next update, under its old names. */
  straggler(on = true): void {
    this.#set('straggler', oneOf('on', on, [true, false]) || undefined, []);
  }

  /**
   * Damages packets other than hello and heartbeats: `length` declares too many characters, `cut` leaves out the second half
   * of the JSON, `junk` puts rubbish before a packet that is good, `types` exchanges numbers, texts and lists.
   * @param every damages each such packet of the market until `clear()`; without it only the next one is
   */
  malform(kind: Damage, every?: number): void {
    oneOf('kind', kind, ['length', 'cut', 'junk', 'types']);
    if (every !== undefined) count('every', every, 1);
    this.#set('malform', { kind, every, countdown: every ?? 1 }, every === undefined ? [kind] : [kind, every]);
  }

  /** In each series of the symbol that is open now, the next so many new candles are not streamed; history has them. */
  skipBars(symbol: string, bars: number): void {
    const known = knownSymbol(symbol);
    count('bars', bars, 0);
    for (const series of this.#live()) if (series.source.instrument.symbol === known) series.skip(bars);
  }

  /** Only the newest so many candles of a series can be had, also of open ones; then `data_completed` is `limit`. */
  limitHistory(candles: number): void {
    this.#set('limitHistory', count('candles', candles, 1), [candles]);
  }

  /** An answer brings at most so many candles, however many are asked for; the older ones have to be asked for again. */
  smallPages(candles: number): void {
    this.#set('smallPages', count('candles', candles, 1), [candles]);
  }

  /**
   * The look-ups of a service fail: with an HTTP status from 400 on, with `rubbish` (a page that is no JSON, under 200), or in
   * `silence`, so that nothing is ever answered.
   * @param times only the next so many; without it all do until `clear()`
   */
  failLookUps(service: LookUpService, how: LookUpTrouble, times?: number): void {
    oneOf('service', service, LOOK_UP_SERVICES);
    if (typeof how !== 'number') oneOf('how', how, ['rubbish', 'silence']);
    else if (count('how', how, 400) > 599) throw new RangeError(`how is ${how}, and must be an HTTP status below 600`);
    if (times !== undefined) count('times', times, 1);
    this.#set('failLookUps', { service, how, times }, times === undefined ? [service, how] : [service, how, times]);
  }

  /** Each look-up is answered so many milliseconds later. 0 ends it. */
  slowLookUps(ms: number): void {
    this.#set('slowLookUps', count('ms', ms, 0) || undefined, [ms]);
  }

  /** The next studies that are loaded, one unless said otherwise, are told of as erroneous, and then given all the same. */
  studyError(times = 1): void {
    this.#set('studyError', { times: count('times', times, 1) }, [times]);
  }

  /** Studies that are loaded from now on get as far as `study_loading`, and hold their place until they are removed. */
  stallStudies(on = true): void {
    this.#set('stallStudies', oneOf('on', on, [true, false]) || undefined, []);
  }

  /**
   * From now on there was a candle where there was none (outside trading hours, or left out), in this timeframe only and for
   * good. Who has loaded further back is told by `timescale_update` with an `index_diff`. Times are milliseconds.
   */
  insert(symbol: string, timeframe: Timeframe, bar: Bar): void {
    const [source, resolution] = this.#candlesOf(symbol, timeframe);
    const inserted = insert(source, resolution, anObject('bar', bar), this.#market.now());
    this.#tell(source, resolution, inserted, true);
  }

  /**
   * From now on a closed candle had other values, in this timeframe only and for good. Who has loaded it is told by `du`.
   * @param openTime milliseconds since the epoch
   */
  correct(symbol: string, timeframe: Timeframe, openTime: number, change: Change): void {
    const [source, resolution] = this.#candlesOf(symbol, timeframe);
    const corrected = correct(source, resolution, openTime, anObject('change', change), this.#market.now());
    this.#tell(source, resolution, corrected, false);
  }

  /**
   * Nothing will be traded in an interval that is still to come: this timeframe gets no candle there, unless one is inserted.
   * @param openTime milliseconds since the epoch
   */
  leaveOut(symbol: string, timeframe: Timeframe, openTime: number): void {
    const [source, resolution] = this.#candlesOf(symbol, timeframe);
    leaveOut(source, resolution, openTime, this.#market.now());
  }

  #candlesOf(symbol: string, timeframe: Timeframe): [CandleSource, Resolution] {
    return [this.#market.source(knownSymbol(symbol)), resolutionOf(timeframe)];
  }

  #tell(source: CandleSource, resolution: Resolution, bar: MarketBar, inserted: boolean): void {
    for (const connection of this.#market.connections()) connection.amend(source, resolution, bar, inserted);
  }

  #live() {
    return this.#market.connections().flatMap((connection) => connection.live());
  }

  /** @param value undefined switches it off */
  #set<K extends keyof InForce>(fault: K, value: InForce[K] | undefined, args: readonly unknown[]): void {
    if (value === undefined) delete this.#inForce[fault];
    else this.#inForce[fault] = value;
    this.#args.set(fault, args);
  }
}
