import { checkLength } from './indicator';

/** The newest values, as many as it is long. */
export class Window {
  readonly #values: number[] = [];
  readonly #length: number;
  #next = 0;

  constructor(length: number) {
    this.#length = checkLength(length);
  }

  get full(): boolean {
    return this.#values.length === this.#length;
  }

  /** @returns the value that leaves, once it is full */
  add(value: number): number | undefined {
    const leaving = this.#values[this.#next];
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#length;
    return leaving;
  }

  replaceLast(value: number): void {
    if (this.#values.length === 0) throw new RangeError('there is no value yet that could be replaced');
    this.#values[(this.#next + this.#length - 1) % this.#length] = value;
  }

  /** Oldest first; to be asked only when it is full. */
  *[Symbol.iterator](): Iterator<number> {
    for (let at = 0; at < this.#length; at++) yield this.#values[(this.#next + at) % this.#length] as number;
  }
}
