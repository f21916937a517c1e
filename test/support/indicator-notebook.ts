import type { IndicatorPoint } from '../../src/market/indicator';
import type { IndicatorSeriesListener } from '../../src/market/indicator-series';

/** What a series of indicator values told: a word, a time, and the first value, null where it had none. */
export type IndicatorTold =
  | ['closed' | 'backfilled' | 'forming' | 'corrected', time: number, value: number | null]
  | ['gap', from: number, to: number];

/** Writes down what a series of indicator values tells. */
export class IndicatorNotebook implements IndicatorSeriesListener {
  #told: IndicatorTold[] = [];

  closed(point: IndicatorPoint, backfilled: boolean): void {
    this.#told.push([backfilled ? 'backfilled' : 'closed', point.time, first(point)]);
  }

  forming(point: IndicatorPoint): void {
    this.#told.push(['forming', point.time, first(point)]);
  }

  corrected(point: IndicatorPoint): void {
    this.#told.push(['corrected', point.time, first(point)]);
  }

  gap(from: number, to: number): void {
    this.#told.push(['gap', from, to]);
  }

  /** What was told since this was last asked. */
  take(): IndicatorTold[] {
    const told = this.#told;
    this.#told = [];
    return told;
  }
}

function first({ values }: IndicatorPoint): number | null {
  return values[0] ?? null;
}
