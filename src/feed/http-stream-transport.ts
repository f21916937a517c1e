import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { FeedError } from './errors';
import { type LinkOptions, linkTransport } from './link';
import { closedBy, hostOf, unreachable } from './link-failures';
import type { Failure, Transport } from './transport';

export interface HttpStreamOptions extends LinkOptions {
  headers: Record<string, string>;
  /** The kind of stream that is wanted, such as `text/event-stream`. */
  type: string;
  /** What an answer other than 200 means. @param body its beginning */
  refused: (status: number, retryAfter: string | undefined, body: string) => Failure;
}

/** Of a refusal no more is read. */
const LONGEST_REFUSAL = 16 * 1024;

/** Links over the answer to an HTTP request, which goes on for as long as there is something to tell: text, one way only. */
export function httpStreamTransport(options: HttpStreamOptions): Transport {
  return linkTransport(options, (opening) => {
    const { url, agent } = opening.address;
    const get = url.startsWith('https:') ? httpsGet : httpGet;
    const request = get(url, {
      headers: { accept: options.type, 'cache-control': 'no-cache', ...options.headers },
      // Without one of its own it would leave its socket to the requests of others.
      agent: agent ?? false,
    });
    request.on('error', (error) => opening.failing(unreachable(url, error)));
    let answered = false;
    const gone = () => opening.gone(closedBy(url, ''));
    request.on('close', () => {
      // A response says afterwards what became of it.
      if (!answered) gone();
    });
    request.on('response', (response) => {
      answered = true;
      response.on('error', (error) => opening.failing(unreachable(url, error)));
      const { statusCode = 0, headers } = response;
      if (statusCode !== 200) {
        return readRefusal(response, (body) => {
          opening.failing(options.refused(statusCode, headers['retry-after'], body), true);
          request.destroy();
          gone();
        });
      }
      response.on('close', gone);
      if (!(headers['content-type'] ?? '').toLowerCase().startsWith(options.type)) {
        opening.failing({ error: strange(url) }, true);
        return request.destroy();
      }
      opening.opened();
      response.on('data', textOf(opening.received));
    });
    const end = () => {
      request.destroy();
      // One that still waits for a way through a proxy does not say that it has ended.
      if (!request.socket) queueMicrotask(gone);
    };
    return { send: () => {}, close: end, destroy: end };
  });
}

/** Takes bytes in whatever pieces they come, and tells their text; a mark of the byte order at the beginning is none of it. */
export function textOf(told: (text: string) => void): (part: Uint8Array) => void {
  const decoder = new TextDecoder();
  return (part) => {
    const text = decoder.decode(part, { stream: true });
    if (text !== '') told(text);
  };
}

/** @param told called once, with as much of the answer as there is */
function readRefusal(response: IncomingMessage, told: (body: string) => void): void {
  let body = '';
  response.setEncoding('utf8');
  response.on('data', (part: string) => {
    body += part;
    if (body.length > LONGEST_REFUSAL) response.destroy();
  });
  response.once('close', () => told(body.slice(0, LONGEST_REFUSAL)));
}

function strange(url: string): FeedError {
  const sentence = `${hostOf(url)} answers with something other than a stream. Check the address; it is tried again.`;
  return new FeedError('PROTOCOL', sentence);
}
