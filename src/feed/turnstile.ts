/** Lets at most `limit` at a time through; the others wait in the order in which they came. */
export class Turnstile {
  readonly #limit: number;
  readonly #waiting = new Set<() => void>();
  #inside = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Calls `enter` as soon as there is room, at once if possible.
   * @returns leaves, or gives up waiting; calling it again does nothing
   */
  pass(enter: () => void): () => void {
    let leave = () => {
      this.#waiting.delete(admit);
    };
    const admit = () => {
      this.#inside++;
      leave = () => {
        leave = () => {};
        this.#inside--;
        this.#admitNext();
      };
      enter();
    };
    if (this.#inside < this.#limit) admit();
    else this.#waiting.add(admit);
    return () => leave();
  }

  #admitNext(): void {
    const [next] = this.#waiting;
    if (!next || this.#inside >= this.#limit) return;
    this.#waiting.delete(next);
    next();
  }
}
