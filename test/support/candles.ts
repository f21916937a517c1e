import type { Bar } from '../../src/market/candle';
import type { SeriesListener } from '../../src/market/candle-series';

export const MINUTE = 60_000;

/** A bar whose values all follow from one number, so that a test can tell two states of it apart. */
export function bar(time: number, value = 100, volume: number | null = 1): Bar {
  return { time, open: value, high: value + 2, low: value - 2, close: value + 1, volume };
}

/** What a series told, as a line of words, times and values that a test can compare. */
export type Told =
  | ['closed' | 'backfilled' | 'forming' | 'corrected', time: number, value: number]
  | ['gap', from: number, to: number];

/** Writes down what a series tells. */
export class Notebook implements SeriesListener {
  #told: Told[] = [];

  closed({ time, open }: Bar, backfilled: boolean): void {
    this.#told.push([backfilled ? 'backfilled' : 'closed', time, open]);
  }

  forming({ time, open }: Bar): void {
    this.#told.push(['forming', time, open]);
  }

  corrected({ time, open }: Bar): void {
    this.#told.push(['corrected', time, open]);
  }

  gap(from: number, to: number): void {
    this.#told.push(['gap', from, to]);
  }

  /** What was told since this was last asked. */
  take(): Told[] {
    const told = this.#told;
    this.#told = [];
    return told;
  }

  /** The same without the forming candle. */
  takeLasting(): Told[] {
    return this.take().filter(([what]) => what !== 'forming');
  }
}
