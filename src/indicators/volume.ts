import type { Indicator } from './indicator';
import { Sma } from './sma';

export interface VolumeValue {
  volume: number;
  /** The simple average of the last ones; null while there are too few. */
  average: number | null;
}

/** The volume of each bar, and its moving average; null where the market has no volume. */
export class Volume implements Indicator<[volume: number | null], VolumeValue> {
  readonly #average: Sma;
  #last: number | null = null;

  constructor(length = 20) {
    this.#average = new Sma(length);
  }

  get value(): VolumeValue | null {
    return this.#last === null ? null : { volume: this.#last, average: this.#average.value };
  }

  add(volume: number | null): void {
    this.#last = volume;
    this.#average.add(volume ?? 0);
  }

  replaceLast(volume: number | null): void {
    this.#average.replaceLast(volume ?? 0);
    this.#last = volume;
  }
}
