import { FeedError } from '../feed/errors';
import type { Clock, Timer } from '../market/clock';
import { CLOCK_SKEW, type TokenKeeper } from './token-keeper';

/** How often it is looked whether anything has come, milliseconds. */
const LOOK = 30_000;
/** So many looks in a row without anything: for a minute at least, however long the subscriptions have been open. */
const LOOKS = 3;

export interface TokenSilenceOptions {
  keeper: TokenKeeper;
  clock: Clock;
  /** Upstream's clock as far as it is known, milliseconds since the epoch. */
  serverTime: () => number;
  /** What is open upstream and may be expected to bring data. */
  openChannels: () => number;
  /** Fetches a token and signs in with it on the live link. */
  renew: () => void;
  stop: (error: FeedError) => void;
  drop: (error: FeedError) => void;
}

/**
 * Recognises what an expired token looks like when the clocks do not agree: the link is live and beats, but nothing else
 * comes (mnwato/tradingview-scraper, pull request 58). A closed market is silent, too. So a token that one of the clocks takes
 * for expired is renewed where that can be done; otherwise all is asked for anew over a fresh link, and only if there
 * is no answer to that either has the token expired.
 */
export class TokenSilence {
  readonly #options: TokenSilenceOptions;
  #look: Timer | null = null;
  #silentLooks = 0;
  #heard = false;
  #heardOnLink = false;
  /** The token was renewed in this silence. */
  #renewed = false;

  constructor(options: TokenSilenceOptions) {
    this.#options = options;
  }

  connected(): void {
    this.#heardOnLink = false;
    this.#renewed = false;
    this.#begin();
  }

  disconnected(): void {
    this.#look?.cancel();
    this.#look = null;
  }

  /** Something came that is neither hello nor heartbeat. */
  heard(): void {
    this.#heard = true;
    this.#heardOnLink = true;
  }

  #begin(): void {
    this.#silentLooks = 0;
    this.#heard = false;
    this.#await();
  }

  #await(): void {
    this.#look?.cancel();
    // An opaque token tells nothing of its end; a visitor has none.
    if (this.#options.keeper.expires === null) return;
    this.#look = this.#options.clock.after(LOOK, () => this.#check());
  }

  #check(): void {
    if (this.#heard) this.#renewed = false;
    this.#silentLooks = this.#heard || this.#options.openChannels() === 0 ? 0 : this.#silentLooks + 1;
    this.#heard = false;
    this.#await();
    if (this.#silentLooks < LOOKS || !(this.#isSuspect || this.#renewed)) return;
    this.#begin();
    this.#act();
  }

  get #isSuspect(): boolean {
    const { keeper, clock, serverTime } = this.#options;
    const { expires } = keeper;
    return expires !== null && expires - CLOCK_SKEW <= Math.max(serverTime(), clock.now());
  }

  #act(): void {
    const { keeper, renew, stop, drop } = this.#options;
    if (keeper.isRenewable && !this.#renewed) {
      this.#renewed = true;
      return renew();
    }
    if (!keeper.isRenewable && !this.#heardOnLink) return stop(keeper.expired().error);
    drop(new FeedError('TIMEOUT', 'The server gives no data any more. All is asked for anew.'));
  }
}
