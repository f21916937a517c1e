import type { Indicator, MovingAverage } from './indicator';
import { type AverageKind, movingAverage } from './moving-average';

export interface MacdOptions {
  fast?: number;
  slow?: number;
  signal?: number;
  /** Of the two averages whose distance is measured; default EMA. */
  average?: AverageKind;
  /** Of the signal line; default EMA. */
  signalAverage?: AverageKind;
}

export interface MacdValue {
  macd: number;
  /** null while there are too few values for it. */
  signal: number | null;
  /** The distance from the signal to the MACD line. */
  histogram: number | null;
}

/** Moving average convergence/divergence after Gerald Appel: a fast average less a slow one, and an average of that as the signal. */
export class Macd implements Indicator<[value: number], MacdValue> {
  readonly #fast: MovingAverage;
  readonly #slow: MovingAverage;
  readonly #signal: MovingAverage;

  constructor({ fast = 12, slow = 26, signal = 9, average = 'EMA', signalAverage = 'EMA' }: MacdOptions = {}) {
    this.#fast = movingAverage(average, fast);
    this.#slow = movingAverage(average, slow);
    this.#signal = movingAverage(signalAverage, signal);
  }

  get value(): MacdValue | null {
    const macd = this.#distance();
    if (macd === null) return null;
    const signal = this.#signal.value;
    return { macd, signal, histogram: signal === null ? null : macd - signal };
  }

  add(value: number): void {
    this.#fast.add(value);
    this.#slow.add(value);
    const macd = this.#distance();
    if (macd !== null) this.#signal.add(macd);
  }

  replaceLast(value: number): void {
    this.#fast.replaceLast(value);
    this.#slow.replaceLast(value);
    const macd = this.#distance();
    if (macd !== null) this.#signal.replaceLast(macd);
  }

  #distance(): number | null {
    const fast = this.#fast.value;
    const slow = this.#slow.value;
    return fast === null || slow === null ? null : fast - slow;
  }
}
