import { type ErrorCode, FeedError } from '../feed/errors';
import type { Failure } from '../feed/transport';
import { TokenUnavailable } from './quote-token';
import type { Secrets } from './secrets';
import { readTokenTimes, type TokenTimes } from './token';

/** What TradingView takes in place of a token from somebody who has not signed in. */
const ANONYMOUS = 'unauthorized_user_token';

/** A token may be over for upstream's clock this much before it is for ours, milliseconds. */
export const CLOCK_SKEW = 120_000;

const EXPIRED =
  'The token has expired. Put a fresh one into the connection and deploy, or the session cookies, which renew it.';
const REFUSED = 'TradingView refuses the token. Put a fresh one into the connection and deploy.';
const REFUSED_FOR_NOW = 'TradingView refuses the token. One more is fetched with the session cookies.';
const REFUSED_AGAIN =
  'TradingView refuses the token, and the one that the session cookies give, too. Sign in on tradingview.com, put its ' +
  'token or cookies into the connection and deploy.';

const failure = (code: ErrorCode, sentence: string): Failure => ({ error: new FeedError(code, sentence), stop: true });

export interface TokenKeeperOptions {
  token: string | null;
  /** Asks upstream for a fresh token; null where there are no cookies to ask with. @throws TokenUnavailable */
  fetch: ((signal: AbortSignal) => Promise<string>) | null;
  secrets: Secrets;
  /** Upstream's clock, milliseconds since the epoch. */
  serverTime: () => number;
}

/** Owns the present token: says what to sign in with, and gets a fresh one by the session cookies where there are any. */
export class TokenKeeper {
  readonly #options: TokenKeeperOptions;
  #token: string | null = null;
  #times: TokenTimes = { expires: null, issued: null };
  /** Upstream has refused the present token. */
  #refused = false;
  /** The present token was fetched, and nothing has come for it yet. */
  #unproven = false;
  #fetching: Promise<string> | null = null;
  readonly #closing = new AbortController();

  constructor(options: TokenKeeperOptions) {
    this.#options = options;
    if (options.token) this.#take(options.token);
  }

  /** Milliseconds since the epoch; null without a token, or when it does not say. */
  get expires(): number | null {
    return this.#times.expires;
  }

  /** Milliseconds since the epoch; null where the token does not say. */
  get issued(): number | null {
    return this.#times.issued;
  }

  get isExpired(): boolean {
    return this.expires !== null && this.expires <= this.#options.serverTime();
  }

  get #isAboutOver(): boolean {
    return this.expires !== null && this.expires - CLOCK_SKEW <= this.#options.serverTime();
  }

  get isRenewable(): boolean {
    return this.#options.fetch !== null;
  }

  /**
   * Gives what to sign in with, at once or when it has been fetched. A token that has expired or was refused is not sent again.
   * @param fail called in its place when there is nothing to sign in with
   */
  signIn(use: (token: string) => void, fail: (failure: Failure) => void): void {
    if (this.#token !== null && !this.#refused && !this.isExpired) return use(this.#token);
    if (!this.isRenewable) return this.#token === null ? use(ANONYMOUS) : fail(this.expired());
    this.renew().then(use, (reason) => fail(asFailure(reason)));
  }

  /** Fetches a fresh token; from then on it is the present one. Asked twice at a time, it asks once. @throws TokenUnavailable */
  renew(): Promise<string> {
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  /** What follows from upstream's refusal of the token: the end, or one more try with a fresh one. */
  refusal(): Failure {
    if (!this.isRenewable) return this.#isAboutOver ? this.expired() : failure('TOKEN_REFUSED', REFUSED);
    if (this.#unproven) return failure('TOKEN_REFUSED', REFUSED_AGAIN);
    this.#refused = true;
    return { error: new FeedError('TOKEN_REFUSED', REFUSED_FOR_NOW) };
  }

  /** What it means that the token is over and nothing renews it. */
  expired(): Failure {
    return failure('TOKEN_EXPIRED', EXPIRED);
  }

  /** Data have come: the token is a good one. */
  proven(): void {
    this.#unproven = false;
  }

  /** A person wants a fresh start: cookies that gave a bad token may be asked once more. */
  restart(): void {
    if (this.#unproven) this.#refused = true;
    this.#unproven = false;
  }

  close(): void {
    this.#closing.abort();
  }

  async #fetch(): Promise<string> {
    const { fetch, serverTime } = this.#options;
    if (!fetch) throw new TokenUnavailable(this.expired());
    const token = await fetch(this.#closing.signal);
    const { expires } = readTokenTimes(token);
    if (expires !== null && expires <= serverTime()) {
      const sentence = 'The session cookies give a token that has expired already. It is tried again.';
      throw new TokenUnavailable({ error: new FeedError('TOKEN_EXPIRED', sentence) });
    }
    this.#take(token);
    this.#unproven = true;
    return token;
  }

  #take(token: string): void {
    this.#token = token;
    this.#times = readTokenTimes(token);
    this.#refused = false;
    this.#options.secrets.addToken(token);
  }
}

function asFailure(reason: unknown): Failure {
  if (reason instanceof TokenUnavailable) return reason.failure;
  return { error: new FeedError('PROTOCOL', 'No token could be had for the session cookies. It is tried again.') };
}
