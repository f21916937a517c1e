import { Audience } from '../feed/audience';
import type { Connection, ConnectionState, ConnectionStatus } from '../feed/connection';
import { FeedError } from '../feed/errors';
import type { Subscriber, SubscriptionState } from '../feed/subscription';
import type { Timer } from '../market/clock';
import type { NewsMessage } from './messages';
import type { Price } from './price';
import { Renewal } from './renewal';
import { serverFailure } from './server-failure';
import type { Upstream } from './upstream';

/** One who wants the price of a coin. */
export interface PriceSubscriber extends Subscriber {
  price(price: Price): void;
}

/** A coin that somebody wants. */
interface Coin {
  audience: Audience<PriceSubscriber>;
  /** The last on the present stream. */
  price: Price | null;
  /** How often in a row the server has left it out. */
  missing: number;
  /** Whether the server's own error has been told, and nothing else has come since. */
  failing: boolean;
}

/** Who asks for one coin often asks for others: so long they are gathered before they are asked for, milliseconds. */
const GATHER = 100;
/** The server says nothing of a coin that it does not know; so often in a row it is no accident. */
const MISSING = 3;

/** The prices of all coins that anybody wants, over one stream. */
export class PriceChannel {
  readonly #upstream: Upstream;
  readonly #connection: Connection;
  readonly #coins = new Map<string, Coin>();
  /** What the present stream has been asked for. */
  #asked: ReadonlySet<string> = new Set();
  #gathering: Timer | null = null;
  #connectionState: ConnectionState = 'idle';
  readonly #renewal = new Renewal();

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
    this.#connection = upstream.stream({
      path: () => this.#ask(),
      message: (message) => this.#take(message),
      changed: (status) => this.#changed(status),
    });
  }

  /** `live` also while one stream is followed by the next. */
  get connection(): ConnectionState {
    return this.#connectionState;
  }

  /** undefined for a coin that nobody wants. */
  state(symbol: string): SubscriptionState | undefined {
    return this.#coins.get(symbol)?.audience.state;
  }

  /** Whoever comes late is told the last price at once. @returns leaves */
  join(symbol: string, subscriber: PriceSubscriber): () => void {
    const coin = this.#coins.get(symbol) ?? this.#newCoin();
    this.#coins.set(symbol, coin);
    coin.audience.add(subscriber);
    const letGo = this.#connection.hold();
    if (!this.#asked.has(symbol)) this.#gather();
    if (coin.price) subscriber.price(coin.price);
    return () => {
      coin.audience.remove(subscriber);
      if (coin.audience.members.length === 0 && this.#coins.get(symbol) === coin) this.#coins.delete(symbol);
      if (this.#coins.size === 0) this.#stopGathering();
      letGo();
    };
  }

  #newCoin(): Coin {
    const state = this.connection === 'live' ? 'loading' : 'waiting';
    return { audience: new Audience(state), price: null, missing: 0, failing: false };
  }

  #ask(): string {
    this.#asked = new Set([...this.#coins.keys()].sort());
    return `/api/prices/stream?${new URLSearchParams({ symbols: [...this.#asked].join(',') })}`;
  }

  /** Asks anew for all coins, where the present stream was not asked for each. What nobody wants any more is let be. */
  #gather(): void {
    this.#gathering ??= this.#upstream.clock.after(GATHER, () => {
      this.#stopGathering();
      if ([...this.#coins.keys()].some((symbol) => !this.#asked.has(symbol))) this.#connection.renew();
    });
  }

  #stopGathering(): void {
    this.#gathering?.cancel();
    this.#gathering = null;
  }

  #take(message: NewsMessage): void {
    if (message.kind === 'prices') this.#tell(message.prices);
    if (message.kind === 'error') this.#fail(message.reason);
  }

  #tell(prices: readonly Price[]): void {
    const told = new Map(prices.map((price) => [price.symbol, price]));
    for (const [symbol, coin] of [...this.#coins]) {
      const price = told.get(symbol);
      coin.failing = false;
      if (!price) this.#miss(symbol, coin);
      else {
        coin.price = price;
        coin.missing = 0;
        coin.audience.setState('live');
        for (const subscriber of coin.audience.members) subscriber.price(price);
      }
    }
  }

  #miss(symbol: string, coin: Coin): void {
    if (!this.#asked.has(symbol) || ++coin.missing !== MISSING) return;
    const sentence = `The news server has no price of ${symbol}. Check the id of the coin; the id of Bitcoin is bitcoin.`;
    coin.audience.setState('refused');
    coin.audience.failed(new FeedError('SYMBOL_UNKNOWN', sentence, symbol));
  }

  /**
   * Told once, until there are prices again, be it on another stream. It concerns all coins alike: those who want several get the
   * same error of each.
   */
  #fail(reason: string): void {
    const error = serverFailure('prices', reason);
    for (const coin of [...this.#coins.values()]) {
      if (coin.audience.state === 'refused') continue;
      coin.audience.setState('failed');
      if (coin.failing) continue;
      coin.failing = true;
      coin.audience.failed(error);
    }
  }

  #changed(status: ConnectionStatus): void {
    const { state } = status;
    this.#connectionState = this.#renewal.see(status);
    if (state === 'idle' || state === 'waiting' || state === 'stopped') this.#asked = new Set();
    for (const coin of [...this.#coins.values()]) {
      // What the server does not know, it will not know on another stream.
      if (coin.audience.state === 'refused') continue;
      coin.missing = 0;
      if (this.connection !== 'live') {
        coin.price = null;
        coin.audience.setState('waiting');
      } else if (coin.audience.state === 'waiting') coin.audience.setState('loading');
    }
  }
}
