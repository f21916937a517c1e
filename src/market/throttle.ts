import type { Clock, Timer } from './clock';
import { type Pace, unhurried, type Waiting } from './pace';

export interface ThrottleOptions {
  clock: Clock;
  /** Milliseconds between two tellings at the least; 0: each move is told. */
  throttle: number;
  /** Asked before anything is built; what moves while it is false is told with the first move after. */
  wants?: (() => boolean) | undefined;
  /** Says when it may be told; at once unless given. */
  pace?: Pace | undefined;
}

/** Says when the newest state of something is to be told: at most so often, and the last one is never lost. */
export class Throttle implements Waiting {
  readonly #options: ThrottleOptions;
  readonly #tell: () => void;
  readonly #pace: Pace;
  /** Milliseconds since the epoch. */
  #lastTold = Number.NEGATIVE_INFINITY;
  #pause: Timer | null = null;
  /** Until there is pace for it. */
  #waits = false;
  #closed = false;

  constructor(options: ThrottleOptions, tell: () => void) {
    this.#options = options;
    this.#tell = tell;
    this.#pace = options.pace ?? unhurried;
  }

  /** There is something to tell. */
  moved(): void {
    if (!this.#closed && !this.#pause) this.#tellSoon();
  }

  release(): void {
    if (!this.#waits) return;
    this.#waits = false;
    if (this.#options.throttle > 0) this.#lastTold = this.#options.clock.now();
    this.#tell();
  }

  /** Nothing is told afterwards. */
  close(): void {
    this.#closed = true;
    this.#pause?.cancel();
    this.#pause = null;
    this.#waits = false;
  }

  #tellSoon(): void {
    const { clock, throttle, wants } = this.#options;
    if (wants?.() === false) return;
    if (throttle > 0) {
      const rest = this.#lastTold + throttle - clock.now();
      if (rest > 0) {
        this.#pause = clock.after(rest, () => {
          this.#pause = null;
          this.#tellSoon();
        });
        return;
      }
    }
    this.#waits = true;
    if (this.#pace.mayTell(this)) this.release();
  }
}
