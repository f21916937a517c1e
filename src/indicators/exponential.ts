import type { MovingAverage } from './indicator';
import { Sma } from './sma';

/** An average that each new value moves by a fixed part of the way; it begins as the simple average of the first `length` values. */
class ExponentialAverage implements MovingAverage {
  readonly #part: number;
  readonly #seed: Sma;
  /** Without the last value; null while there was no average yet. */
  #before: number | null = null;
  #value: number | null = null;

  constructor(length: number, part: number) {
    this.#seed = new Sma(length);
    this.#part = part;
  }

  get value(): number | null {
    return this.#value;
  }

  add(value: number): void {
    this.#before = this.#value;
    if (this.#before === null) this.#seed.add(value);
    this.#move(value);
  }

  replaceLast(value: number): void {
    if (this.#before === null) this.#seed.replaceLast(value);
    this.#move(value);
  }

  #move(value: number): void {
    // Not before + part * (value - before), whose difference loses a small value beside a large average.
    this.#value = this.#before === null ? this.#seed.value : (1 - this.#part) * this.#before + this.#part * value;
  }
}

/** Exponential moving average: each value counts for 2 / (length + 1). */
export class Ema extends ExponentialAverage {
  constructor(length: number) {
    super(length, 2 / (length + 1));
  }
}

/** Wilder's moving average, which TradingView calls RMA or SMMA: each value counts for 1 / length. */
export class Rma extends ExponentialAverage {
  constructor(length: number) {
    super(length, 1 / length);
  }
}
