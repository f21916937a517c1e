import { EventEmitter } from 'node:events';
import { Connection, type ConnectionState, type ConnectionStatus } from '../feed/connection';
import { containing } from '../feed/contain';
import { FeedError } from '../feed/errors';
import { httpStreamTransport } from '../feed/http-stream-transport';
import { LookupRefused, lookUp } from '../feed/lookup';
import type { Transport } from '../feed/transport';
import { type Clock, systemClock } from '../market/clock';
import {
  type ArticleEvent,
  ArticleService,
  type ArticleSubscription,
  type WatchArticlesOptions,
} from './article-service';
import { converse, type EventCounts } from './conversation';
import { type NewsEndpoint, newsEndpoint, USER_AGENT } from './endpoints';
import { checkNewsOptions, type NewsClientOptions, type NewsSettings } from './options';
import { type PriceEvent, PriceService, type PriceSubscription, type WatchPricesOptions } from './price-service';
import { readNewsRefusal } from './refusal';
import { Streams } from './streams';
import type { StreamOptions, Upstream } from './upstream';

export interface NewsClientStats extends EventCounts {
  /** Of the stream that is worst off. */
  state: ConnectionState;
  /** Since when, milliseconds since the epoch. */
  since: number;
  /** Streams that are needed. */
  channels: number;
  subscriptions: number;
  reconnects: number;
  /** Milliseconds since the last sign of life on any stream that is needed; null before the first. */
  lastPacketAgeMs: number | null;
}

/** What a client stands on; each part has a default. */
export interface NewsSurroundings {
  /** For servers that the options cannot name by an address. */
  endpoint?: NewsEndpoint | undefined;
  /** In place of HTTP to the endpoint. @param path with the query; asked for each link */
  transport?: ((path: () => string) => Transport) | undefined;
  clock?: Clock | undefined;
  random?: (() => number) | undefined;
  /** Told what may help to find a fault. */
  log?: ((text: string) => void) | undefined;
}

interface ClientEvents {
  state: [ConnectionState, ConnectionStatus];
}

/**
 * Crypto news and prices by server-sent events. Connects when the first subscription comes and reconnects by itself; each
 * article is delivered once to each subscription, over reconnects too. Equal queries share one stream.
 *
 * Emits `state` with the state of the stream that is worst off, and its status (`{state, since, error, failures}`).
 */
export class NewsClient extends EventEmitter<ClientEvents> {
  readonly #settings: NewsSettings;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #log: (text: string) => void;
  readonly #contain: (act: () => void) => void;
  readonly #endpoint: NewsEndpoint;
  readonly #transport: (path: () => string) => Transport;
  readonly #streams: Streams;
  readonly #articles: ArticleService;
  readonly #prices: PriceService;
  readonly #counts: EventCounts = { events: 0, damaged: 0, unknown: 0 };
  #reconnects = 0;
  #closed = false;

  /** @throws FeedError SETTING_INVALID that names the option; nothing has been sent by then */
  constructor(options: NewsClientOptions = {}, around: NewsSurroundings = {}) {
    super();
    this.#settings = checkNewsOptions(options);
    this.#clock = around.clock ?? systemClock;
    this.#random = around.random ?? Math.random;
    this.#log = (text) => around.log?.(text);
    this.#contain = containing(this.#log);
    this.#endpoint = around.endpoint ?? newsEndpoint(this.#settings);
    this.#transport = around.transport ?? ((path) => this.#http(path));
    this.#streams = new Streams(this.#clock.now(), (status) =>
      this.#contain(() => this.emit('state', status.state, status)),
    );
    const upstream: Upstream = {
      clock: this.#clock,
      stream: (stream) => this.#stream(stream),
      contain: this.#contain,
    };
    this.#articles = new ArticleService(upstream);
    this.#prices = new PriceService(upstream);
  }

  /** The state of the stream that is worst off, since when, and what ended its last link. */
  get status(): ConnectionStatus {
    return this.#streams.status;
  }

  /**
   * Articles that are wanted, each once, in the order in which the server publishes them. At the start come the newest few that
   * the server shows. What the listener throws goes to the log.
   * @throws FeedError SETTING_INVALID, before anything is sent
   */
  watchArticles(options: WatchArticlesOptions, listener: (event: ArticleEvent) => void): ArticleSubscription {
    this.#checkOpen();
    return this.#articles.watch(options, listener);
  }

  /**
   * Prices of any number of coins, each time that one moves; the server looks every five seconds. All coins share one stream. What
   * the listener throws goes to the log.
   * @throws FeedError SYMBOL_INVALID or SETTING_INVALID, before anything is sent
   */
  watchPrices(options: WatchPricesOptions, listener: (event: PriceEvent) => void): PriceSubscription {
    this.#checkOpen();
    return this.#prices.watch(options, listener);
  }

  /**
   * What the server says of its ways to connect, as it says it.
   * @throws FeedError UNREACHABLE, TIMEOUT, RATE_LIMITED or PROTOCOL
   */
  async information(): Promise<unknown> {
    const { url, agent, release } = await this.#endpoint();
    try {
      return await lookUp(`${url}/api/ws`, { headers: { 'user-agent': USER_AGENT }, agent });
    } catch (error) {
      if (!(error instanceof LookupRefused)) throw error;
      throw readNewsRefusal(error.status, undefined, '').error;
    } finally {
      release();
    }
  }

  /** Connects all streams anew at once; also ends a stop or a pause. No article comes twice by it. */
  reconnect(): void {
    for (const stream of this.#streams.all) stream.reconnect();
  }

  /** The state of things in figures. */
  stats(): NewsClientStats {
    const { state, since } = this.status;
    const lastSign = Math.max(0, ...this.#streams.all.map(({ lastSign }) => lastSign ?? 0));
    return {
      state,
      since,
      channels: this.#streams.all.length,
      subscriptions: this.#articles.subscriptions + this.#prices.subscriptions,
      reconnects: this.#reconnects,
      lastPacketAgeMs: lastSign === 0 ? null : Math.round(this.#clock.now() - lastSign),
      ...this.#counts,
    };
  }

  /** Ends all subscriptions and streams. Resolves when the sockets are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#articles.close();
    this.#prices.close();
    await Promise.all(this.#streams.all.map((stream) => stream.close()));
  }

  #stream({ path, message, changed }: StreamOptions): Connection {
    let counted = 0;
    const connection: Connection = new Connection({
      transport: this.#transport(path),
      protocol: (control) =>
        converse({ control, counts: this.#counts, now: () => this.#clock.now(), message, contain: this.#contain }),
      clock: this.#clock,
      random: this.#random,
      silenceTimeout: this.#settings.idleTimeout,
      changed: (status) => {
        this.#reconnects += connection.reconnects - counted;
        counted = connection.reconnects;
        changed(status);
        this.#streams.update(connection);
      },
      log: this.#log,
    });
    return connection;
  }

  #http(path: () => string): Transport {
    return httpStreamTransport({
      address: async () => {
        const { url, ...way } = await this.#endpoint();
        return { ...way, url: url + path() };
      },
      type: 'text/event-stream',
      headers: { 'User-Agent': USER_AGENT },
      refused: readNewsRefusal,
    });
  }

  /** @throws FeedError UNREACHABLE when the client has been closed */
  #checkOpen(): void {
    if (this.#closed) throw new FeedError('UNREACHABLE', 'The connection is closed. Make a new one.');
  }
}
