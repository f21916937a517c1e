import { FeedError } from '../feed/errors';
import { pauseAsked, readRefusal } from '../feed/refusal';
import type { Failure } from '../feed/transport';

const LONGEST_PAUSE = 3_600_000;

/** What an answer means that is no stream. @param body its beginning */
export function readNewsRefusal(status: number, retryAfter: string | undefined, body: string): Failure {
  const said = readBody(body);
  if (status === 403 && said.code === 'BOT_BLOCKED') {
    const sentence =
      'The news server takes this program for a robot and lets it in no more (HTTP 403). Nothing is tried until you deploy or reconnect; a newer version of this palette may help.';
    return { error: new FeedError('BANNED', sentence), stop: true };
  }
  if (status === 503) {
    const minWait = pauseAsked(retryAfter ?? String(said.retryAfter), LONGEST_PAUSE);
    const sentence = `The news server has no room for another stream (HTTP 503). It is tried again in ${minWait / 1000} s.`;
    return { error: new FeedError('TOO_MANY_CONNECTIONS', sentence), minWait };
  }
  return readRefusal(status, retryAfter);
}

function readBody(body: string): { code?: unknown; retryAfter?: unknown } {
  try {
    return Object(JSON.parse(body));
  } catch {
    return {};
  }
}
