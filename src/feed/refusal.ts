import { FeedError } from './errors';
import type { Failure } from './transport';

const SHORTEST = 30_000;
const QUARTER = 15 * 60_000;

/**
 * How long a server wants to be left alone, milliseconds: 30 s at the least.
 * @param retryAfter its header, as it came
 * @param longest nobody is waited for longer
 */
export function pauseAsked(retryAfter: string | undefined, longest = QUARTER): number {
  const asked = Number(retryAfter) * 1000;
  return Math.min(Math.max(SHORTEST, Number.isFinite(asked) ? asked : 0), longest);
}

/** What an HTTP answer means that is not the one hoped for. */
export function readRefusal(status: number, retryAfter: string | undefined): Failure {
  const minWait = pauseAsked(retryAfter);
  if (status === 429) {
    return {
      error: new FeedError('RATE_LIMITED', 'Too many connections in a short time (HTTP 429). It is tried again later.'),
      minWait,
    };
  }
  if (status === 407) {
    const sentence = 'The proxy wants other credentials (HTTP 407). Mend the proxy settings; it is tried again.';
    return { error: new FeedError('UNREACHABLE', sentence), minWait };
  }
  const sentence = `The server refuses the connection (HTTP ${status}). Check the address and the network; it is tried again.`;
  return { error: new FeedError('UNREACHABLE', sentence), ...(status === 403 && { minWait }) };
}
