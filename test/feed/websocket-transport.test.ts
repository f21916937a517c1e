import assert from 'node:assert/strict';
import { getEventListeners, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { spy } from 'sinon';
import { type WebSocket, WebSocketServer } from 'ws';
import { FeedError } from '../../src/feed/errors';
import { proxyAgent } from '../../src/feed/proxy';
import type { Failure, Link } from '../../src/feed/transport';
import { type Address, webSocketTransport } from '../../src/feed/websocket-transport';
import { deadHost, httpServer, muteServer, type TestServer } from '../support/servers';

/** A link, and promises of what it reports. */
interface Opened {
  link: Link;
  opened: Promise<void>;
  closed: Promise<Failure>;
  received: string[];
  /** The next text that comes. */
  next(): Promise<string>;
  closes: number;
  releases: number;
}

function open(url: string, around: { address?: () => Promise<Address>; handshakeTimeout?: number } = {}): Opened {
  let tellOpened = () => {};
  let tellClosed = (_: Failure) => {};
  let tellNext = (_: string) => {};
  const result: Opened = {
    link: { send: () => {}, close: () => {} },
    opened: new Promise((resolve) => {
      tellOpened = resolve;
    }),
    closed: new Promise((resolve) => {
      tellClosed = resolve;
    }),
    received: [],
    next: () =>
      new Promise((resolve) => {
        tellNext = resolve;
      }),
    closes: 0,
    releases: 0,
  };
  const transport = webSocketTransport({
    address: around.address ?? (async () => ({ url, release: () => result.releases++ })),
    headers: { Origin: 'https://www.example.com' },
    refused: (status, retryAfter) => ({ error: new FeedError('RATE_LIMITED', `${status} ${retryAfter}`) }),
    handshakeTimeout: around.handshakeTimeout,
  });
  result.link = transport({
    opened: () => tellOpened(),
    received: (message) => {
      const text = String(message);
      result.received.push(text);
      tellNext(text);
    },
    closed: (failure) => {
      result.closes++;
      tellClosed(failure);
    },
  });
  return result;
}

describe('WebSocket transport', () => {
  let http: TestServer;
  let sockets: WebSocketServer;
  let upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

  beforeEach(async () => {
    http = await httpServer((_request, response) => response.end());
    sockets = new WebSocketServer({ noServer: true });
    upgrade = (request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
    http.server.on('upgrade', (request, socket, head) => upgrade(request, socket, head));
  });

  afterEach(async () => {
    for (const client of sockets.clients) client.terminate();
    await http.close();
  });

  async function live(): Promise<{ here: Opened; there: WebSocket; request: IncomingMessage }> {
    const connection = once(sockets, 'connection');
    const here = open(`ws://${http.host}/socket`);
    const [there, request] = (await connection) as [WebSocket, IncomingMessage];
    await here.opened;
    return { here, there, request };
  }

  it('leaves nothing that waits for the time-out, once it has opened or failed', async () => {
    const timeout = spy(AbortSignal, 'timeout');
    const { opened, closed, link } = open(`ws://${http.host}/`);
    await opened;
    const failed = open(`ws://${await deadHost()}/`);
    await failed.closed;
    timeout.restore();
    assert.deepEqual(
      timeout.returnValues.map((signal) => getEventListeners(signal, 'abort').length),
      [0, 0],
    );
    link.close();
    await closed;
  });

  it('opens with the headers that are given, without compression', async () => {
    const { request } = await live();
    assert.equal(request.headers.origin, 'https://www.example.com');
    assert.equal(request.headers['sec-websocket-extensions'], undefined);
  });

  it('passes text both ways, and no binary', async () => {
    const { here, there } = await live();
    const heard = once(there, 'message');
    here.link.send('삼성 😀');
    assert.equal(String((await heard)[0]), '삼성 😀');
    const next = here.next();
    there.send(Buffer.from('binary'), { binary: true });
    there.send('text');
    assert.equal(await next, 'text');
    assert.deepEqual(here.received, ['text']);
  });

  it('takes messages of many megabytes', async () => {
    const { here, there } = await live();
    const next = here.next();
    there.send('x'.repeat(20 * 1024 * 1024));
    assert.equal((await next).length, 20 * 1024 * 1024);
  });

  it('reports the end once, with its code, and lets go of the address', async () => {
    const { here, there } = await live();
    there.close(1000);
    const { error } = await here.closed;
    assert.equal(error.code, 'UNREACHABLE');
    assert.match(error.message, /1000/);
    assert.equal(here.closes, 1);
    assert.equal(here.releases, 1);
  });

  it('reports a socket that is cut', async () => {
    const { here, there } = await live();
    there.terminate();
    assert.match((await here.closed).error.message, /1006/);
  });

  it('closes when asked to, and reports that too', async () => {
    const { here, there } = await live();
    const gone = once(there, 'close');
    here.link.close();
    assert.equal((await gone)[0], 1000);
    await here.closed;
    here.link.send('too late');
    here.link.close();
    assert.equal(here.closes, 1);
    assert.equal(here.releases, 1);
  });

  it('does not wait for a peer that never answers the closing handshake', async () => {
    let raw: Duplex | undefined;
    sockets.on('connection', (client: WebSocket & { _socket?: Duplex }) => {
      raw = client._socket;
    });
    const { here } = await live();
    raw?.pause();
    here.link.close();
    await here.closed;
    assert.equal(here.closes, 1);
  });

  it('reports an HTTP answer in place of the upgrade, with what it says of trying again', async () => {
    upgrade = (_request, socket) => socket.end('HTTP/1.1 429 Too Many Requests\r\nRetry-After: 120\r\n\r\n');
    const limited = open(`ws://${http.host}/`);
    assert.deepEqual((await limited.closed).error.message, '429 120');
    upgrade = (_request, socket) => socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    const forbidden = open(`ws://${http.host}/`);
    assert.deepEqual((await forbidden.closed).error.message, '403 undefined');
    assert.equal(forbidden.closes, 1);
    assert.equal(forbidden.releases, 1);
  });

  it('reports a server that refuses connections, and a handshake that is cut', async () => {
    const refused = open(`ws://${await deadHost()}/secret?token=secret`);
    const { error } = await refused.closed;
    assert.equal(error.code, 'UNREACHABLE');
    assert.doesNotMatch(error.message, /secret/);
    upgrade = (_request, socket) => socket.destroy();
    assert.equal((await open(`ws://${http.host}/`).closed).error.code, 'UNREACHABLE');
  });

  it('gives up a handshake that hangs, at the server or at a proxy, and leaves no socket behind', async () => {
    for (const way of ['straight', 'through a proxy']) {
      const mute = await muteServer();
      const url = way === 'straight' ? `ws://${mute.host}/secret` : 'wss://x.example/secret';
      const agent = way === 'straight' ? undefined : proxyAgent(url, { url: `http://${mute.host}` }, {});
      const address = async () => ({ url, agent, release: () => agent?.destroy() });
      const hanging = open(url, { address, handshakeTimeout: 50 });
      const { error } = await hanging.closed;
      assert.equal(error.code, 'TIMEOUT', way);
      assert.doesNotMatch(error.message, /secret/);
      assert.equal(hanging.closes, 1);
      await mute.gone;
      await mute.close();
    }
  });

  it('can be closed while the handshake hangs', async () => {
    const mute = await muteServer();
    const hanging = open(`ws://${mute.host}/`);
    await mute.connected;
    hanging.link.send('nowhere');
    hanging.link.close();
    await hanging.closed;
    assert.equal(hanging.closes, 1);
    assert.equal(hanging.releases, 1);
    await mute.close();
  });

  it('reports an address that cannot be had, and one that is none', async () => {
    const own = new FeedError('SETTING_INVALID', 'no address');
    const address = () => Promise.reject(own);
    assert.equal((await open('', { address }).closed).error, own);
    const broken = () => Promise.reject(new Error('boom'));
    assert.equal((await open('', { address: broken }).closed).error.code, 'UNREACHABLE');
    const none = open('no address');
    assert.equal((await none.closed).error.code, 'UNREACHABLE');
    assert.equal(none.releases, 1);
  });

  it('can be closed before the address is known: nothing is opened, and the address is let go of', async () => {
    let connections = 0;
    sockets.on('connection', () => connections++);
    let tell = (_: Address) => {};
    const address = () =>
      new Promise<Address>((resolve) => {
        tell = resolve;
      });
    const early = open('', { address });
    early.link.close();
    await early.closed;
    const released = new Promise<void>((resolve) => tell({ url: `ws://${http.host}/`, release: resolve }));
    await released;
    assert.equal(connections, 0);
    assert.equal(early.closes, 1);
  });

  it('never reports from within the call that opens it', () => {
    let reported = false;
    const transport = webSocketTransport({
      address: () => {
        throw new Error('at once');
      },
      headers: {},
      refused: () => assert.fail(),
    });
    const done = new Promise<void>((resolve) => {
      transport({
        opened: () => assert.fail(),
        received: () => assert.fail(),
        closed: () => {
          reported = true;
          resolve();
        },
      });
    });
    assert.equal(reported, false);
    return done;
  });
});
