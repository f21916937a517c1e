import type { MovingAverage } from './indicator';
import { Sma } from './sma';
import { Window } from './window';

/** Linearly weighted moving average: the newest of `length` values counts `length` times, the oldest once. */
export class Wma implements MovingAverage {
  readonly #length: number;
  readonly #window: Window;

  constructor(length: number) {
    this.#window = new Window(length);
    this.#length = length;
  }

  /** Costs the length of the window. */
  get value(): number | null {
    if (!this.#window.full) return null;
    let sum = 0;
    let weight = 0;
    for (const value of this.#window) sum += value * ++weight;
    return sum / ((this.#length * (this.#length + 1)) / 2);
  }

  add(value: number): void {
    this.#window.add(value);
  }

  replaceLast(value: number): void {
    this.#window.replaceLast(value);
  }
}

/** Volume-weighted moving average over the last `length` values; null also where nothing was traded, or nobody knows. */
export class Vwma implements MovingAverage {
  readonly #turnover: Sma;
  readonly #volume: Sma;

  constructor(length: number) {
    this.#turnover = new Sma(length);
    this.#volume = new Sma(length);
  }

  get value(): number | null {
    const volume = this.#volume.value;
    return volume ? (this.#turnover.value as number) / volume : null;
  }

  add(value: number, volume?: number | null): void {
    this.#turnover.add(value * (volume ?? 0));
    this.#volume.add(volume ?? 0);
  }

  replaceLast(value: number, volume?: number | null): void {
    this.#turnover.replaceLast(value * (volume ?? 0));
    this.#volume.replaceLast(volume ?? 0);
  }
}
