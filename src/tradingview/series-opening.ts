import type { Turnstile } from '../feed/turnstile';
import { CandleLoad } from '../market/candle-load';
import type { Clock, Timer } from '../market/clock';
import type { ChartSession } from './chart-session';

export interface OpeningOptions {
  clock: Clock;
  /** Limits how many series are being opened at a time. */
  openings: Turnstile;
  /** Opens the session; called when the turnstile lets it through. */
  open: () => ChartSession;
  /** Milliseconds without an answer before `unanswered` is called. */
  patience: number;
  /** How many packets could not be read so far. */
  damaged: () => number;
  unanswered: () => void;
}

/** A fresh upstream session on its way: waits its turn, gathers what is loaded, and notices when no answer comes. */
export class SeriesOpening {
  readonly load = new CandleLoad();
  readonly #options: OpeningOptions;
  readonly #leave: () => void;
  #session: ChartSession | null = null;
  #timeout: Timer | null = null;
  #reached = Number.POSITIVE_INFINITY;
  readonly #damagedBefore: number;

  constructor(options: OpeningOptions) {
    this.#options = options;
    this.#damagedBefore = options.damaged();
    this.#leave = options.openings.pass(() => {
      this.#expectAnswer();
      this.#session = options.open();
    });
  }

  /** The session, once it has had its turn. */
  get session(): ChartSession | null {
    return this.#session;
  }

  /** Whether the last page brought older bars; asking again is of no use when it did not. To be asked once a page. */
  progressed(): boolean {
    const before = this.#reached;
    this.#reached = this.load.oldest;
    return this.#reached < before;
  }

  /** Whether any packet was damaged since it began: a page may have been lost, and asking for the next would leave a hole. */
  get isDoubtful(): boolean {
    return this.#options.damaged() > this.#damagedBefore;
  }

  /** Asks for older bars. */
  loadOlder(count: number): void {
    this.#expectAnswer();
    this.#session?.loadOlder(count);
  }

  /** It has loaded, or is given up: nothing is pending any more. The session lives on until somebody ends it. */
  settle(): void {
    this.#timeout?.cancel();
    this.#leave();
  }

  #expectAnswer(): void {
    this.#timeout?.cancel();
    this.#timeout = this.#options.clock.after(this.#options.patience, this.#options.unanswered);
  }
}
