import { backoffDelay } from '../feed/backoff';
import { FeedError } from '../feed/errors';
import type { Clock, Timer } from '../market/clock';
import { TokenUnavailable } from './quote-token';
import type { TokenKeeper } from './token-keeper';

const MINUTE = 60_000;
/** How long before its end a token is renewed, at most. */
const RENEWED_BEFORE = 5 * MINUTE;
/** How long before its end users are warned of a token that nothing renews, at most. */
const WARNED_BEFORE = 15 * MINUTE;
/** Upstream may give the same token again and again: it is not asked more often than this. */
const SHORTEST_PAUSE = 1_000;

/** The token will not be renewed: a person must see to it. */
export interface TokenWarning {
  /** Milliseconds since the epoch. */
  expires: number;
  /** Until then, rounded up. */
  minutes: number;
  /** What is the matter, and what to do. */
  sentence: string;
}

export interface TokenScheduleOptions {
  keeper: TokenKeeper;
  clock: Clock;
  random: () => number;
  /** Upstream's clock, milliseconds since the epoch. */
  serverTime: () => number;
  /** Signs in anew on the live link, as the official client does. */
  signIn: (token: string) => void;
  /** The link is of no use any more, and nothing is tried until a person has done something. */
  stop: (error: FeedError) => void;
  /** The link is of no use any more: connect anew. */
  drop: (error: FeedError) => void;
  /** The warning has come, has changed, or is gone. */
  changed: () => void;
  log: (text: string) => void;
}

/** While the link is live: renews the token before it expires, or warns of its end, and ends the link with it. */
export class TokenSchedule {
  readonly #options: TokenScheduleOptions;
  #live = false;
  #step: Timer | null = null;
  #end: Timer | null = null;
  #failures = 0;
  /** What the last renewal failed of. */
  #trouble: FeedError | null = null;
  /** The cookies were refused: renewing is of no use. */
  #hopeless = false;
  #isWarning = false;

  constructor(options: TokenScheduleOptions) {
    this.#options = options;
  }

  get warning(): TokenWarning | null {
    const { expires } = this.#options.keeper;
    if (!this.#isWarning || expires === null) return null;
    const minutes = Math.max(1, Math.ceil((expires - this.#options.serverTime()) / MINUTE));
    const remedy = 'Put a fresh one into the connection and deploy, or the session cookies, which renew it.';
    return {
      expires,
      minutes,
      sentence: `The token expires in ${minutes} min. ${this.#trouble?.message ?? remedy}`,
    };
  }

  /** The link is live, with the present token. */
  connected(): void {
    this.#live = true;
    this.#hopeless = false;
    this.#begin();
  }

  disconnected(): void {
    this.#live = false;
    this.#cancel();
  }

  /** Fetches a token now and signs in with it on the live link. What fails is tried again. */
  renew(): void {
    this.#step?.cancel();
    this.#options.keeper.renew().then(
      (token) => {
        if (!this.#live) return;
        this.#options.signIn(token);
        this.#begin();
      },
      (reason) => {
        if (this.#live) this.#failed(reason);
      },
    );
  }

  #begin(): void {
    this.#cancel();
    this.#failures = 0;
    this.#trouble = null;
    const { keeper, clock, serverTime } = this.#options;
    const { expires } = keeper;
    if (expires === null) return;
    const rest = expires - serverTime();
    this.#end = clock.after(rest, () => this.#over());
    if (!keeper.isRenewable) return this.#awaitWarning(expires);
    const pause = Math.max(SHORTEST_PAUSE, rest - Math.min(RENEWED_BEFORE, rest / 2));
    this.#step = clock.after(pause, () => this.renew());
  }

  #failed(reason: unknown): void {
    const { clock, random, log } = this.#options;
    const failure = reason instanceof TokenUnavailable ? reason.failure : null;
    this.#trouble = failure?.error ?? null;
    log(`The token could not be renewed: ${failure?.error.message ?? reason}`);
    if (failure?.stop) {
      this.#hopeless = true;
      return this.#warn();
    }
    const pause = Math.max(backoffDelay(this.#failures, random()), failure?.minWait ?? 0);
    this.#failures++;
    this.#step = clock.after(pause, () => this.renew());
  }

  #awaitWarning(expires: number): void {
    const { keeper, clock, serverTime } = this.#options;
    const life = expires - (keeper.issued ?? serverTime());
    const from = expires - Math.min(WARNED_BEFORE, life / 2);
    this.#step = clock.after(from - serverTime(), () => this.#warn());
  }

  /** Warns, and again whenever a minute less is left. */
  #warn(): void {
    const { keeper, clock, serverTime, changed } = this.#options;
    const { expires } = keeper;
    if (expires === null) return;
    this.#isWarning = true;
    this.#step?.cancel();
    this.#step = clock.after((expires - serverTime()) % MINUTE || MINUTE, () => this.#warn());
    changed();
  }

  #over(): void {
    const { keeper, stop, drop } = this.#options;
    const { error } = keeper.expired();
    if (this.#hopeless) return stop(this.#trouble ?? error);
    if (!keeper.isRenewable) return stop(error);
    drop(this.#trouble ?? new FeedError('TOKEN_EXPIRED', 'The token has expired. Another one is fetched.'));
  }

  #cancel(): void {
    this.#step?.cancel();
    this.#end?.cancel();
    this.#step = null;
    this.#end = null;
    if (!this.#isWarning) return;
    this.#isWarning = false;
    this.#options.changed();
  }
}
