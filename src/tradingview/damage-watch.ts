import type { Clock, Timer } from '../market/clock';

export interface DamageWatchOptions {
  clock: Clock;
  /** How many packets could not be read so far. */
  damaged: () => number;
  /** Asks for what may have been lost. @returns false when it cannot be asked for just now */
  mend: () => boolean;
}

const MENDED_AT_MOST_EVERY = 60_000;

/** A packet that could not be read may have been one of ours: sees to it that what it said is asked for. */
export class DamageWatch {
  readonly #options: DamageWatchOptions;
  /** How many packets had been damaged when all was last asked for. */
  #mended = 0;
  #last = Number.NEGATIVE_INFINITY;
  #timer: Timer | null = null;

  constructor(options: DamageWatchOptions) {
    this.#options = options;
  }

  /** All is asked for just now, damage or not. */
  asked(): void {
    this.#mended = this.#options.damaged();
  }

  /** To be called whenever something has come. */
  check(): void {
    const { clock, damaged, mend } = this.#options;
    if (damaged() === this.#mended || this.#timer) return;
    this.#timer = clock.after(this.#last + MENDED_AT_MOST_EVERY - clock.now(), () => {
      this.#timer = null;
      this.#last = clock.now();
      if (!mend()) this.check();
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }
}
