import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Refusal } from './conditions';
import { type LookUpRequest, readLookUp } from './look-up';
import { LoopbackPort } from './loopback-port';
import type { Addresses, SentAnswer } from './practice-answers';

/** Where a client connects; upstream's path. */
const SOCKET_PATH = '/socket.io/websocket';
/** No request of a client is anywhere near as long. */
const LONGEST_REQUEST = 1024 * 1024;

/** Who receives the clients. */
export interface Reception {
  /** Why nobody is let in just now; undefined: everybody is. */
  refusal(): Refusal | undefined;
  serve(client: WebSocket): void;
  /** @param send called at once, later, or never */
  lookUp(request: LookUpRequest, send: (answer: SentAnswer) => void): void;
}

/** The WebSocket and the look-ups on one port of the loopback interface. */
export class LoopbackServer {
  readonly #reception: Reception;
  readonly #port: LoopbackPort;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: LONGEST_REQUEST, perMessageDeflate: false });

  constructor(reception: Reception) {
    this.#reception = reception;
    const http = createServer((request, response) => this.#lookUp(request, response));
    http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#port = new LoopbackPort(http);
  }

  /** @param port 0 for any that is free */
  async open(port: number): Promise<Addresses> {
    const address = await this.#port.open(port);
    return { url: `ws://${address}${SOCKET_PATH}`, httpUrl: `http://${address}` };
  }

  /** From now on connections are refused; those that exist go on. */
  shut(): void {
    this.#port.shut();
  }

  /** Listens on the same port again. */
  async reopen(): Promise<void> {
    await this.#port.reopen();
  }

  /** Cuts every connection and frees the port. */
  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    await this.#port.close();
  }

  #lookUp(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const read = readLookUp(request.method ?? '', request.url ?? '', request.headers);
    this.#reception.lookUp(read, ({ status, text }) => {
      response.writeHead(status, {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(text),
      });
      response.end(text);
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const path = (request.url ?? '').split('?')[0];
    const refusal = this.#reception.refusal();
    if (path !== SOCKET_PATH) refuse(socket, '404 Not Found');
    else if (!request.headers.origin) refuse(socket, '403 Forbidden');
    else if (refusal) turnAway(socket, refusal);
    else this.#sockets.handleUpgrade(request, socket, head, (client) => this.#reception.serve(client));
  }
}

/** Ends a WebSocket from the server's side; 1005 is a close frame without a code, 1006 none at all. */
export function hangUp(client: WebSocket, code: number): void {
  if (code === 1006) client.terminate();
  else if (code === 1005) client.close();
  else client.close(code);
}

function turnAway(socket: Duplex, { how, retryAfter }: Refusal): void {
  if (how === 'connection') socket.destroy();
  else if (how === 403) refuse(socket, '403 Forbidden');
  else refuse(socket, `429 Too Many Requests${retryAfter === undefined ? '' : `\r\nRetry-After: ${retryAfter}`}`);
}

/** @param status may go on with further header lines */
function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
