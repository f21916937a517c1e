/**
 * Remembers what was computed last, in bounded memory: two generations of at most `size` entries each. What is still in use
 * moves to the young one before the old one is dropped. Everything remembered can be computed again.
 */
export class Memo<V> {
  readonly #size: number;
  #young = new Map<number, V>();
  #old = new Map<number, V>();

  constructor(size: number) {
    this.#size = size;
  }

  get(key: number, compute: () => V): V {
    const known = this.#young.get(key);
    if (known !== undefined) return known;
    const value = this.#old.get(key) ?? compute();
    if (this.#young.size >= this.#size) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
    return value;
  }
}
