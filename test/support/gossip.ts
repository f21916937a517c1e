import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { WebSocketServer } from 'ws';
import { hello, packet, read } from './wire';

/** A server of a test, and how to end it. */
export interface Gossip {
  host: string;
  close(): Promise<void>;
}

/** Says again whatever it is told, tokens too, in packets of all kinds, and ends the link with it at last. */
export async function gossipServer(): Promise<Gossip> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.send(hello(Date.now()));
    socket.on('message', (data) => {
      for (const one of read([String(data)])) {
        if (typeof one === 'string') continue;
        socket.send(packet('echo', one) + packet(String(one.p[0]), one.p));
        socket.send(packet('critical_error', one.p[0], JSON.stringify(one)));
        if (one.m === 'set_auth_token') setTimeout(() => socket.send(packet('protocol_error', `no, ${one.p}`)), 200);
      }
    });
  });
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const client of server.clients) client.terminate();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A proxy whose answer repeats the login that it was given, where a header should be. */
export async function gossipProxy(): Promise<Gossip> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (asked) => {
      const login = /proxy-authorization: (.*)/i.exec(String(asked))?.[1];
      const clear = Buffer.from(login?.split(' ')[1] ?? '', 'base64')
        .toString()
        .replace(':', ' ');
      socket.end(`HTTP/1.1 407 No ${clear}\r\nnot this one ${login} ${clear}\r\n\r\n`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
