import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { QuoteMarket } from './quote-market';

/** A quote market behind a real socket. */
export class QuoteServer {
  readonly #server: WebSocketServer;

  private constructor(server: WebSocketServer) {
    this.#server = server;
  }

  static async open(market: QuoteMarket): Promise<QuoteServer> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    server.on('connection', (socket) => {
      const line = market.connect((text) => socket.send(text));
      socket.on('message', (data) => line.receive(String(data)));
      socket.on('close', () => line.end());
    });
    await once(server, 'listening');
    return new QuoteServer(server);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/socket.io/websocket`;
  }

  /** Cuts every connection, without a word. Resolves when nobody is quoted any more. */
  async drop(): Promise<void> {
    const gone = [...this.#server.clients].map((socket) => once(socket, 'close'));
    for (const socket of this.#server.clients) socket.terminate();
    await Promise.all(gone);
  }

  /** Resolves when all that was said so far is on its way. */
  async drained(): Promise<void> {
    const waiting = (socket: WebSocket) => socket.bufferedAmount > 0;
    while ([...this.#server.clients].some(waiting)) await new Promise((resolve) => setImmediate(resolve));
  }

  async close(): Promise<void> {
    await this.drop();
    this.#server.close();
  }
}
