import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import WebSocket from 'ws';
import { FeedError, reasonOf } from './errors';
import { onceAborted } from './once-aborted';
import type { Failure, Transport } from './transport';

/** Where to connect, how to get there, and how to say that the address is needed no longer. */
export interface Address {
  url: string;
  /** How requests travel, e.g. through a proxy. */
  agent?: Agent | undefined;
  release(): void;
}

export interface WebSocketOptions {
  /** Asked for each link. */
  address: () => Promise<Address>;
  headers: Record<string, string>;
  /** What an HTTP answer in place of the upgrade means. */
  refused: (status: number, retryAfter: string | undefined) => Failure;
  /** Milliseconds until a link must have opened; 10 s unless given. */
  handshakeTimeout?: number | undefined;
}

const HANDSHAKE_TIMEOUT = 10_000;
// A history of 40,000 candles is some 4 MiB.
const MAX_PAYLOAD = 32 * 1024 * 1024;
// A peer that does not answer the closing handshake is not waited for: deploys must stay quick.
const CLOSE_TIMEOUT = 1_000;

/** Links over WebSocket, text only. */
export function webSocketTransport(options: WebSocketOptions): Transport {
  const { handshakeTimeout = HANDSHAKE_TIMEOUT } = options;
  return (events) => {
    let socket: WebSocket | null = null;
    let release = () => {};
    let over = false;
    const end = (failure: Failure) => {
      if (over) return;
      over = true;
      release();
      events.closed(failure);
    };

    const connect = async () => {
      const address = await options.address();
      if (over) return address.release();
      release = address.release;
      const opened = new WebSocket(address.url, {
        headers: options.headers,
        maxPayload: MAX_PAYLOAD,
        // Compression costs a Raspberry Pi far more time than it saves in bytes.
        perMessageDeflate: false,
        ...(address.agent && { agent: address.agent }),
      });
      socket = opened;
      let failure: Failure | null = null;
      // That of the socket would not count the way through a proxy.
      const answered = onceAborted(AbortSignal.timeout(handshakeTimeout), () => {
        failure = { error: unanswered(address.url, handshakeTimeout) };
        opened.terminate();
      });
      opened.on('error', (error) => {
        failure ??= unreachable(address.url, error);
      });
      opened.on('unexpected-response', (_request: ClientRequest, response: IncomingMessage) => {
        failure = options.refused(response.statusCode ?? 0, response.headers['retry-after']);
        opened.terminate();
      });
      opened.on('open', () => {
        answered();
        events.opened();
      });
      opened.on('message', (data, isBinary) => {
        if (!isBinary) events.received(data as Buffer);
      });
      opened.on('close', (code) => {
        answered();
        end(failure ?? { error: closedBy(address.url, code) });
      });
    };
    connect().catch((error) => end(unreachable('', error)));

    return {
      send: (text) => {
        if (socket?.readyState === WebSocket.OPEN) socket.send(text);
      },
      close: () => {
        if (!socket)
          return queueMicrotask(() => end({ error: new FeedError('UNREACHABLE', 'Closed before it opened.') }));
        const closing = socket;
        closing.close(1000);
        const timer = setTimeout(() => closing.terminate(), CLOSE_TIMEOUT);
        closing.once('close', () => clearTimeout(timer));
      },
    };
  };
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'it refuses connections',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be looked up',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not trusted',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  EPROTO: 'it does not speak TLS',
};

function unreachable(url: string, cause: unknown): Failure {
  if (cause instanceof FeedError) return { error: cause };
  const told = reasonOf(cause as NodeJS.ErrnoException);
  const reason = REASONS[told] ?? told;
  const sentence = `${hostOf(url)} cannot be reached: ${reason}. Check the network and the address; it is tried again.`;
  return { error: new FeedError('UNREACHABLE', sentence) };
}

function unanswered(url: string, limit: number): FeedError {
  return new FeedError('TIMEOUT', `${hostOf(url)} does not answer (${limit / 1000} s). It is tried again.`);
}

function closedBy(url: string, code: number): FeedError {
  return new FeedError('UNREACHABLE', `${hostOf(url)} closed the connection (code ${code}). It is tried again.`);
}

/** Never more of an address than its host: the rest may hold a secret. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'The server';
}
