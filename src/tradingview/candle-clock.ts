import type { Clock, Timer } from '../market/clock';

export interface CandleClockOptions {
  clock: Clock;
  /** Upstream's time as far as the symbol's data have come. This and all times here are milliseconds since the epoch. */
  marketTime: () => number;
  /** Market time up to which nothing that was sent can still be missing: when the last packet came. */
  heardUntil: () => number;
  isOpen: (marketTime: number) => boolean;
  /** The forming candle's time is over. */
  close: () => void;
  /** The market is open, and yet nothing has come since the newest candle should have been followed by another. */
  overdue: () => void;
}

/** A link that has died unnoticed may still owe the last trades: how often to look for a sign of life. */
const SIGN_OF_LIFE_CHECK = 250;
const OVERDUE_AFTER = 60_000;
const ASKED_AT_MOST_EVERY = 300_000;

/** Watches over the newest candle of a series: when the clock may close it, and when its successor is overdue. */
export class CandleClock {
  readonly #options: CandleClockOptions;
  #end: number | null = null;
  #deadline: number | null = null;
  #closing: Timer | null = null;
  #waiting: Timer | null = null;
  #lastAsked = Number.NEGATIVE_INFINITY;

  constructor(options: CandleClockOptions) {
    this.#options = options;
  }

  /**
   * What to watch from now on; the same again changes nothing.
   * @param end of the newest candle: the next one is expected then; null: there is none
   * @param deadline when the clock may close the forming candle; null: there is none, or only the next candle closes it
   */
  watch(end: number | null, deadline: number | null): void {
    if (deadline !== this.#deadline) {
      this.#closing?.cancel();
      this.#deadline = deadline;
      this.#closing = deadline === null ? null : this.#at(deadline, () => this.#close());
    }
    if (end !== this.#end) {
      this.#waiting?.cancel();
      this.#end = end;
      this.#waiting = end === null ? null : this.#at(end + OVERDUE_AFTER, () => this.#miss());
    }
  }

  stop(): void {
    this.watch(null, null);
  }

  #at(marketTime: number, run: () => void): Timer {
    return this.#options.clock.after(marketTime - this.#options.marketTime(), run);
  }

  /** Part of a candle must not pass for the whole: it closes only when a packet has come since its close time. */
  #close(): void {
    if (this.#options.heardUntil() < (this.#end ?? 0)) {
      this.#closing = this.#options.clock.after(SIGN_OF_LIFE_CHECK, () => this.#close());
      return;
    }
    this.#closing = null;
    this.#deadline = null;
    this.#options.close();
  }

  #miss(): void {
    const { clock, marketTime, isOpen, overdue } = this.#options;
    const now = marketTime();
    // Right after the opening nothing is overdue yet.
    const expected = isOpen(now) && isOpen(now - OVERDUE_AFTER);
    const pause = expected ? Math.max(this.#lastAsked + ASKED_AT_MOST_EVERY - now, 0) : OVERDUE_AFTER;
    if (pause > 0) {
      this.#waiting = clock.after(pause, () => this.#miss());
      return;
    }
    this.#lastAsked = now;
    this.#waiting = clock.after(ASKED_AT_MOST_EVERY, () => this.#miss());
    overdue();
  }
}
