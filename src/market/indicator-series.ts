import type { ClosedBar } from './candle-series';
import { type IndicatorPoint, samePoint } from './indicator';

/** What a series of indicator values tells, in the order in which it happens. Times are milliseconds since the epoch. */
export interface IndicatorSeriesListener {
  /** The value of a closed candle is final. Strictly increasing in time, each once. */
  closed(point: IndicatorPoint, backfilled: boolean): void;
  /** The value of the forming candle. */
  forming(point: IndicatorPoint): void;
  /** A value already told as final has changed upstream. */
  corrected(point: IndicatorPoint): void;
  /** Candles that opened in [from, to) are lost, and their values with them. */
  gap(from: number, to: number): void;
}

/** What is owed to the listener: the value of a closed candle, or word of a gap. */
type Owed =
  | {
      time: number;
      /** The candle's close time, where upstream has told it. */
      end: number | null;
      backfilled: boolean;
      /** Market time at which its value is final as it is. */
      due: number;
    }
  | { from: number; to: number };

/**
 * The values of one indicator, bar by bar: tells the value of each closed candle exactly once and in order, as soon as it is
 * final. Follows the candle series for what is closed, and the study for the values. Pure: data and time are handed in.
 *
 * A study is `load`ed whole when upstream has completed it, each time it is made anew, and `update`d from then on.
 */
export class IndicatorSeries {
  readonly #listener: IndicatorSeriesListener;
  readonly #grace: () => number;
  /** Oldest first. */
  #points: IndicatorPoint[] = [];
  readonly #owed: Owed[] = [];
  /** Values up to this time are told, or history; null before the first load. */
  #settled: number | null = null;
  /** Where a gap would begin: when the last settled candle ended, where that is known. */
  #settledEnd: number | null = null;
  /** Upstream's values are at hand and follow the bars. */
  #current = false;
  /** The study has no values: where that turns out to be wrong, they count from then on. */
  #drawsOnly = false;
  /** Candles that were changed upstream since their value was told. */
  readonly #changed = new Set<number>();
  #keep = 0;

  /** @param grace how long after its close time a candle's value may still come, milliseconds; asked each time */
  constructor(grace: () => number, listener: IndicatorSeriesListener) {
    this.#grace = grace;
    this.#listener = listener;
  }

  /** Whether the first load is done. */
  get started(): boolean {
    return this.#settled !== null;
  }

  /** Whether upstream's values are at hand and follow the bars. */
  get current(): boolean {
    return this.#current;
  }

  /** Values that were told, or could have been, oldest first. */
  get history(): readonly IndicatorPoint[] {
    return this.#points.slice(0, this.#placeAfter(this.#settled ?? Number.NEGATIVE_INFINITY));
  }

  /** The value of the forming candle, unless values of closed ones are still to come before it. */
  get forming(): IndicatorPoint | null {
    if (!this.#current || this.#settled === null || this.#owed.length > 0) return null;
    // Where the study is ahead of the candles, the first of several is still to close.
    const ahead = this.#points.slice(this.#placeAfter(this.#settled));
    return ahead.length === 1 ? (ahead[0] as IndicatorPoint) : null;
  }

  /** How many candles have closed whose value is still to come. */
  get owed(): number {
    return this.#owed.length;
  }

  /** Market time at which the next value becomes final as it is; null when nothing waits for the clock. */
  get deadline(): number | null {
    const [next] = this.#owed;
    if (!this.#current || !next || !('due' in next)) return null;
    return this.#drawsOnly || this.#find(next.time) ? next.due : null;
  }

  /** How many points to keep at the least: as many as ever were asked for, or loaded. */
  configure(keep: number): void {
    this.#keep = Math.max(this.#keep, keep);
  }

  /** A candle has closed. @param now market time */
  candleClosed(bar: ClosedBar, backfilled: boolean, now: number): void {
    // It may have been inserted into what is declared lost.
    if (this.#settled === null || bar.time <= this.#settled) return;
    this.#owe(bar, backfilled, now);
    this.#settleOwed(now);
    this.#tellForming();
  }

  /** A closed candle has other values now, or is new among the closed ones: so may the indicator's be. */
  candleCorrected(time: number): void {
    if (this.#settled !== null && time <= this.#settled) this.#changed.add(time);
  }

  /** Candles are lost. @param now market time */
  candlesLost(from: number, to: number, now: number): void {
    if (this.#settled === null) return;
    this.#owed.push({ from, to });
    this.#settleOwed(now);
  }

  /** The study is gone: what is owed waits for the next one. */
  interrupt(): void {
    this.#current = false;
  }

  /**
   * All values of a study that has completed. The first time they become the history, silently but for the forming one. Later
   * they replace the values at hand: a difference is a correction only where the candle itself has changed, for values also
   * move because the loaded data begins elsewhere.
   * @param closed the closed candles at hand, oldest first
   * @param now market time
   * @param drawsOnly the study has no values, for no candle: each is told as one without any
   */
  load(points: readonly IndicatorPoint[], closed: readonly ClosedBar[], now: number, drawsOnly = false): void {
    const former = this.#points;
    this.#points = [...points];
    this.#drawsOnly = drawsOnly;
    this.configure(points.length);
    this.#current = true;
    if (this.#settled === null) this.#begin(closed, now);
    else this.#revise(former);
    this.#giveUpUnreachable();
    this.#settleOwed(now);
    this.#tellForming();
  }

  /** New values of the study that was loaded last. @param now market time */
  update(points: readonly IndicatorPoint[], now: number): void {
    if (!this.#current) return;
    for (const point of points) this.#take(point);
    this.#settleOwed(now);
    const newest = points.at(-1);
    if (newest && newest === this.forming) this.#tellForming();
    if (this.#points.length > 2 * this.#keep + 1) this.#points.splice(0, this.#points.length - this.#keep - 1);
  }

  /** The clock: values whose time is over are final. @param now market time */
  tick(now: number): void {
    this.#settleOwed(now);
    this.#tellForming();
  }

  /** History goes as far as the values do; candles that closed beyond are owed. */
  #begin(closed: readonly ClosedBar[], now: number): void {
    const newest = this.#points.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
    const last = closed.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
    this.#settled = this.#drawsOnly ? last : Math.min(newest, last);
    for (const bar of closed) {
      if (bar.time === this.#settled) this.#settledEnd = bar.closeTime;
      if (bar.time > this.#settled) this.#owe(bar, false, now);
    }
  }

  #owe({ time, closeTime }: ClosedBar, backfilled: boolean, now: number): void {
    this.#owed.push({ time, end: closeTime, backfilled, due: (closeTime ?? now) + this.#grace() });
  }

  /** Of candles that closed before the loaded data begin, the values are lost. */
  #giveUpUnreachable(): void {
    const oldest = this.#points[0]?.time ?? Number.NEGATIVE_INFINITY;
    if (!this.#owed.some((owed) => 'due' in owed && owed.time < oldest)) return;
    const reached = this.#owed.findIndex((owed) => 'due' in owed && owed.time >= oldest);
    const lost = this.#owed.splice(0, reached === -1 ? this.#owed.length : reached);
    const [first] = lost as [Owed];
    const [next] = this.#owed;
    this.#owed.unshift({
      from: 'from' in first ? first.from : (this.#settledEnd ?? first.time),
      to: next && 'due' in next ? next.time : oldest,
    });
  }

  #revise(former: readonly IndicatorPoint[]): void {
    const known = new Map(former.map((point) => [point.time, point]));
    for (const time of [...this.#changed].sort((a, b) => a - b)) {
      const point = this.#find(time);
      const before = known.get(time);
      if (point && !(before && samePoint(before, point))) this.#listener.corrected(point);
    }
    this.#changed.clear();
  }

  #take(point: IndicatorPoint): void {
    this.#drawsOnly = false;
    const place = this.#placeAfter(point.time) - 1;
    const known = this.#points[place];
    const oldest = this.#points[0];
    // What the study says of a bar, or of a later one, it says in the knowledge of all changes before.
    if (place === this.#points.length - 1 && known?.time !== point.time) this.#changed.clear();
    else this.#changed.delete(point.time);
    if (known?.time === point.time) {
      this.#points[place] = point;
      if (samePoint(known, point)) return;
    } else {
      if (oldest && point.time < oldest.time) return;
      this.#points.splice(place + 1, 0, point);
    }
    if (point.time <= (this.#settled as number)) this.#listener.corrected(point);
  }

  #settleOwed(now: number): void {
    while (this.#current) {
      const next = this.#owed[0];
      if (!next) return;
      if ('from' in next) {
        this.#owed.shift();
        this.#settled = Math.max(this.#settled as number, next.to - 1);
        this.#settledEnd = next.to;
        this.#listener.gap(next.from, next.to);
        continue;
      }
      const movedOn = (this.#points.at(-1)?.time ?? Number.NEGATIVE_INFINITY) > next.time;
      const point = this.#find(next.time);
      if (!movedOn && !((point || this.#drawsOnly) && now >= next.due)) return;
      this.#owed.shift();
      this.#settled = next.time;
      this.#settledEnd = next.end;
      // Where the study has passed over a bar it has no value for it.
      this.#listener.closed(point ?? { time: next.time, values: [] }, next.backfilled);
    }
  }

  #tellForming(): void {
    const point = this.forming;
    if (point) this.#listener.forming(point);
  }

  #find(time: number): IndicatorPoint | undefined {
    const point = this.#points[this.#placeAfter(time) - 1];
    return point?.time === time ? point : undefined;
  }

  /** How many points are not newer than `time`. */
  #placeAfter(time: number): number {
    let low = 0;
    let high = this.#points.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#points[middle] as IndicatorPoint).time <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
