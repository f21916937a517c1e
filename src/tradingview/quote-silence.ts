import type { Clock, Timer } from '../market/clock';

export interface SilenceOptions {
  clock: Clock;
  /** Whether anything is to be expected: a market is open. */
  expects: () => boolean;
  /** Nothing has come for long, though it was to be expected. */
  silent: () => void;
}

/** Nothing of any symbol for so long is silence, milliseconds. */
const QUIET = 60_000;

/**
 * Notices when a quote session gives nothing any more: heartbeats prove the socket, not the data, and a server may lose a session
 * without a word.
 */
export class QuoteSilence {
  readonly #options: SilenceOptions;
  #timer: Timer | null = null;
  #heard = false;

  constructor(options: SilenceOptions) {
    this.#options = options;
  }

  /** From now on something is to come. @param patience milliseconds before the first look */
  start(patience = QUIET): void {
    this.stop();
    this.#heard = false;
    this.#timer = this.#options.clock.after(patience, () => this.#look());
  }

  /** Something has come. Only noted, for a timer a packet would cost more than a look now and then. */
  heard(): void {
    this.#heard = true;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #look(): void {
    if (this.#heard || !this.#options.expects()) this.start();
    else this.#options.silent();
  }
}
