import assert from 'node:assert/strict';
import { getEventListeners, once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { spy } from 'sinon';
import { FeedError } from '../../src/feed/errors';
import { httpStreamTransport } from '../../src/feed/http-stream-transport';
import { proxyAgent } from '../../src/feed/proxy';
import type { Address } from '../../src/feed/transport';
import { ConnectProxy } from '../support/connect-proxy';
import { type OpenedLink, openLink } from '../support/opened-link';
import { deadHost, httpServer, muteServer, type TestServer } from '../support/servers';
import { untrustedServer } from '../support/tls-server';
import { until } from '../support/until';

function open(url: string, around: { address?: () => Promise<Address>; handshakeTimeout?: number } = {}): OpenedLink {
  return openLink(url, around, (options) =>
    httpStreamTransport({
      ...options,
      type: 'text/event-stream',
      headers: { 'user-agent': 'a test' },
      refused: (status, retryAfter, body) => ({
        error: new FeedError('RATE_LIMITED', `${status} ${retryAfter} ${body}`),
      }),
    }),
  );
}

const STREAM = { 'content-type': 'text/event-stream; charset=utf-8' };

describe('HTTP stream transport', () => {
  let http: TestServer;
  let answer: RequestListener;

  beforeEach(async () => {
    answer = (_request, response) => response.writeHead(200, STREAM).flushHeaders();
    http = await httpServer((request, response) => answer(request, response));
  });

  afterEach(() => http.close());

  async function live(): Promise<{ here: OpenedLink; there: ServerResponse; request: IncomingMessage }> {
    const asked = once(http.server, 'request');
    const here = open(`http://${http.host}/api/sse?sources=a`);
    const [request, there] = (await asked) as [IncomingMessage, ServerResponse];
    await here.opened;
    return { here, there, request };
  }

  it('asks for the stream with the headers that are given, on a socket of its own', async () => {
    const { here, request } = await live();
    const { accept, 'user-agent': agent, connection } = request.headers;
    assert.deepEqual([request.url, accept, agent], ['/api/sse?sources=a', 'text/event-stream', 'a test']);
    assert.equal(connection, 'close');
    here.link.close();
    await here.closed;
  });

  it('leaves nothing that waits for the time-out, once it has opened or failed', async () => {
    const timeout = spy(AbortSignal, 'timeout');
    const { here } = await live();
    await open(`http://${await deadHost()}/`).closed;
    timeout.restore();
    assert.deepEqual(
      timeout.returnValues.map((signal) => getEventListeners(signal, 'abort').length),
      [0, 0],
    );
    here.link.close();
    await here.closed;
  });

  it('passes text on, however its bytes are cut, without the mark of the byte order', async () => {
    const { here, there } = await live();
    for (const byte of Buffer.from('\ufeff삼성 😀 é')) {
      there.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => here.received.join('') === '삼성 😀 é');
    assert.ok(here.received.length > 3);
    here.link.send('nowhere');
    here.link.close();
    await here.closed;
  });

  it('reports the end once, in good order or cut, and lets go of the address', async () => {
    for (const end of ['end', 'destroy'] as const) {
      const { here, there } = await live();
      there[end]();
      const { error } = await here.closed;
      assert.equal(error.code, 'UNREACHABLE');
      assert.match(error.message, end === 'end' ? /closed the connection\./ : /the connection was cut/);
      here.link.close();
      assert.deepEqual([here.closes, here.releases], [1, 1]);
    }
  });

  it('closes when asked to: the server sees it, and that is reported too', async () => {
    const { here, there } = await live();
    const gone = once(there, 'close');
    here.link.close();
    await gone;
    await here.closed;
    here.link.close();
    assert.deepEqual([here.closes, here.releases], [1, 1]);
  });

  it('reports another answer with what it says, and no more of that than is of use', async () => {
    answer = (_request, response) => response.writeHead(503, { 'retry-after': '30' }).end('{"code": "SSE_CAPACITY"}');
    assert.equal((await open(`http://${http.host}/`).closed).error.message, '503 30 {"code": "SSE_CAPACITY"}');
    answer = (_request, response) => response.writeHead(403).write('x'.repeat(1_000_000));
    const endless = open(`http://${http.host}/`);
    const { message } = (await endless.closed).error;
    assert.ok(message.startsWith('403 undefined xxx') && message.length < 20_000);
    assert.deepEqual([endless.closes, endless.releases], [1, 1]);
  });

  it('does not take a page for a stream', async () => {
    answer = (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
    const { error } = await open(`http://${http.host}/?token=secret`).closed;
    assert.equal(error.code, 'PROTOCOL');
    assert.doesNotMatch(error.message, /secret/);
  });

  it('reports a server that refuses connections, and one whose certificate is not to be trusted', async () => {
    const { error } = await open(`http://${await deadHost()}/secret`).closed;
    assert.equal(error.code, 'UNREACHABLE');
    assert.doesNotMatch(error.message, /secret/);
    const tls = await untrustedServer();
    assert.match((await open(`https://${tls.host}/`).closed).error.message, /certificate is not trusted/);
    await tls.close();
  });

  it('travels through a proxy, and says what it wants', async () => {
    const proxy = await ConnectProxy.open();
    const url = `http://${http.host}/`;
    const agent = proxyAgent(url, { url: `http://${proxy.host}` }, {});
    const here = open(url, { address: async () => ({ url, agent, release: () => agent?.destroy() }) });
    await here.opened;
    assert.deepEqual(proxy.targets, [http.host]);
    here.link.close();
    await here.closed;
    await proxy.close();
  });

  it('gives up a server that does not answer, at the server or at a proxy, and leaves no socket behind', async () => {
    for (const way of ['straight', 'through a proxy']) {
      const mute = await muteServer();
      const url = way === 'straight' ? `http://${mute.host}/secret` : 'https://x.example/secret';
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

  it('can be closed while nobody answers', async () => {
    const mute = await muteServer();
    const hanging = open(`http://${mute.host}/`);
    await mute.connected;
    hanging.link.close();
    await hanging.closed;
    assert.deepEqual([hanging.closes, hanging.releases], [1, 1]);
    await mute.close();
  });

  it('reports an address that is none', async () => {
    const none = open('no address');
    assert.equal((await none.closed).error.code, 'UNREACHABLE');
    assert.equal(none.releases, 1);
  });
});
