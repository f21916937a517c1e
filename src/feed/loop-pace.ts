import type { Clock, Timer } from '../market/clock';
import type { Pace, Waiting } from '../market/pace';

/** How often it is looked how late the event loop runs, and how often what waits is told, milliseconds. */
const BREATH = 100;
/** From here on the event loop is too late, milliseconds. */
const TOO_LATE = 200;
/** So many breaths in a row that were in time, and it is well again. */
const CALM = 20;

export interface LoopPaceOptions {
  clock: Clock;
  /** Told when it becomes strained, and when it is well again. */
  changed: () => void;
}

/**
 * Keeps a process whose flows cannot keep up from drowning: Node-RED has no way to say "not so fast". While the event loop runs
 * late, of each thing only the newest value is told, once a breath. Looks only while something is being told: idle costs nothing.
 */
export class LoopPace implements Pace {
  readonly #options: LoopPaceOptions;
  /** In the order in which they began to wait. */
  #waiting = new Set<Waiting>();
  #look: Timer | null = null;
  #strained = false;
  #calm = 0;
  #conflated = 0;

  constructor(options: LoopPaceOptions) {
    this.#options = options;
  }

  /** Whether the event loop runs late. */
  get strained(): boolean {
    return this.#strained;
  }

  /** How many updates were never told, because a newer one took their place. */
  get conflated(): number {
    return this.#conflated;
  }

  mayTell(waiting: Waiting): boolean {
    if (!this.#look) this.#lookAgain();
    if (!this.#strained) return true;
    if (this.#waiting.has(waiting)) this.#conflated++;
    else this.#waiting.add(waiting);
    return false;
  }

  overtaken(waiting: Waiting): void {
    if (this.#waiting.delete(waiting)) this.#conflated++;
  }

  /** What waits is not told any more. */
  end(): void {
    this.#look?.cancel();
    this.#look = null;
    this.#waiting.clear();
  }

  #lookAgain(): void {
    const { clock } = this.#options;
    const due = clock.now() + BREATH;
    this.#look = clock.after(BREATH, () => this.#breathe(clock.now() - due));
  }

  #breathe(late: number): void {
    this.#look = null;
    if (late > TOO_LATE) this.#calm = 0;
    else this.#calm++;
    const strained = late > TOO_LATE || (this.#strained && this.#calm < CALM);
    const changed = strained !== this.#strained;
    this.#strained = strained;
    if (strained) this.#lookAgain();
    this.#release();
    if (changed) this.#options.changed();
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const one of waiting) one.release();
  }
}
