import assert from 'node:assert/strict';
import type { Subscription, SubscriptionState } from '../../src/feed/subscription';
import { SteppedClock } from '../../src/market/clock';
import { PracticeMarket, type PracticeMarketOptions } from '../../src/simulator/practice-market';
import type { CandleStreamEvent, WatchOptions } from '../../src/tradingview/candle-service';
import { TradingViewClient } from '../../src/tradingview/client';
import type { Endpoints } from '../../src/tradingview/endpoints';
import type { ClientOptions } from '../../src/tradingview/options';
import { PracticeTransport } from './practice-transport';

/** A subscription and all that it was told. */
export class Watch {
  readonly events: CandleStreamEvent[] = [];
  readonly states: SubscriptionState[] = [];
  readonly subscription: Subscription;

  constructor(client: TradingViewClient, options: WatchOptions) {
    const stateChanged = (state: SubscriptionState) => this.states.push(state);
    this.subscription = client.watchCandles({ stateChanged, ...options }, (event) => this.events.push(event));
  }

  /** Events of one kind. */
  of<K extends CandleStreamEvent['event']>(kind: K): Extract<CandleStreamEvent, { event: K }>[] {
    return this.events.filter((event): event is Extract<CandleStreamEvent, { event: K }> => event.event === kind);
  }

  /** Kinds of what was told, forming candles left out. */
  get kinds(): string[] {
    return this.events.filter(({ event }) => event !== 'forming').map(({ event }) => event);
  }

  /** The closed candles that came one by one. */
  get closed() {
    return this.of('closed').map(({ candle }) => candle);
  }

  /** Their open times. */
  get closedTimes(): number[] {
    return this.closed.map(({ timestamp }) => timestamp);
  }
}

/** A client and a practice market in memory, on one stepped clock. */
export class Practice {
  readonly clock: SteppedClock;
  readonly market: PracticeMarket;
  readonly transport: PracticeTransport;
  readonly client: TradingViewClient;
  readonly logs: string[] = [];

  constructor(
    start: number,
    options: ClientOptions = {},
    marketOptions: PracticeMarketOptions = {},
    random: () => number = Math.random,
    /** Where look-ups go; the socket is in memory all the same. */
    endpoints?: Endpoints,
  ) {
    this.clock = new SteppedClock(start);
    this.market = new PracticeMarket({ ...marketOptions, clock: this.clock });
    this.transport = new PracticeTransport(this.market, this.clock);
    this.client = new TradingViewClient(options, {
      transport: this.transport.open,
      clock: this.clock,
      random,
      endpoints,
      log: (text) => this.logs.push(text),
    });
  }

  watch(options: WatchOptions): Watch {
    return new Watch(this.client, options);
  }

  /** Lets time pass. */
  seconds(count: number): void {
    this.clock.advance(count * 1000);
  }

  /** The true candles that opened in `[from, to)`, as a subscriber ought to get them, but for the index. */
  truth(symbol: string, timeframe: Parameters<PracticeMarket['candles']>[1], from: number, to: number) {
    return this.market
      .candles(symbol, timeframe, from, to)
      .map(({ time, ...values }) => ({ timestamp: time, ...values, closed: true }));
  }
}

/** Candles without their index, to be held against the truth. */
export function withoutIndex<C extends { index: unknown }>(candles: readonly C[]): Omit<C, 'index'>[] {
  return candles.map(({ index: _, ...candle }) => candle);
}

/** No closed candle was lost, repeated or out of order, and each has the true values and the right index. */
export function assertComplete(practice: Practice, watch: Watch, timeframe: Parameters<Practice['truth']>[1]): void {
  const { symbol } = watch.subscription;
  const history = watch.of('history').flatMap(({ candles }) => candles);
  const delivered = [...history, ...watch.closed];
  const [first, last] = [delivered[0], delivered.at(-1)];
  assert.ok(first && last);
  assert.deepEqual(withoutIndex(delivered), practice.truth(symbol, timeframe, first.timestamp, last.timestamp + 1));
  assert.deepEqual(
    delivered.map(({ index }) => index),
    delivered.map((_, index) => index),
  );
}
