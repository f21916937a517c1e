/** A pending call that can be taken back. Cancelling twice, or after it ran, does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * Where all code of this library gets its time, so that tests can step through hours in milliseconds.
 * `now` is in milliseconds since the epoch and never runs backwards, whatever happens to the host's clock.
 */
export interface Clock {
  now(): number;
  after(ms: number, run: () => void): Timer;
}

// setTimeout counts in a signed 32-bit number; a longer wait would fire at once.
const LONGEST_TIMEOUT = 2 ** 31 - 1;

const STARTED = performance.timeOrigin;

/** Real time: the monotonic clock of the process, set to the wall clock when the process started. */
export const systemClock: Clock = {
  now: () => STARTED + performance.now(),
  after(ms, run) {
    let handle: NodeJS.Timeout;
    const wait = (rest: number) => {
      handle =
        rest > LONGEST_TIMEOUT ? setTimeout(wait, LONGEST_TIMEOUT, rest - LONGEST_TIMEOUT) : setTimeout(run, rest);
    };
    wait(Math.max(0, ms));
    return { cancel: () => clearTimeout(handle) };
  },
};

interface Due {
  at: number;
  run: () => void;
}

/** A clock that moves only when told to, for tests. Timers run in the order of their times, each at its own time. */
export class SteppedClock implements Clock {
  #now: number;
  readonly #due: Due[] = [];

  /** @param start milliseconds since the epoch */
  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): Timer {
    const due = { at: this.#now + Math.max(0, ms), run };
    const next = this.#due.findIndex((other) => other.at > due.at);
    this.#due.splice(next === -1 ? this.#due.length : next, 0, due);
    return {
      cancel: () => {
        const index = this.#due.indexOf(due);
        if (index !== -1) this.#due.splice(index, 1);
      },
    };
  }

  /** Moves the time on by `ms` and runs what falls due on the way, also what those calls ask for. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let due = this.#due[0]; due && due.at <= end; due = this.#due[0]) {
      this.#due.shift();
      this.#now = Math.max(this.#now, due.at);
      due.run();
    }
    this.#now = end;
  }

  /** How many timers are pending: none must be left when everything is closed. */
  get pending(): number {
    return this.#due.length;
  }
}
