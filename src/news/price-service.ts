import type { ConnectionState } from '../feed/connection';
import type { FeedError } from '../feed/errors';
import { type SubscriptionState, teller } from '../feed/subscription';
import { Throttle } from '../market/throttle';
import { checkPriceOptions, type PriceOptions } from './options';
import type { Price } from './price';
import { PriceChannel, type PriceSubscriber } from './price-channel';
import type { Upstream } from './upstream';

/** What `watchPrices` tells. */
export type PriceEvent =
  | { event: 'price'; symbol: string; price: Price }
  | { event: 'error'; symbol: string; error: FeedError };

export interface WatchPricesOptions extends PriceOptions {
  /** Asked before each price is told; false saves the work for what nobody looks at. */
  wants?: ((event: 'price') => boolean) | undefined;
  /** Told whenever the state of one of the coins changes. */
  stateChanged?: ((symbol: string, state: SubscriptionState) => void) | undefined;
}

/** What a user of the client holds. */
export interface PriceSubscription {
  /** As the events name them, each once. */
  readonly symbols: readonly string[];
  /** Of the stream that all share. */
  readonly connection: ConnectionState;
  /** undefined for a coin that was not asked for. */
  state(symbol: string): SubscriptionState | undefined;
  /** No event comes afterwards. */
  close(): void;
}

/** Prices: one stream for all. @internal */
export class PriceService {
  readonly #upstream: Upstream;
  readonly #channel: PriceChannel;
  readonly #subscriptions = new Set<PriceSubscription>();

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
    this.#channel = new PriceChannel(upstream);
  }

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  /** @throws FeedError SYMBOL_INVALID or SETTING_INVALID, before anything is sent */
  watch(options: WatchPricesOptions, listener: (event: PriceEvent) => void): PriceSubscription {
    const { symbols, throttle } = checkPriceOptions(options);
    const channel = this.#channel;
    const { contain } = this.#upstream;
    const leaves: (() => void)[] = [];
    let open = true;
    const tell = teller(contain, () => open, listener);
    const subscription: PriceSubscription = {
      symbols,
      get connection() {
        return channel.connection;
      },
      state: (symbol) => (symbols.includes(symbol) ? channel.state(symbol) : undefined),
      close: () => {
        if (!open) return;
        open = false;
        this.#subscriptions.delete(subscription);
        for (const leave of leaves) leave();
      },
    };
    this.#subscriptions.add(subscription);
    for (const symbol of symbols) {
      const { subscriber, close } = this.#subscriber(symbol, throttle, options, tell);
      const leave = channel.join(symbol, subscriber);
      leaves.push(close, leave);
    }
    // A late-comer is told at once, and may have closed it by now.
    if (!open) for (const leave of leaves) leave();
    return subscription;
  }

  close(): void {
    for (const subscription of [...this.#subscriptions]) subscription.close();
  }

  #subscriber(
    symbol: string,
    throttle: number,
    { wants, stateChanged }: WatchPricesOptions,
    tell: (event: PriceEvent) => void,
  ): { subscriber: PriceSubscriber; close: () => void } {
    const { clock, contain } = this.#upstream;
    let newest: Price | null = null;
    let told: Price | null = null;
    const pace = new Throttle({ clock, throttle, wants: wants && (() => wants('price')) }, () => {
      if (!newest || !moved(newest, told)) return;
      told = newest;
      tell({ event: 'price', symbol, price: { ...newest } });
    });
    const subscriber: PriceSubscriber = {
      price: (price) => {
        newest = price;
        if (moved(price, told)) pace.moved();
      },
      failed: (error) => tell({ event: 'error', symbol, error }),
      stateChanged: (state) => contain(() => stateChanged?.(symbol, state)),
    };
    return { subscriber, close: () => pace.close() };
  }
}

function moved(price: Price, told: Price | null): boolean {
  return price.price !== told?.price || price.change24h !== told.change24h;
}
