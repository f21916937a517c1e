import { FeedError } from '../feed/errors';

/** The server's own `error`, which is none of the connection. */
export function serverFailure(what: string, reason: string): FeedError {
  const words = reason ? `: ${reason}` : '';
  return new FeedError('PROTOCOL', `The news server cannot get ${what} just now${words}. It tries again by itself.`);
}
