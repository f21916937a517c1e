import type { Clock, Timer } from '../market/clock';

interface Waiting {
  due: number;
  task: () => void;
}

/** What clients ask of one connection: done at once, or later when the server is slow, and always in the order it came. */
export class Inbox {
  readonly #clock: Clock;
  readonly #waiting: Waiting[] = [];
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param delay milliseconds */
  take(delay: number, task: () => void): void {
    const last = this.#waiting.at(-1);
    if (delay === 0 && !last) {
      task();
      return;
    }
    this.#waiting.push({ due: Math.max(this.#clock.now() + delay, last?.due ?? 0), task });
    this.#timer ??= this.#next();
  }

  /** Forgets what was not done. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#waiting.length = 0;
  }

  #next(): Timer | undefined {
    const [first] = this.#waiting;
    return first && this.#clock.after(first.due - this.#clock.now(), () => this.#work());
  }

  #work(): void {
    const now = this.#clock.now();
    for (let [first] = this.#waiting; first && first.due <= now; [first] = this.#waiting) {
      this.#waiting.shift();
      first.task();
    }
    this.#timer = this.#next();
  }
}
