import { type Bar, sameValues } from './candle';
import type { CandleLoad } from './candle-load';
import { intervalEnd, type Timeframe } from './timeframe';

/** A closed bar with its close time, where upstream has told it. */
export interface ClosedBar extends Bar {
  closeTime: number | null;
}

/** What a series tells, in the order in which it happens. All times are milliseconds since the epoch. */
export interface SeriesListener {
  /** A candle closed. `backfilled`: during an outage. Strictly increasing in time, each once. */
  closed(bar: ClosedBar, backfilled: boolean): void;
  /** The forming candle has new values, or a new one began. */
  forming(bar: Bar): void;
  /** A candle already told as closed has new values, or one was inserted behind the last one told. */
  corrected(bar: Bar): void;
  /** Candles that opened in [from, to) are lost. */
  gap(from: number, to: number): void;
}

export interface SeriesOptions {
  timeframe: Timeframe;
  /** How long after its close time the clock may close a candle, milliseconds. */
  grace: number;
  /** How many closed candles are kept at the least. */
  keep: number;
}

/**
 * The candles of one symbol and timeframe: decides when a candle is closed, and tells each closed candle exactly once and in
 * order, over any number of outages. Pure: data and time are handed in.
 *
 * Its life: loaded once with `reconcile`; then `update` for what streams in and `tick` when a `deadline` is reached;
 * `interrupt` when upstream is lost; `reconcile` again with what was loaded afterwards.
 */
export class CandleSeries {
  readonly #timeframe: Timeframe;
  readonly #listener: SeriesListener;
  #keep: number;
  #grace: number;
  /** Closed bars without a hole that was told, oldest first. */
  #closed: ClosedBar[] = [];
  #forming: Bar | null = null;
  #formingCloseTime: number | null = null;
  /** Bars that open up to this time are told, history, or declared lost; later ones are owed. null before the first load. */
  #settled: number | null = null;
  /** Where a gap would begin: the end of what is settled. */
  #owedFrom = Number.NEGATIVE_INFINITY;
  #interrupted = false;
  /** After an outage, as long as nothing was loaded that could show whether candles are missing. */
  #unbridged = false;

  constructor(options: SeriesOptions, listener: SeriesListener) {
    this.#timeframe = options.timeframe;
    this.#grace = options.grace;
    this.#keep = options.keep;
    this.#listener = listener;
  }

  /** Closed candles that are at hand, oldest first. */
  get history(): readonly ClosedBar[] {
    return this.#closed;
  }

  /** The forming candle, if there is one. */
  get forming(): Bar | null {
    return this.#forming;
  }

  /** Whether the first load is done and upstream has not been lost since. */
  get streaming(): boolean {
    return this.#settled !== null && !this.#interrupted;
  }

  /** Candles up to this time are told; null before the first load. */
  get settled(): number | null {
    return this.#settled;
  }

  /** Whether a load reaches back to the last candle told or, in mid-stream, streamed: nothing between can be missing. */
  bridges(load: CandleLoad): boolean {
    if (this.#settled === null) return true;
    if (this.#interrupted) return load.oldest <= this.#settled;
    const newest = this.#forming?.time ?? this.#settled;
    return newest === Number.NEGATIVE_INFINITY || load.oldest <= newest;
  }

  /** How many closed candles to keep at the least; `grace` as in the options. Both may grow while the series lives. */
  configure({ keep, grace }: { keep: number; grace: number }): void {
    this.#keep = keep;
    this.#grace = grace;
  }

  /** When the newest candle, forming or closed, ends: its close time where upstream has told it, else the end of its interval. */
  get end(): number | null {
    const newest = this.#forming ?? this.#closed.at(-1);
    if (!newest) return null;
    const closeTime = this.#forming ? this.#formingCloseTime : this.#closed.at(-1)?.closeTime;
    return closeTime ?? intervalEnd(this.#timeframe, newest.time);
  }

  /**
   * Whether a load has more than what has come by stream: another bar, or other values, so far back as bars are at hand.
   * @param until bars that open later may still be on their way
   */
  isBehind(load: CandleLoad, until: number): boolean {
    const oldest = this.#closed[0] ?? this.#forming;
    return load.bars().some((bar) => {
      if (bar.time > until || (oldest && bar.time < oldest.time)) return false;
      const known = this.#forming?.time === bar.time ? this.#forming : this.#closed[this.#placeOf(bar.time)];
      return known?.time !== bar.time || !sameValues(known, bar);
    });
  }

  /** Market time at which the clock closes the forming candle; null when only the next candle can close it. */
  get deadline(): number | null {
    return this.#forming && this.#formingCloseTime !== null ? this.#formingCloseTime + this.#grace : null;
  }

  /** Upstream is lost. The forming candle's values are partial and are forgotten; nothing closes until the next `reconcile`. */
  interrupt(): void {
    if (this.#settled === null) return;
    this.#interrupted = true;
    this.#forming = null;
    this.#formingCloseTime = null;
  }

  /** The clock: closes the forming candle when its time is over. @param now market time */
  tick(now: number): void {
    this.#closeByClock(now, false);
  }

  /**
   * Live bars of the upstream session that was reconciled last.
   * @param closeTime close time of the newest bar of the series, where upstream knows it
   * @param now market time
   */
  update(bars: readonly Bar[], closeTime: number | null, now: number): void {
    if (!this.streaming) return;
    if (this.#unbridged) this.#declareGap(bars);
    this.#take(bars, closeTime, false);
    this.#closeByClock(now, false);
    this.#tellForming(bars);
  }

  /**
   * What a new upstream session has loaded, once it reaches back far enough or upstream has no more.
   * The first time it becomes the history, silently but for the forming candle. After an outage it fills what is owed since
   * `settled`: late candles are told as backfilled, changed ones as corrected, and a gap where it does not reach back.
   * In mid-stream it only adds older history.
   * @param now market time
   */
  reconcile(load: CandleLoad, now: number): void {
    let bars = load.bars();
    const backfilled = this.#interrupted;
    this.#interrupted = false;
    if (this.#settled === null) {
      this.#begin(bars, load.closeTime, now);
    } else {
      if (backfilled || this.#unbridged) {
        this.#unbridged = true;
        this.#declareGap(bars);
      } else if ((bars.at(-1)?.time ?? 0) <= this.#settled) {
        // The load is behind the stream: the values of its newest bar may be older than those already told.
        bars = bars.slice(0, -1);
      }
      this.#prepend(bars);
      this.#take(bars, load.closeTime, backfilled);
      this.#closeByClock(now, backfilled);
    }
    this.#tellForming(bars);
  }

  /** The first load: all but the newest bar are closed, and that one too when its time is over. */
  #begin(bars: readonly Bar[], closeTime: number | null, now: number): void {
    const newest = bars.at(-1);
    this.#settled = Number.NEGATIVE_INFINITY;
    for (const bar of bars.slice(0, -1)) this.#settle({ ...bar, closeTime: null });
    if (!newest) return;
    if (bars.length === 1) {
      this.#settled = newest.time - 1;
      this.#owedFrom = newest.time;
    }
    this.#forming = newest;
    this.#formingCloseTime = closeTime;
    if (this.deadline === null || now < this.deadline) return;
    this.#forming = null;
    this.#formingCloseTime = null;
    this.#settle({ ...newest, closeTime });
  }

  #take(bars: readonly Bar[], closeTime: number | null, backfilled: boolean): void {
    for (const bar of bars) {
      if (bar.time <= (this.#settled as number)) this.#revise(bar);
      else if (this.#forming && bar.time < this.#forming.time) this.#close({ ...bar, closeTime: null }, backfilled);
      else if (this.#forming?.time === bar.time) this.#forming = bar;
      else {
        if (this.#forming) this.#close({ ...this.#forming, closeTime: this.#formingCloseTime }, backfilled);
        this.#forming = bar;
        this.#formingCloseTime = null;
      }
    }
    const closesLater = this.#forming && closeTime !== null && closeTime > this.#forming.time;
    if (closesLater && bars.at(-1)?.time === this.#forming?.time) this.#formingCloseTime = closeTime;
  }

  #closeByClock(now: number, backfilled: boolean): void {
    const bar = this.#forming;
    if (!bar || this.deadline === null || now < this.deadline) return;
    const closeTime = this.#formingCloseTime;
    this.#forming = null;
    this.#formingCloseTime = null;
    this.#close({ ...bar, closeTime }, backfilled);
  }

  #close(bar: ClosedBar, backfilled: boolean): void {
    this.#settle(bar);
    // Trimmed now and then, not at each candle.
    if (this.#closed.length > 2 * this.#keep) this.#closed.splice(0, this.#closed.length - this.#keep);
    this.#listener.closed(bar, backfilled);
  }

  #settle(bar: ClosedBar): void {
    this.#closed.push(bar);
    this.#settled = bar.time;
    this.#owedFrom = bar.closeTime ?? intervalEnd(this.#timeframe, bar.time);
  }

  #revise(bar: Bar): void {
    const place = this.#placeOf(bar.time);
    const known = this.#closed[place];
    if (known?.time === bar.time) {
      if (sameValues(known, bar)) return;
      this.#closed[place] = { ...bar, closeTime: known.closeTime };
    } else if (place > 0) {
      this.#closed.splice(place, 0, { ...bar, closeTime: null });
    } else {
      return; // older than all that is kept: never told, or long forgotten
    }
    this.#listener.corrected(bar);
  }

  /** The place of the first closed bar that is not older than `time`. */
  #placeOf(time: number): number {
    let low = 0;
    let high = this.#closed.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#closed[middle] as ClosedBar).time < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Bars that do not reach back to the last one told leave a hole; the candles before it are no history any more. */
  #declareGap(bars: readonly Bar[]): void {
    const oldest = bars[0];
    if (!oldest) return;
    this.#unbridged = false;
    const from = this.#owedFrom;
    if (oldest.time <= Math.max(this.#settled as number, from)) return;
    this.#closed = [];
    this.#settled = oldest.time - 1;
    this.#owedFrom = oldest.time;
    if (from > Number.NEGATIVE_INFINITY) this.#listener.gap(from, oldest.time);
  }

  /** Older bars than those at hand: never told, but history for those who come later. */
  #prepend(bars: readonly Bar[]): void {
    const oldest = this.#closed[0]?.time;
    if (oldest === undefined) return;
    const older = bars.filter((bar) => bar.time < oldest);
    if (older.length > 0) this.#closed.unshift(...older.map((bar) => ({ ...bar, closeTime: null })));
  }

  #tellForming(bars: readonly Bar[]): void {
    if (this.#forming && bars.includes(this.#forming)) this.#listener.forming(this.#forming);
  }
}
