import { FeedError } from '../feed/errors';
import { LookupRefused } from '../feed/lookup';
import type { Failure } from '../feed/transport';
import { askService } from './ask-service';
import type { Endpoints } from './endpoints';

/** What a browser that is signed in keeps: the values of `sessionid` and `sessionid_sign`. */
export interface SessionCookies {
  sessionId: string;
  sessionSign: string;
}

/** Why there is no token; as a failure of the connection it says whether trying again is of use. */
export class TokenUnavailable extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.error.message);
    this.failure = failure;
  }
}

const MIN_WAIT = 30_000;

const COOKIES_REFUSED =
  'TradingView refuses the session cookies. Sign in on tradingview.com, put its cookies into the connection and deploy.';

/**
 * Asks for a token as a browser that is signed in does: `GET /quote_token/` with the cookies, the answer is the JWT as a JSON
 * text. A visitor's token in the answer means that the cookies are no longer good.
 * @throws TokenUnavailable
 */
export async function fetchToken(endpoints: Endpoints, cookies: SessionCookies, signal: AbortSignal): Promise<string> {
  try {
    return readToken(await askService(endpoints, 'www', 'quote_token/', { cookies, signal }));
  } catch (error) {
    throw new TokenUnavailable(readFailure(error));
  }
}

function readToken(answer: unknown): string {
  const token = typeof answer === 'string' ? answer.trim() : '';
  if (/^\w+_user_token$/.test(token)) throw new FeedError('TOKEN_REFUSED', COOKIES_REFUSED);
  if (token !== '' && !/[\s\p{Cc}]/u.test(token)) return token;
  throw new FeedError('PROTOCOL', 'the answer holds no token.');
}

function readFailure(error: unknown): Failure {
  const tried = (reason: string) => `No token can be had for the session cookies: ${reason} It is tried again.`;
  if (error instanceof LookupRefused) {
    const { status } = error;
    if (status === 401 || status === 403) {
      return { error: new FeedError('TOKEN_REFUSED', COOKIES_REFUSED), stop: true };
    }
    const code = status === 429 ? 'RATE_LIMITED' : 'PROTOCOL';
    return { error: new FeedError(code, tried(`HTTP ${status}.`)), ...(status === 429 && { minWait: MIN_WAIT }) };
  }
  if (!(error instanceof FeedError)) return { error: new FeedError('UNREACHABLE', tried('it failed.')) };
  if (error.code === 'TOKEN_REFUSED') return { error, stop: true };
  return { error: new FeedError(error.code, tried(error.message)) };
}
