import type { Bar } from '../market/candle';

/** Which bars of a series are left out of the stream, though history has them: places then jump. */
export class Omission {
  #skip = 0;
  #interrupted = false;
  /** The newest bar is one that was left out. */
  #leftOut = false;

  /** How many new bars are still to be left out. */
  get rest(): number {
    return this.#skip;
  }

  /** Leaves out the next so many new bars, their whole life long. */
  skip(count: number): void {
    this.#skip = count;
  }

  /**
   * The stream stops until the next `told`. Bars that began and ended meanwhile are left out, and then also the last values of
   * the one before them. Where the stream stopped over one beginning only, nothing is: no place would jump, so no client could
   * know.
   */
  interrupt(): void {
    this.#interrupted = true;
  }

  /**
   * Of the bars that are new or changed, those that are told.
   * @param known the newest bar so far
   */
  told<B extends { bar: Bar }>(bars: readonly B[], known: Bar | undefined): B[] {
    const begun = bars.filter(({ bar }) => bar.time !== known?.time);
    const lost = this.#interrupted && begun.length > 1;
    this.#interrupted = false;
    return bars.filter(({ bar }) => {
      if (bar.time !== known?.time) {
        this.#leftOut = this.#skip > 0;
        if (this.#leftOut) this.#skip--;
      }
      return !this.#leftOut && !(lost && bar !== begun.at(-1)?.bar);
    });
  }
}
