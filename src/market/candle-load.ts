import type { Bar } from './candle';

/**
 * The bars of one upstream session while it is still loading: several pages and live updates, in any order, overlapping.
 * The newest word on a bar counts. Keyed by time, for places shift.
 */
export class CandleLoad {
  readonly #bars = new Map<number, Bar>();
  #newest = Number.NEGATIVE_INFINITY;
  #closeTime: number | null = null;
  /** Made when it is asked for. */
  #ordered: readonly Bar[] | null = null;

  /** @param closeTime close time of the newest of these bars, where upstream knows it */
  add(bars: readonly Bar[], closeTime: number | null): void {
    let newest = Number.NEGATIVE_INFINITY;
    this.#ordered = null;
    for (const bar of bars) {
      this.#bars.set(bar.time, bar);
      newest = Math.max(newest, bar.time);
    }
    if (newest < this.#newest) return; // an older page: its close time is of no use
    if (newest > this.#newest) this.#closeTime = null;
    this.#newest = newest;
    this.#closeTime = closeTime ?? this.#closeTime;
  }

  get size(): number {
    return this.#bars.size;
  }

  /** Open time of the oldest bar; +∞ when there is none. */
  get oldest(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const time of this.#bars.keys()) oldest = Math.min(oldest, time);
    return oldest;
  }

  /** All bars, oldest first. */
  bars(): readonly Bar[] {
    this.#ordered ??= [...this.#bars.values()].sort((a, b) => a.time - b.time);
    return this.#ordered;
  }

  /** Close time of the newest bar; null when unknown. */
  get closeTime(): number | null {
    return this.#closeTime;
  }
}
