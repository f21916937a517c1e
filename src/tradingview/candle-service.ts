import { ChannelRegistry } from '../feed/channel-registry';
import type { FeedError } from '../feed/errors';
import { type Service, type Subscription, type SubscriptionState, teller } from '../feed/subscription';
import { CandleDelivery, type CandleEvent } from '../market/candle-delivery';
import { named } from '../market/delivery';
import type { Timeframe } from '../market/timeframe';
import { CandleChannel, type CandleSubscriber } from './candle-channel';
import { type CandleOptions, type CandleSettings, checkSeriesOptions, checkSymbol } from './options';
import type { Upstream } from './upstream';

/** What `watchCandles` tells; times are milliseconds since the epoch, UTC. */
export type CandleStreamEvent = (CandleEvent | { event: 'error'; error: FeedError }) & {
  symbol: string;
  timeframe: Timeframe;
};

export interface WatchOptions extends CandleOptions {
  /**
   * Open time of the last candle had in an earlier life: the history ends there, later candles follow as backfilled, 500 at
   * most. Ignored where it lies ahead of upstream's clock.
   */
  after?: number | undefined;
  /** Asked before each event is built; false saves the work for what nobody looks at. */
  wants?: ((event: CandleEvent['event']) => boolean) | undefined;
  /** Told whenever the subscription's state changes. */
  stateChanged?: ((state: SubscriptionState) => void) | undefined;
}

export interface CandleSubscription extends Subscription {
  readonly timeframe: Timeframe;
}

/** Candles: one channel a series, shared by all who want the same. @internal */
export class CandleService implements Service {
  readonly #upstream: Upstream;
  readonly #channels = new ChannelRegistry<CandleChannel>();
  readonly #subscriptions = new Set<Subscription>();

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  get channels(): number {
    return this.#channels.size;
  }

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  /** @throws FeedError SYMBOL_INVALID, TIMEFRAME_INVALID or SETTING_INVALID, before anything is sent */
  watch(options: WatchOptions, listener: (event: CandleStreamEvent) => void): CandleSubscription {
    const { settings: own, takes, contain, hold, status, serverTime, pace } = this.#upstream;
    const settings = { symbol: checkSymbol(options.symbol), ...checkSeriesOptions(options, own.limits) };
    const { symbol, timeframe, history } = settings;
    if (!takes(symbol)) return { symbol, timeframe, state: 'elsewhere', close: () => {} };

    let open = true;
    const call = teller(contain, () => open, listener);
    const tell = (event: CandleEvent | { event: 'error'; error: FeedError }) => call(named(event, symbol, timeframe));
    const { after, wants } = options;
    const subscriber: CandleSubscriber = {
      delivery: new CandleDelivery({ timeframe, history, after, now: serverTime, wants, pace }, tell),
      failed: (error) => tell({ event: 'error', error }),
      stateChanged: (changed) => {
        if (open) contain(() => options.stateChanged?.(changed));
      },
    };
    const { channel, release } = this.hold(settings);
    const letGo = hold();
    const subscription: CandleSubscription = {
      symbol,
      timeframe,
      get state() {
        return channel.state;
      },
      close: () => {
        if (!open) return;
        open = false;
        this.#subscriptions.delete(subscription);
        channel.remove(subscriber);
        release();
        letGo();
      },
    };
    this.#subscriptions.add(subscription);
    channel.add(subscriber);
    if (status().state === 'live') channel.connected();
    return subscription;
  }

  /** The channel of a series, opened if need be. The last to let go of it closes it. */
  hold(settings: CandleSettings): { channel: CandleChannel; release: () => void } {
    const { symbol, timeframe, session, adjustment } = settings;
    const key = JSON.stringify([symbol, timeframe, session, adjustment]);
    return this.#channels.hold(key, () => {
      const channel: CandleChannel = new CandleChannel(settings, this.#upstream, () =>
        this.#channels.retire(key, channel),
      );
      return channel;
    });
  }

  connected(): void {
    for (const channel of this.#channels.values()) channel.connected();
  }

  disconnected(): void {
    for (const channel of this.#channels.values()) channel.disconnected();
  }

  close(): void {
    for (const subscription of [...this.#subscriptions]) subscription.close();
  }
}
