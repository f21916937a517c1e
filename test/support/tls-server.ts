import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/** For 127.0.0.1, signed by nobody but itself; made for these tests and used nowhere else. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg2e0+p7IfwbzR7zAG
LaOFo+bPA7Qi/6JvHp+pbRFkhVShRANCAAR3sZw8bTDT1h/AMdBHajN4/rE8qe0Z
6Bcx52C5WMi9dUd9JyiNxdi7+GG/K4J/3coQWXUASQJyzrKbFvVKw+CJ
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBjjCCATSgAwIBAgIUfNmd+pNVx2LBkDpNwvhp6e5NeFQwCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIcHJhY3RpY2UwIBcNMjYxMTIxMTkzNTQ0WhgPMjEyNjEwMjgx
OTM1NDRaMBMxETAPBgNVBAMMCHByYWN0aWNlMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEd7GcPG0w09YfwDHQR2ozeP6xPKntGegXMedguVjIvXVHfScojcXYu/hh
vyuCf93KEFl1AEkCcs6ymxb1SsPgiaNkMGIwHQYDVR0OBBYEFOEB9Q08l0x+PpYV
2WMWr+8svw1oMB8GA1UdIwQYMBaAFOEB9Q08l0x+PpYV2WMWr+8svw1oMA8GA1Ud
EwEB/wQFMAMBAf8wDwYDVR0RBAgwBocEfwAAATAKBggqhkjOPQQDAgNIADBFAiA/
nUP3zgsEKQO6RtV8BeucPS0BeiwvM/VBQtsFcTEgxAIhAMSniI0qQpmXCsofoT8q
x755Gp873yHFw/vk+n++F+/E
-----END CERTIFICATE-----`;

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
