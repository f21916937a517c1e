import type { LookUpAnswer } from './look-up';
import { practiceToken } from './practice-token';

/**
 * `/quote_token/`: a fresh token, as a JSON text, for the cookies of somebody who has signed in.
 * @param now milliseconds since the epoch
 * @param life seconds
 */
export function renewToken(signedIn: boolean, now: number, life: number): LookUpAnswer {
  if (!signedIn) {
    return {
      status: 403,
      body: { detail: 'Authentication credentials were not provided.', code: 'not_authenticated' },
    };
  }
  return { status: 200, body: practiceToken({ issued: now, expires: now + life * 1000 }) };
}
