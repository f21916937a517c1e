import { ChannelRegistry } from '../feed/channel-registry';
import type { FeedError } from '../feed/errors';
import { type Service, type SubscriptionState, teller } from '../feed/subscription';
import type { Quote, QuoteField } from '../market/quote';
import { QuoteDelivery } from '../market/quote-delivery';
import { checkQuoteOptions, type QuoteOptions } from './options';
import { QuoteChannel, type QuoteSubscriber } from './quote-channel';
import { QuoteMultiplexer } from './quote-multiplexer';
import type { Upstream } from './upstream';

/** What `watchQuotes` tells. */
export type QuoteEvent =
  /** The whole quote, and which of its fields have moved since the last one: all, the first time. */
  | { event: 'quote'; symbol: string; quote: Quote; changed: QuoteField[] }
  | { event: 'error'; symbol: string; error: FeedError };

export interface WatchQuotesOptions extends QuoteOptions {
  /** Asked before each quote is built; false saves the work for what nobody looks at. */
  wants?: ((event: 'quote') => boolean) | undefined;
  /** Told whenever the state of one of the symbols changes. */
  stateChanged?: ((symbol: string, state: SubscriptionState) => void) | undefined;
}

/** What a user of the client holds. */
export interface QuoteSubscription {
  /** As the events name them, each once. */
  readonly symbols: readonly string[];
  /** undefined for a symbol that was not asked for. */
  state(symbol: string): SubscriptionState | undefined;
  /** No event comes afterwards. */
  close(): void;
}

/** Quotes: one channel a symbol, all of them in one quote session upstream. @internal */
export class QuoteService implements Service {
  readonly #upstream: Upstream;
  readonly #multiplexer: QuoteMultiplexer;
  readonly #channels = new ChannelRegistry<QuoteChannel>();
  readonly #subscriptions = new Set<QuoteSubscription>();

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
    this.#multiplexer = new QuoteMultiplexer(upstream);
  }

  get channels(): number {
    return this.#channels.size;
  }

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  /** @throws FeedError SYMBOL_INVALID or SETTING_INVALID, before anything is sent */
  watch(options: WatchQuotesOptions, listener: (event: QuoteEvent) => void): QuoteSubscription {
    const { symbols, throttle } = checkQuoteOptions(options);
    const { takes, hold } = this.#upstream;
    const held = new Map<string, { channel: QuoteChannel; leave: () => void }>();
    const own = symbols.filter(takes);
    const letGo = own.length > 0 ? hold() : () => {};
    let open = true;
    const subscription: QuoteSubscription = {
      symbols,
      state: (symbol) => held.get(symbol)?.channel.state ?? (symbols.includes(symbol) ? 'elsewhere' : undefined),
      close: () => {
        if (!open) return;
        open = false;
        this.#subscriptions.delete(subscription);
        for (const { leave } of held.values()) leave();
        letGo();
      },
    };
    if (own.length > 0) this.#subscriptions.add(subscription);
    const joined = own.map((symbol) => {
      const { channel, release } = this.#channels.hold(symbol, () => this.#openChannel(symbol));
      const subscriber = this.#subscriber(symbol, throttle, options, listener, () => open);
      const leave = () => {
        channel.remove(subscriber);
        release();
      };
      held.set(symbol, { channel, leave });
      return () => channel.add(subscriber);
    });
    // A late-comer is told at once, and by then everything must be in place: the listener may do anything.
    for (const join of joined) if (open) join();
    return subscription;
  }

  connected(): void {
    this.#multiplexer.connect();
  }

  disconnected(): void {
    this.#multiplexer.disconnect();
  }

  close(): void {
    for (const subscription of [...this.#subscriptions]) subscription.close();
    this.#multiplexer.close();
  }

  #openChannel(symbol: string): QuoteChannel {
    const retire = () => this.#channels.retire(symbol, channel);
    const channel: QuoteChannel = new QuoteChannel(symbol, this.#multiplexer, this.#upstream, retire);
    return channel;
  }

  #subscriber(
    symbol: string,
    throttle: number,
    { wants, stateChanged }: WatchQuotesOptions,
    listener: (event: QuoteEvent) => void,
    isOpen: () => boolean,
  ): QuoteSubscriber {
    const { clock, pace, contain } = this.#upstream;
    const tell = teller(contain, isOpen, listener);
    return {
      delivery: new QuoteDelivery({ clock, throttle, wants: wants && (() => wants('quote')), pace }, (quote, changed) =>
        tell({ event: 'quote', symbol, quote, changed }),
      ),
      failed: (error) => tell({ event: 'error', symbol, error }),
      stateChanged: (state) => {
        if (isOpen()) contain(() => stateChanged?.(symbol, state));
      },
    };
  }
}
