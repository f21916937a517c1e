import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { CERTIFICATE, KEY } from './certificate';

/** A WebSocket server over TLS that no client has a reason to trust. */
export async function untrustedServer(): Promise<{ host: string; close(): Promise<void> }> {
  const server = createServer({ key: KEY, cert: CERTIFICATE });
  const sockets = new WebSocketServer({ server });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      sockets.close();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
