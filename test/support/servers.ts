import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTcpServer } from 'node:net';

/** A server of a test, on a free port of the loopback interface. */
export interface TestServer {
  /** `127.0.0.1:port` */
  host: string;
  server: Server;
  close(): Promise<void>;
}

export async function httpServer(answer: RequestListener): Promise<TestServer> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

/** Takes connections, hears what is said, and never says a word. */
export interface MuteServer {
  host: string;
  /** The first connection. */
  connected: Promise<Socket>;
  /** The first connection has been ended. */
  gone: Promise<void>;
  close(): Promise<void>;
}

export async function muteServer(): Promise<MuteServer> {
  const sockets: Socket[] = [];
  const server = createTcpServer((socket) => {
    socket.on('error', () => {}).resume();
    sockets.push(socket);
  });
  const connected = once(server, 'connection').then(([socket]) => socket as Socket);
  const gone = connected.then((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connected,
    gone,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** A port on which nobody listens: it was free a moment ago. */
export async function deadHost(): Promise<string> {
  const server = await httpServer(() => {});
  await server.close();
  return server.host;
}
