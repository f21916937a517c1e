import { sameValues } from '../market/candle';
import type { CandleSource } from './candle-source';
import type { MarketBar } from './market-bar';
import { Omission } from './omission';
import type { Resolution } from './resolution';

/** A bar at its place (`i` on the wire). */
export interface PlacedBar {
  place: number;
  bar: MarketBar;
}

/** What a live update brings: the newest bar in a new state, new bars, or both. */
export interface Update {
  /** Oldest first, never empty. */
  bars: PlacedBar[];
  /** The last of them is a new one. */
  begun: boolean;
}

/** Why nothing older can be had: there is nothing, or the plan allows no more. */
export type HistoryEnd = 'end' | 'limit';

/**
 * Which part of a symbol's candles one series holds, and what was last said of the newest. Places count from 0 at the oldest
 * that is loaded, so all of them shift when older ones come in. All times are milliseconds since the epoch.
 */
export class LiveSeries {
  readonly source: CandleSource;
  readonly resolution: Resolution;
  readonly #maxCandles: () => number;
  readonly #omission = new Omission();
  #oldest = Number.POSITIVE_INFINITY;
  /** Differs from what was given out where bars are left out of the stream. */
  #newest: MarketBar | undefined;
  #told: MarketBar | undefined;
  #size = 0;
  #updatedAt: number;

  /** @param maxCandles how far back history goes, in candles from the newest; asked each time */
  constructor(source: CandleSource, resolution: Resolution, maxCandles: () => number, now: number) {
    this.source = source;
    this.resolution = resolution;
    this.#maxCandles = maxCandles;
    this.#updatedAt = now;
  }

  /** How many bars are loaded. */
  get size(): number {
    return this.#size;
  }

  /** The newest bar as it was last given out. */
  get newest(): MarketBar | undefined {
    return this.#told;
  }

  /** Open time of the oldest bar that is loaded; infinite while there is none. */
  get oldest(): number {
    return this.#oldest;
  }

  /** As of when the bars are. */
  get updatedAt(): number {
    return this.#updatedAt;
  }

  /** How many new bars are still to be left out of the stream. */
  get skipping(): number {
    return this.#omission.rest;
  }

  /** Leaves the next so many new bars out of the stream. */
  skip(count: number): void {
    this.#omission.skip(count);
  }

  /** The stream stops until `advance` is called again; what happens meanwhile is not told later. */
  interrupt(): void {
    this.#omission.interrupt();
  }

  /** The newest `count` bars; the last one may still be forming. */
  load(count: number, now: number): PlacedBar[] {
    const bars = this.source.back(this.resolution, Math.min(count, this.#maxCandles()), now);
    this.#oldest = bars[0]?.time ?? Number.POSITIVE_INFINITY;
    this.#newest = bars.at(-1);
    this.#told = this.#newest;
    this.#size = bars.length;
    this.#updatedAt = now;
    return place(bars, 0);
  }

  /**
   * Up to `count` older bars, and after them the one that was the oldest so far, as upstream's pages overlap; empty when there
   * are none.
   */
  page(count: number, now: number): PlacedBar[] {
    const allowed = Math.min(count, this.#maxCandles() - this.#size);
    const older = allowed > 0 ? this.source.back(this.resolution, allowed, now, this.#oldest) : [];
    const first = older[0];
    if (!first || this.#size === 0) return [];
    const overlap = this.source.back(this.resolution, 1, now, this.#oldest + 1);
    this.#oldest = first.time;
    this.#size += older.length;
    return place([...older, ...overlap], 0);
  }

  /** Whether history is complete, seen from what is loaded. */
  historyEnd(now: number): HistoryEnd | undefined {
    if (this.source.back(this.resolution, 1, now, this.#oldest).length === 0 || this.#size === 0) return 'end';
    return this.#size >= this.#maxCandles() ? 'limit' : undefined;
  }

  /** What has changed since the last time; undefined while the update period is not over, or when nothing has. */
  advance(now: number): Update | undefined {
    const period = Math.max(1, this.source.instrument.updatePeriod) * 1000;
    if (Math.floor(now / period) === Math.floor(this.#updatedAt / period)) return undefined;
    this.#updatedAt = now;
    const known = this.#newest;
    // Without a bar yet, the symbol may have been listed since: all it has is new then.
    const current = this.source.forward(this.resolution, known?.time ?? 0, now);
    const unchanged = known && current[0] && sameValues(known, current[0]);
    const bars = unchanged ? current.slice(1) : current;
    const first = this.#size - (known ? 1 : 0) + (unchanged ? 1 : 0);
    const told = this.#omission.told(place(bars, first), known);
    const last = bars.at(-1);
    if (!last) return undefined;
    this.#size = first + bars.length;
    this.#newest = last;
    if (!known) this.#oldest = bars[0]?.time ?? last.time;
    const newest = told.at(-1)?.bar;
    if (!newest) return undefined;
    this.#told = newest;
    return { bars: told, begun: newest.time !== known?.time };
  }

  /**
   * Takes note of a bar that was changed or inserted; of one at the end the next `advance` will tell.
   * @returns the bar at its place; undefined when it is not loaded
   */
  amend(bar: MarketBar, inserted: boolean, now: number): PlacedBar | undefined {
    if (!this.#newest || bar.time < this.#oldest || bar.time > this.#newest.time) return undefined;
    if (inserted) this.#size++;
    if (bar.time === this.#newest.time) this.#newest = bar;
    if (bar.time === this.#told?.time) this.#told = bar;
    return { place: this.source.forward(this.resolution, this.#oldest, now, bar.time).length, bar };
  }
}

function place(bars: readonly MarketBar[], first: number): PlacedBar[] {
  return bars.map((bar, at) => ({ place: first + at, bar }));
}
