import { type Bar, type Candle, toCandle } from './candle';
import type { ClosedBar } from './candle-series';
import { intervalEnd, type Timeframe } from './timeframe';

/** What a subscriber of candles is told. Times are milliseconds since the epoch, UTC. */
export type CandleEvent =
  | { event: 'history'; candles: Candle[] }
  | { event: 'closed'; candle: Candle; backfilled?: true }
  | { event: 'forming'; candle: Candle }
  | { event: 'correction'; candle: Candle }
  | { event: 'gap'; from: number; to: number };

export interface DeliveryOptions {
  timeframe: Timeframe;
  /** How many closed candles the subscriber wants first. */
  history: number;
  /**
   * Open time of the last candle that the subscriber had in an earlier life: the history ends there, and later candles
   * follow as backfilled.
   */
  after?: number | undefined;
  /** Asked before each event is built; false saves the work for an event that nobody looks at. */
  wants?: ((event: CandleEvent['event']) => boolean) | undefined;
}

/** After a restart with `after`, more candles than these are not delivered late but declared as a gap. */
export const LATE_LIMIT = 500;

/** Corrections reach at least this many candles back behind the subscriber's own history. */
const REMEMBERED = 64;

/**
 * What one subscriber gets of a series: its history once, then the rest, under its own index.
 * Every event carries objects of its own.
 */
export class CandleDelivery {
  readonly #options: DeliveryOptions;
  readonly #listener: (event: CandleEvent) => void;
  /** Open times of the candles delivered, oldest first, as far back as corrections may reach; #firstIndex is the first one's. */
  #times: number[] = [];
  #firstIndex = 0;
  #started = false;
  /** Whether something may be missing between an earlier life and the first bar that comes. */
  #unbridged = false;

  constructor(options: DeliveryOptions, listener: (event: CandleEvent) => void) {
    this.#options = options;
    this.#listener = listener;
  }

  /** How many closed candles the subscriber wants first. */
  get history(): number {
    return this.#options.history;
  }

  get started(): boolean {
    return this.#started;
  }

  /** Whether these closed bars suffice to begin; `oldest` bars first. */
  satisfiedBy(closed: readonly Bar[]): boolean {
    const { history, after } = this.#options;
    if (after === undefined) return closed.length >= history;
    const past = closed.findIndex((bar) => bar.time > after);
    const known = past === -1 ? closed.length : past;
    const late = closed.length - known;
    return late > LATE_LIMIT || (known > 0 && known >= history);
  }

  /** How many closed bars to ask for before it is known how many there are. @param now market time */
  wanted(now: number): number {
    const { history, after, timeframe } = this.#options;
    if (after === undefined) return history;
    const late = Math.ceil((now - after) / (intervalEnd(timeframe, after) - after));
    return history + Math.min(Math.max(late, 0), LATE_LIMIT + 1);
  }

  /** Begins with all closed bars that could be had, oldest first, and the forming one. */
  start(closed: readonly ClosedBar[], forming: Bar | null): void {
    if (this.#started) return;
    this.#started = true;
    const { history, after } = this.#options;
    const past = after === undefined ? closed : closed.filter((bar) => bar.time <= after);
    const late = after === undefined ? [] : closed.filter((bar) => bar.time > after);
    this.#deliverHistory(history > 0 ? past.slice(-history) : []);
    if (after !== undefined) this.#declareLost(past, late, forming);
    for (const bar of late) this.closed(bar, true);
    if (forming) this.forming(forming);
  }

  /** Since the earlier life more was lost than is delivered late: a gap, and only the newest of the late ones. */
  #declareLost(past: readonly ClosedBar[], late: ClosedBar[], forming: Bar | null): void {
    this.#unbridged = past.length === 0 || late.length > LATE_LIMIT;
    late.splice(0, late.length - LATE_LIMIT);
    const next = late[0] ?? forming;
    if (next) this.#bridge(next, past.at(-1)?.closeTime);
  }

  #bridge(next: Bar, lastCloseTime?: number | null): void {
    if (!this.#unbridged) return;
    this.#unbridged = false;
    const from = lastCloseTime ?? intervalEnd(this.#options.timeframe, this.#options.after as number);
    if (from < next.time) this.gap(from, next.time);
  }

  #deliverHistory(bars: readonly Bar[]): void {
    this.#times = bars.map((bar) => bar.time);
    if (this.#options.history === 0 || !this.#wants('history')) return;
    this.#listener({ event: 'history', candles: bars.map((bar, index) => toCandle(bar, index, true)) });
  }

  closed(bar: Bar, backfilled: boolean): void {
    if (this.#hadBefore(bar)) return;
    this.#bridge(bar);
    const index = this.#nextIndex;
    this.#times.push(bar.time);
    this.#forgetOld();
    if (!this.#wants('closed')) return;
    const candle = toCandle(bar, index, true);
    this.#listener(backfilled ? { event: 'closed', candle, backfilled } : { event: 'closed', candle });
  }

  forming(bar: Bar): void {
    if (this.#hadBefore(bar)) return;
    this.#bridge(bar);
    if (!this.#wants('forming')) return;
    this.#listener({ event: 'forming', candle: toCandle(bar, this.#nextIndex, false) });
  }

  /** A bar that this subscriber never got, because upstream inserted it, has no index. */
  corrected(bar: Bar): void {
    if (bar.time < (this.#times[0] ?? Number.POSITIVE_INFINITY)) return;
    if (!this.#wants('correction')) return;
    const place = this.#times.lastIndexOf(bar.time);
    const index = place === -1 ? null : this.#firstIndex + place;
    this.#listener({ event: 'correction', candle: toCandle(bar, index, true) });
  }

  gap(from: number, to: number): void {
    if (this.#wants('gap')) this.#listener({ event: 'gap', from, to });
  }

  /** Whether the subscriber had this bar as a closed one in an earlier life. */
  #hadBefore(bar: Bar): boolean {
    return bar.time <= (this.#options.after ?? Number.NEGATIVE_INFINITY);
  }

  get #nextIndex(): number {
    return this.#firstIndex + this.#times.length;
  }

  #wants(event: CandleEvent['event']): boolean {
    return this.#options.wants?.(event) ?? true;
  }

  #forgetOld(): void {
    const keep = this.#options.history + REMEMBERED;
    if (this.#times.length <= 2 * keep) return;
    const forgotten = this.#times.length - keep;
    this.#times.splice(0, forgotten);
    this.#firstIndex += forgotten;
  }
}
