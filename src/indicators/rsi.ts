import { Rma } from './exponential';
import type { Indicator } from './indicator';

/**
 * Relative strength index after J. Welles Wilder, New Concepts in Technical Trading Systems (1978): from 0 to 100, by the
 * average gain and the average loss. Without any loss it is 100, also where the price has not moved, as TradingView has it.
 */
export class Rsi implements Indicator<[value: number], number> {
  readonly #gain: Rma;
  readonly #loss: Rma;
  #before: number | null = null;
  #last: number | null = null;

  constructor(length = 14) {
    this.#gain = new Rma(length);
    this.#loss = new Rma(length);
  }

  get value(): number | null {
    const gain = this.#gain.value;
    const loss = this.#loss.value;
    if (gain === null || loss === null) return null;
    return loss === 0 ? 100 : 100 - 100 / (1 + gain / loss);
  }

  add(value: number): void {
    this.#before = this.#last;
    this.#last = value;
    if (this.#before === null) return;
    this.#gain.add(Math.max(0, value - this.#before));
    this.#loss.add(Math.max(0, this.#before - value));
  }

  replaceLast(value: number): void {
    if (this.#last === null) throw new RangeError('there is no value yet that could be replaced');
    this.#last = value;
    if (this.#before === null) return;
    this.#gain.replaceLast(Math.max(0, value - this.#before));
    this.#loss.replaceLast(Math.max(0, this.#before - value));
  }
}
