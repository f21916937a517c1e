import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { Agent, type RequestListener } from 'node:http';
import { spy } from 'sinon';
import { FeedError } from '../../src/feed/errors';
import { LookupRefused, lookUp } from '../../src/feed/lookup';
import { proxyAgent } from '../../src/feed/proxy';
import { ConnectProxy } from '../support/connect-proxy';
import { gossipProxy } from '../support/gossip';
import { deadHost, httpServer, muteServer, type TestServer } from '../support/servers';

describe('lookup', () => {
  let server: TestServer | undefined;

  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  async function address(answer: RequestListener): Promise<string> {
    server = await httpServer(answer);
    return `http://${server.host}/path?q=1`;
  }

  const hasCode = (code: string) => (error: unknown) => error instanceof FeedError && error.code === code;

  it('gives the JSON of the answer, whatever pieces it comes in', async () => {
    const url = await address((_request, response) => {
      const body = Buffer.from(JSON.stringify({ name: '삼성전자' }));
      response.write(body.subarray(0, 11));
      setImmediate(() => response.end(body.subarray(11)));
    });
    assert.deepEqual(await lookUp(url), { name: '삼성전자' });
  });

  it('sends the path, the headers, and that it wants JSON', async () => {
    let seen: unknown;
    const url = await address((request, response) => {
      seen = [request.url, request.headers.origin, request.headers.accept];
      response.end('{}');
    });
    await lookUp(url, { headers: { origin: 'https://www.tradingview.com' } });
    assert.deepEqual(seen, ['/path?q=1', 'https://www.tradingview.com', 'application/json']);
  });

  it('travels by the agent that is handed in', async () => {
    const url = await address((_request, response) => response.end('1'));
    const agent = new Agent({ keepAlive: true });
    let used = 0;
    agent.on('free', () => used++);
    await lookUp(url, { agent });
    agent.destroy();
    assert.equal(used, 1);
  });

  it('refuses any status but 200, and says which', async () => {
    for (const status of [204, 301, 403, 404, 429, 500]) {
      const url = await address((_request, response) => response.writeHead(status).end());
      await assert.rejects(lookUp(url), (error) => error instanceof LookupRefused && error.status === status);
      await server?.close();
    }
  });

  it('leaves nothing that waits for the time-out, however it ends', async () => {
    const timeout = spy(AbortSignal, 'timeout');
    const url = await address((request, response) => response.writeHead(request.url === '/bad' ? 404 : 200).end('1'));
    await lookUp(url);
    await assert.rejects(lookUp(new URL('/bad', url).href));
    await server?.close();
    await assert.rejects(lookUp(url));
    timeout.restore();
    assert.deepEqual(
      timeout.returnValues.map((signal) => getEventListeners(signal, 'abort').length),
      [0, 0, 0],
    );
  });

  it('is UNREACHABLE where nobody listens', async () => {
    const url = `http://${await deadHost()}/`;
    await assert.rejects(lookUp(url), hasCode('UNREACHABLE'));
  });

  it('is UNREACHABLE when the connection ends before the answer, or in the middle of it', async () => {
    const url = await address((request) => request.socket.destroy());
    await assert.rejects(lookUp(url), hasCode('UNREACHABLE'));
    await server?.close();
    const half = await address((request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"half":', () => request.socket.destroy());
    });
    await assert.rejects(lookUp(half), hasCode('UNREACHABLE'));
  });

  it('is PROTOCOL when the answer is no JSON', async () => {
    for (const body of ['', '<html>', '{"a":']) {
      const url = await address((_request, response) => response.end(body));
      await assert.rejects(lookUp(url), hasCode('PROTOCOL'));
      await server?.close();
    }
  });

  it('is PROTOCOL, and reads no further, when the answer is far too large', async () => {
    const url = await address((_request, response) => {
      response.on('error', () => {});
      const part = Buffer.alloc(1024 * 1024, 0x20);
      for (let n = 0; n < 16; n++) response.write(part);
    });
    await assert.rejects(lookUp(url), hasCode('PROTOCOL'));
  });

  it('is UNREACHABLE when a server that never answers goes away', async () => {
    const mute = await muteServer();
    const answer = assert.rejects(lookUp(`http://${mute.host}/`), hasCode('UNREACHABLE'));
    (await mute.connected).destroy();
    await answer;
    await mute.close();
  });

  it('is TIMEOUT when no answer comes in time', async () => {
    const mute = await muteServer();
    await assert.rejects(lookUp(`http://${mute.host}/`, { timeout: 50 }), hasCode('TIMEOUT'));
    await mute.gone;
    await mute.close();
  });

  it('is TIMEOUT when the answer drips', async () => {
    let dripping: NodeJS.Timeout | undefined;
    const url = await address((_request, response) => {
      dripping = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(dripping));
    });
    await assert.rejects(lookUp(url, { timeout: 100 }), hasCode('TIMEOUT'));
  });

  it('is TIMEOUT when a proxy takes the connection and says nothing, and leaves no socket behind', async () => {
    const mute = await muteServer();
    const agent = proxyAgent('https://x.example/', { url: `http://${mute.host}` }, {});
    await assert.rejects(lookUp('https://x.example/', { agent, timeout: 50 }), hasCode('TIMEOUT'));
    agent?.destroy();
    await mute.gone;
    await mute.close();
  });

  it('travels through a proxy, and leaves nothing behind', async () => {
    const proxy = await ConnectProxy.open();
    const url = await address((_request, response) => response.end('1'));
    const agent = proxyAgent(url, { url: `http://${proxy.host}` }, {});
    assert.equal(await lookUp(url, { agent }), 1);
    agent?.destroy();
    assert.equal(proxy.targets.length, 1);
    await proxy.close();
  });

  it('does not repeat what a proxy says of the login that it was given', async () => {
    const proxy = await gossipProxy();
    const agent = proxyAgent('https://x.example/', { url: `http://someone:secret@${proxy.host}` }, {});
    await assert.rejects(lookUp('https://x.example/', { agent }), (error: Error) => {
      assert.match(error.message, /x\.example cannot be reached \(Invalid header from proxy/);
      assert.doesNotMatch(error.message, /secret|c2VjcmV0|someone/);
      return true;
    });
    agent?.destroy();
    await proxy.close();
  });

  it('names no more of the address than the host', async () => {
    const host = await deadHost();
    await assert.rejects(lookUp(`http://${host}/secret?token=secret`), (error: Error) => {
      assert.doesNotMatch(error.message, /secret/);
      assert.ok(error.message.includes(host));
      return true;
    });
  });
});
