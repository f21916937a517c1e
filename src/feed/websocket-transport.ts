import type { ClientRequest, IncomingMessage } from 'node:http';
import WebSocket from 'ws';
import { type LinkOptions, linkTransport } from './link';
import { closedBy, unreachable } from './link-failures';
import type { Failure, Transport } from './transport';

export interface WebSocketOptions extends LinkOptions {
  headers: Record<string, string>;
  /** What an HTTP answer in place of the upgrade means. */
  refused: (status: number, retryAfter: string | undefined) => Failure;
}

// A history of 40,000 candles is some 4 MiB.
const MAX_PAYLOAD = 32 * 1024 * 1024;
// A peer that does not answer the closing handshake is not waited for: deploys must stay quick.
const CLOSE_TIMEOUT = 1_000;

/** Links over WebSocket, text only. */
export function webSocketTransport(options: WebSocketOptions): Transport {
  return linkTransport(options, (opening) => {
    const { url, agent } = opening.address;
    const socket = new WebSocket(url, {
      headers: options.headers,
      maxPayload: MAX_PAYLOAD,
      // Compression costs a Raspberry Pi far more time than it saves in bytes.
      perMessageDeflate: false,
      ...(agent && { agent }),
    });
    socket.on('error', (error) => opening.failing(unreachable(url, error)));
    socket.on('unexpected-response', (_request: ClientRequest, response: IncomingMessage) => {
      opening.failing(options.refused(response.statusCode ?? 0, response.headers['retry-after']), true);
      socket.terminate();
    });
    socket.on('open', () => opening.opened());
    socket.on('message', (data, isBinary) => {
      if (!isBinary) opening.received(data as Buffer);
    });
    socket.on('close', (code) => opening.gone(closedBy(url, ` (code ${code})`)));
    return {
      send: (text) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      },
      close: () => {
        socket.close(1000);
        const timer = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT);
        socket.once('close', () => clearTimeout(timer));
      },
      destroy: () => socket.terminate(),
    };
  });
}
