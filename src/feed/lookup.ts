import { type Agent, get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { FeedError, reasonOf } from './errors';
import { onceAborted } from './once-aborted';

export interface LookupOptions {
  headers?: Record<string, string>;
  agent?: Agent | undefined;
  /** Gives the request up. */
  signal?: AbortSignal | undefined;
  /** Milliseconds until the whole answer must be there; 10 s unless given. */
  timeout?: number | undefined;
}

/** An answer that is no success. */
export class LookupRefused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`HTTP ${status}`);
    this.status = status;
  }
}

const TIMEOUT = 10_000;
const LARGEST = 8 * 1024 * 1024;

/**
 * Asks an HTTP service for JSON. Not `fetch`: an agent can be handed in, so that look-ups travel as the socket does.
 * @throws LookupRefused on any status but 200; FeedError UNREACHABLE, TIMEOUT, or PROTOCOL when the answer is no JSON
 */
export function lookUp(
  url: string,
  { headers = {}, agent, signal, timeout = TIMEOUT }: LookupOptions = {},
): Promise<unknown> {
  const host = new URL(url).host;
  let settled = () => {};
  const asked = new Promise((resolve, reject) => {
    const get = url.startsWith('https:') ? httpsGet : httpGet;
    const fail = (error: Error) => {
      request.destroy();
      reject(error);
    };
    const request = get(url, {
      headers: { accept: 'application/json', ...headers },
      ...(agent && { agent }),
      ...(signal && { signal }),
    });
    // Over the whole: a socket's own time-out counts neither the way through a proxy nor an answer that drips.
    settled = onceAborted(AbortSignal.timeout(timeout), () =>
      fail(new FeedError('TIMEOUT', `${host} did not answer in ${timeout / 1000} s. Try again.`)),
    );
    const broken = (error: NodeJS.ErrnoException) => {
      fail(new FeedError('UNREACHABLE', `${host} cannot be reached (${reasonOf(error)}). Check the network.`));
    };
    request.on('error', broken);
    request.on('response', (response) => {
      if (response.statusCode !== 200) return fail(new LookupRefused(response.statusCode ?? 0));
      response.on('error', broken);
      const parts: Buffer[] = [];
      let size = 0;
      response.on('data', (part: Buffer) => {
        size += part.length;
        if (size > LARGEST) return fail(new FeedError('PROTOCOL', `The answer of ${host} is too large.`));
        parts.push(part);
      });
      response.on('end', () => {
        try {
          resolve(JSON.parse(Buffer.concat(parts).toString()));
        } catch {
          fail(new FeedError('PROTOCOL', `The answer of ${host} cannot be read.`));
        }
      });
    });
  });
  return asked.finally(() => settled());
}
