import { CompensatedSum } from './compensated-sum';
import type { MovingAverage } from './indicator';
import { Window } from './window';

/** Simple moving average: the mean of the last `length` values. */
export class Sma implements MovingAverage {
  readonly #length: number;
  readonly #window: Window;
  /** Of all values in the window but the last, so that replacing that one leaves no trace. */
  readonly #others = new CompensatedSum();
  #last = 0;

  constructor(length: number) {
    this.#window = new Window(length);
    this.#length = length;
  }

  get value(): number | null {
    return this.#window.full ? (this.#others.value + this.#last) / this.#length : null;
  }

  add(value: number): void {
    const leaving = this.#window.add(value);
    this.#others.add(this.#last);
    if (leaving !== undefined) this.#others.add(-leaving);
    this.#last = value;
  }

  replaceLast(value: number): void {
    this.#window.replaceLast(value);
    this.#last = value;
  }
}
