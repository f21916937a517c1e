import type { Clock, Timer } from '../market/clock';

const SECOND = 1000;

/** Calls at every whole second of the clock while it is started. Seconds that the process slept through are not made up for. */
export class Pulse {
  readonly #clock: Clock;
  readonly #beat: () => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, beat: () => void) {
    this.#clock = clock;
    this.#beat = beat;
  }

  start(): void {
    this.#timer ??= this.#next();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #next(): Timer {
    return this.#clock.after(SECOND - (this.#clock.now() % SECOND), () => {
      this.#timer = this.#next();
      this.#beat();
    });
  }
}
