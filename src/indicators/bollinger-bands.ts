import type { Indicator, MovingAverage } from './indicator';
import { type AverageKind, movingAverage } from './moving-average';
import { Window } from './window';

export interface BollingerOptions {
  length?: number;
  /** How many standard deviations the bands are away. */
  width?: number;
  /** Of the middle; default SMA. */
  average?: AverageKind;
}

export interface BollingerValue {
  basis: number;
  upper: number;
  lower: number;
}

/** Bollinger Bands: an average, and the bands so many standard deviations (of the population) above and below it. */
export class BollingerBands implements Indicator<[value: number, volume?: number | null], BollingerValue> {
  readonly #length: number;
  readonly #width: number;
  readonly #basis: MovingAverage;
  readonly #window: Window;

  constructor({ length = 20, width = 2, average = 'SMA' }: BollingerOptions = {}) {
    this.#length = length;
    this.#width = width;
    this.#basis = movingAverage(average, length);
    this.#window = new Window(length);
  }

  /** Costs the length of the window. */
  get value(): BollingerValue | null {
    const basis = this.#basis.value;
    if (basis === null) return null;
    const distance = this.#width * this.#deviation();
    return { basis, upper: basis + distance, lower: basis - distance };
  }

  add(value: number, volume?: number | null): void {
    this.#basis.add(value, volume);
    this.#window.add(value);
  }

  replaceLast(value: number, volume?: number | null): void {
    this.#basis.replaceLast(value, volume);
    this.#window.replaceLast(value);
  }

  /** In two passes: running sums of squares lose the digits that count where the price is large and moves little. */
  #deviation(): number {
    let sum = 0;
    for (const value of this.#window) sum += value;
    const mean = sum / this.#length;
    let squares = 0;
    for (const value of this.#window) squares += (value - mean) ** 2;
    return Math.sqrt(squares / this.#length);
  }
}
