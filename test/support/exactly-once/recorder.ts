import type { Clock } from '../../../src/market/clock';
import type { Timeframe } from '../../../src/market/timeframe';
import type { TradingViewClient } from '../../../src/tradingview/client';

type Watching = Parameters<TradingViewClient['watchCandles']>;
export type Wanted = Watching[0] & { timeframe: Timeframe; history: number };
export type Told = Parameters<Watching[1]>[0];

/** What is known of one who listens, to judge what it was told. */
export type Listener = Pick<Recorder, 'symbol' | 'timeframe' | 'wanted' | 'told' | 'joined' | 'left'>;

/** One who listens, and when each event came. */
export class Recorder {
  readonly told: { at: number; event: Told }[] = [];
  readonly wanted: Wanted;
  readonly joined: number;
  left: number | null = null;
  readonly #clock: Clock;
  readonly #subscription: ReturnType<TradingViewClient['watchCandles']>;

  constructor(client: TradingViewClient, clock: Clock, wanted: Wanted) {
    this.wanted = wanted;
    this.#clock = clock;
    this.joined = clock.now();
    this.#subscription = client.watchCandles(wanted, (event) => this.told.push({ at: clock.now(), event }));
  }

  get symbol(): string {
    return this.wanted.symbol;
  }

  get timeframe(): Timeframe {
    return this.wanted.timeframe;
  }

  get state() {
    return this.#subscription.state;
  }

  /** Open time of the last closed candle that it had. */
  get last(): number | undefined {
    for (const { event } of this.told.toReversed()) {
      if (event.event === 'closed') return event.candle.timestamp;
      if (event.event === 'history' && event.candles.length > 0) return event.candles.at(-1)?.timestamp;
    }
    return this.wanted.after;
  }

  leave(): void {
    this.left ??= this.#clock.now();
    this.#subscription.close();
  }
}
