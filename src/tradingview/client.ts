import { EventEmitter } from 'node:events';
import { Connection, type ConnectionState, type ConnectionStatus } from '../feed/connection';
import { containing } from '../feed/contain';
import { FeedError } from '../feed/errors';
import { LoopPace } from '../feed/loop-pace';
import { readRefusal } from '../feed/refusal';
import type { Service } from '../feed/subscription';
import type { Transport } from '../feed/transport';
import { Turnstile } from '../feed/turnstile';
import { webSocketTransport } from '../feed/websocket-transport';
import { type Clock, systemClock } from '../market/clock';
import { CandleService, type CandleStreamEvent, type CandleSubscription, type WatchOptions } from './candle-service';
import { converse, type PacketCounts } from './conversation';
import { customEndpoints, type Endpoints, liveEndpoints, ORIGIN } from './endpoints';
import type { HistoryOptions } from './history-options';
import { type HistoryAnswer, HistoryService } from './history-service';
import type { IndicatorInfo } from './indicator-definition';
import { IndicatorLookup } from './indicator-lookup';
import { type FoundIndicator, searchIndicators } from './indicator-search';
import {
  type IndicatorOptions,
  IndicatorService,
  type IndicatorSettings,
  type IndicatorStreamEvent,
  type IndicatorSubscription,
  type WatchIndicatorOptions,
} from './indicator-service';
import {
  type ClientOptions,
  type ClientSettings,
  checkClientOptions,
  checkSeriesOptions,
  type SeriesOptions,
  type SeriesSettings,
} from './options';
import { type PacketOptions, PacketService, type PacketSubscription, type RawPacket } from './packet-service';
import { type QuoteEvent, QuoteService, type QuoteSubscription, type WatchQuotesOptions } from './quote-service';
import { Secrets } from './secrets';
import { takesSymbol } from './shard';
import { type FoundSymbol, searchSymbols } from './symbol-search';
import { TokenLife } from './token-life';
import type { TokenWarning } from './token-schedule';
import { Sessions, type Upstream } from './upstream';

export interface ClientStats {
  state: ConnectionState;
  /** Since when, milliseconds since the epoch. */
  since: number;
  /** Series and the like open upstream. */
  channels: number;
  subscriptions: number;
  reconnects: number;
  /** Milliseconds since the last packet; null before the first. */
  lastPacketAgeMs: number | null;
  /** When the present token expires, milliseconds since the epoch; null without one, or when it does not say. */
  tokenExpires: number | null;
  /** Whether the event loop runs late, so that only newest values are told. */
  strained: boolean;
  /** How many updates of forming candles and quotes were left out because it did. */
  conflated: number;
  packets: number;
  damaged: number;
  unknown: number;
}

/** What a client stands on; each part has a default. */
export interface ClientSurroundings {
  /** For servers that the options cannot name by an address. */
  endpoints?: Endpoints | undefined;
  /** In place of a WebSocket to the endpoints. */
  transport?: Transport | undefined;
  clock?: Clock | undefined;
  random?: (() => number) | undefined;
  /** Told what may help to find a fault; never holds a secret. */
  log?: ((text: string) => void) | undefined;
}

interface ClientEvents {
  state: [ConnectionState, ConnectionStatus];
  token: [TokenWarning | null];
  strained: [boolean];
}

const SILENCE_TIMEOUT = 20_000;
const SERIES_OPENED_AT_A_TIME = 10;
const MOST_REDIRECTS = 20;

/**
 * TradingView's live data over one socket, however much is watched. Connects when the first subscription comes and
 * reconnects by itself; nothing is lost, repeated or reordered over an outage.
 *
 * Emits `state` with the connection's new state and its status (`{state, since, error, failures}`); and `token` with a warning
 * (`{expires, minutes, sentence}`) each minute while the token is about to expire and nothing renews it, null when that is over; and `strained`
 * with true when the event loop runs more than 200 ms late, false when it is well again: in between, forming candles and quotes
 * are told at most every 100 ms, the newest of each.
 */
export class TradingViewClient extends EventEmitter<ClientEvents> {
  readonly #settings: ClientSettings;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #log: (text: string) => void;
  readonly #contain: (act: () => void) => void;
  readonly #endpoints: Endpoints;
  readonly #connection: Connection;
  readonly #sessions: Sessions;
  readonly #secrets: Secrets;
  readonly #token: TokenLife;
  readonly #pace: LoopPace;
  readonly #candles: CandleService;
  readonly #indicatorLookup: IndicatorLookup;
  readonly #indicators: IndicatorService;
  readonly #quotes: QuoteService;
  readonly #history: HistoryService;
  readonly #packets: PacketService;
  readonly #services: readonly Service[];
  #closed = false;
  readonly #counts: PacketCounts = { packets: 0, damaged: 0, unknown: 0 };
  /** Upstream's clock less ours, milliseconds. */
  #ahead = 0;
  #redirect: string | null = null;
  #redirects = 0;
  #wasLive = false;
  /** Whether the present link has heartbeats, so that silence says something. */
  #beating = false;

  /** @throws FeedError SETTING_INVALID that names the option; nothing has been sent by then */
  constructor(options: ClientOptions = {}, around: ClientSurroundings = {}) {
    super();
    this.#settings = checkClientOptions(options);
    this.#clock = around.clock ?? systemClock;
    this.#random = around.random ?? Math.random;
    this.#secrets = new Secrets(...Object.values(this.#settings.cookies ?? {}));
    this.#log = (text) => around.log?.(this.#secrets.hide(text));
    this.#contain = containing(this.#log);
    this.#endpoints = around.endpoints ?? this.#ownEndpoints();
    this.#token = this.#tokenLife();
    this.#pace = new LoopPace({
      clock: this.#clock,
      changed: () => this.#contain(() => this.emit('strained', this.#pace.strained)),
    });
    this.#connection = new Connection({
      transport: around.transport ?? this.#webSocket(),
      protocol: (control) =>
        converse({
          control,
          signIn: (use, fail) => this.#token.signIn(use, fail),
          refusal: () => this.#token.refusal(),
          secrets: this.#secrets,
          counts: this.#counts,
          greeted: (time) => this.#greeted(time),
          express: (packet, end) => {
            // Who watches packets is to see them all.
            if (this.#packets.subscriptions > 0 || !this.#sessions.express(packet, end)) return false;
            this.#token.heard();
            return true;
          },
          payload: (payload) => this.#packets.receive(payload),
          message: (message) => {
            this.#token.heard();
            this.#sessions.dispatch(message);
          },
          beating: () => {
            this.#beating = true;
          },
          redirected: (host) => this.#redirected(host),
          log: this.#log,
        }),
      clock: this.#clock,
      random: this.#random,
      silenceTimeout: SILENCE_TIMEOUT,
      changed: (status) => this.#connectionChanged(status),
      log: this.#log,
    });
    this.#sessions = new Sessions(this.#random, (text) => this.#connection.send(text));
    const upstream = this.#upstream();
    this.#candles = new CandleService(upstream);
    this.#quotes = new QuoteService(upstream);
    this.#packets = new PacketService(upstream);
    this.#indicatorLookup = new IndicatorLookup(this.#endpoints, this.#clock, this.#settings.cookies);
    this.#indicators = new IndicatorService(upstream, this.#candles, this.#indicatorLookup);
    this.#history = new HistoryService(upstream);
    this.#services = [this.#token, this.#packets, this.#indicators, this.#candles, this.#quotes, this.#history];
  }

  /** The connection's state, since when, and what ended the last link. */
  get status(): ConnectionStatus {
    return this.#connection.status;
  }

  /** Not null while the token is about to expire and nothing renews it. */
  get tokenWarning(): TokenWarning | null {
    return this.#token.warning;
  }

  /** Whether the event loop runs late, so that of forming candles and quotes only the newest are told. */
  get strained(): boolean {
    return this.#pace.strained;
  }

  /** Whether a symbol falls to this client, when the symbols are shared out among several (`shard`). */
  takes(symbol: string): boolean {
    return takesSymbol(symbol, this.#settings.shard);
  }

  /**
   * What a choice of candles comes to under this client's plan, with the defaults filled in.
   * @throws FeedError TIMEFRAME_INVALID, or SETTING_INVALID that names the option
   */
  checkSeries(options: SeriesOptions): SeriesSettings {
    return checkSeriesOptions(options, this.#settings.limits);
  }

  /**
   * Candles of one symbol: first `history` of them, then each closed one exactly once and in order, and the forming one as it
   * goes. Equal subscriptions share one series upstream. What the listener throws goes to the log.
   * @throws FeedError SYMBOL_INVALID, TIMEFRAME_INVALID or SETTING_INVALID, before anything is sent
   */
  watchCandles(options: WatchOptions, listener: (event: CandleStreamEvent) => void): CandleSubscription {
    this.#checkOpen();
    return this.#candles.watch(options, listener);
  }

  /**
   * The values of an indicator on one symbol: first `history` items, then that of each closed candle exactly once and in order,
   * and that of the forming one as it goes. Equal subscriptions share one study upstream. Errors that need an answer of
   * upstream (an unknown indicator, a wrong input) come as events. What the listener throws goes to the log.
   * @throws FeedError SYMBOL_INVALID, TIMEFRAME_INVALID, INDICATOR_UNKNOWN or SETTING_INVALID, before anything is sent
   */
  watchIndicator(
    options: WatchIndicatorOptions,
    listener: (event: IndicatorStreamEvent) => void,
  ): IndicatorSubscription {
    this.#checkOpen();
    return this.#indicators.watch(options, listener);
  }

  /** The options of an indicator, checked as far as they can be without asking upstream. @throws FeedError as `watchIndicator` */
  checkIndicator(options: IndicatorOptions): IndicatorSettings {
    return this.#indicators.check(options);
  }

  /** Indicators whose name matches. @throws FeedError UNREACHABLE, TIMEOUT, RATE_LIMITED or PROTOCOL */
  async searchIndicators(text: string): Promise<FoundIndicator[]> {
    return searchIndicators(this.#endpoints, text, { cookies: this.#settings.cookies });
  }

  /**
   * What an indicator takes and gives.
   * @param version `last` unless given
   * @throws FeedError INDICATOR_UNKNOWN, INDICATOR_FORBIDDEN, UNREACHABLE, TIMEOUT, RATE_LIMITED or PROTOCOL
   */
  async indicator(id: string, version = 'last'): Promise<IndicatorInfo> {
    return structuredClone((await this.#indicatorLookup.find(id, version)).info);
  }

  /**
   * Past candles: the newest `count`, or those of a time. Live series are not disturbed; an outage is got over.
   * @throws FeedError SYMBOL_INVALID, TIMEFRAME_INVALID or SETTING_INVALID, before anything is sent; or why it cannot be had
   */
  async history(options: HistoryOptions): Promise<HistoryAnswer> {
    this.#checkOpen();
    return this.#history.ask(options);
  }

  /**
   * Quotes of any number of symbols: the whole quote of a symbol each time that something of it moves, with a list of what did.
   * All symbols share one session upstream. What the listener throws goes to the log.
   * @throws FeedError SYMBOL_INVALID or SETTING_INVALID, before anything is sent
   */
  watchQuotes(options: WatchQuotesOptions, listener: (event: QuoteEvent) => void): QuoteSubscription {
    this.#checkOpen();
    return this.#quotes.watch(options, listener);
  }

  /**
   * Packets as they come, `{m, p}`, for those who explore the protocol; hello and heartbeats are none. Tokens and cookies are
   * taken out. What the listener throws goes to the log.
   * @throws FeedError SETTING_INVALID
   */
  watchPackets(options: PacketOptions, listener: (packet: RawPacket) => void): PacketSubscription {
    this.#checkOpen();
    return this.#packets.watch(options, listener);
  }

  /** Symbols whose name or description match. @throws FeedError UNREACHABLE, TIMEOUT, RATE_LIMITED or PROTOCOL */
  async searchSymbols(text: string): Promise<FoundSymbol[]> {
    return searchSymbols(this.#endpoints, text);
  }

  /** Connects anew at once; also ends a stop or a pause. Nothing is lost by it. */
  reconnect(): void {
    this.#token.restart();
    this.#connection.reconnect();
  }

  /** The state of things in figures; no secrets. */
  stats(): ClientStats {
    const { state, since } = this.status;
    const { lastSign, reconnects } = this.#connection;
    return {
      state,
      since,
      channels: this.#sum('channels'),
      subscriptions: this.#sum('subscriptions'),
      reconnects,
      lastPacketAgeMs: lastSign === null ? null : Math.round(this.#clock.now() - lastSign),
      tokenExpires: this.#token.expires,
      strained: this.#pace.strained,
      conflated: this.#pace.conflated,
      ...this.#counts,
    };
  }

  /** Ends all subscriptions and the connection. Resolves when the socket is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const service of this.#services) service.close();
    this.#pace.end();
    await this.#connection.close();
  }

  #upstream(): Upstream {
    return {
      settings: this.#settings,
      endpoints: this.#endpoints,
      clock: this.#clock,
      random: this.#random,
      pace: this.#pace,
      openings: new Turnstile(SERIES_OPENED_AT_A_TIME),
      sessions: this.#sessions,
      secrets: this.#secrets,
      takes: (symbol) => this.takes(symbol),
      status: () => this.status,
      serverTime: () => this.#serverTime(),
      lastHeard: () => this.#ahead + (this.#connection.lastSign ?? this.#clock.now()),
      heardUntil: () => this.#ahead + ((this.#beating && this.#connection.lastSign) || this.#clock.now()),
      damaged: () => this.#counts.damaged,
      hold: () => this.#connection.hold(),
      drop: (error) => this.#connection.drop(error),
      contain: this.#contain,
    };
  }

  #tokenLife(): TokenLife {
    return new TokenLife({
      settings: this.#settings,
      endpoints: this.#endpoints,
      secrets: this.#secrets,
      clock: this.#clock,
      random: this.#random,
      serverTime: () => this.#serverTime(),
      openChannels: () => this.#sum('channels'),
      send: (text) => this.#connection.send(text),
      stop: (error) => this.#connection.stop(error),
      drop: (error) => this.#connection.drop(error),
      changed: () => this.#contain(() => this.emit('token', this.tokenWarning)),
      log: this.#log,
    });
  }

  /** Upstream's clock, milliseconds since the epoch. */
  #serverTime(): number {
    return this.#clock.now() + this.#ahead;
  }

  #sum(figure: 'channels' | 'subscriptions'): number {
    return this.#services.reduce((sum, service) => sum + service[figure], 0);
  }

  #connectionChanged(status: ConnectionStatus): void {
    const isLive = status.state === 'live';
    if (status.state === 'waiting') this.#redirect = null;
    if (status.state === 'connecting') this.#beating = false;
    if (isLive !== this.#wasLive) {
      this.#wasLive = isLive;
      for (const service of this.#services) service[isLive ? 'connected' : 'disconnected']();
    }
    if (status.state === 'stopped' && status.error)
      for (const service of this.#services) service.stopped?.(status.error);
    this.#contain(() => this.emit('state', status.state, status));
  }

  #greeted(time: number | null): void {
    this.#redirects = 0;
    this.#ahead = (time ?? Date.now()) - this.#clock.now();
  }

  /** Follows to another host of TradingView's; a token is never given to a stranger. */
  #redirected(host: string): boolean {
    const trusted = this.#settings.server === 'live' && /^[\w.-]+\.tradingview\.com$/.test(host);
    if (!trusted || this.#redirects >= MOST_REDIRECTS) return false;
    this.#redirects++;
    this.#redirect = host;
    return true;
  }

  #ownEndpoints(): Endpoints {
    if (this.#settings.server === 'custom') return customEndpoints(this.#settings);
    return liveEndpoints(this.#settings, () => this.#redirect);
  }

  #webSocket(): Transport {
    return webSocketTransport({
      address: () => this.#endpoints.socket(),
      headers: { Origin: ORIGIN },
      refused: readRefusal,
    });
  }

  /** @throws FeedError UNREACHABLE when the client has been closed */
  #checkOpen(): void {
    if (this.#closed) throw new FeedError('UNREACHABLE', 'The connection is closed. Make a new one.');
  }
}
