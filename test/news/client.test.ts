import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { NewsClient } from '../../src/news/client';
import { FastNews } from '../support/fast-news';
import { httpServer } from '../support/servers';
import { until } from '../support/until';

describe('news client: over real sockets', () => {
  it('gets articles and prices, says how it is, and leaves no socket behind', async () => {
    const server = await FastNews.open();
    const client = new NewsClient({ server: 'custom', url: server.url });
    const titles: string[] = [];
    const coins = new Set<string>();
    client.watchArticles({}, (event) => event.event !== 'error' && titles.push(event.article.title));
    client.watchPrices({ symbols: ['bitcoin', 'solana'] }, ({ symbol }) => coins.add(symbol));
    await until(() => titles.length > 5 && coins.size === 2);
    const { state, channels, subscriptions, lastPacketAgeMs, damaged, unknown } = client.stats();
    assert.deepEqual([state, channels, subscriptions, damaged, unknown], ['live', 2, 2, 0, 0]);
    assert.ok(Number(lastPacketAgeMs) >= 0);
    assert.equal(server.news.stats().streams, 2);
    assert.ok(JSON.stringify(await client.information()).includes('/api/sse'));
    await client.close();
    await until(() => server.news.stats().streams === 0);
    await server.close();
  });

  it('says truthfully who it is, and asks for a stream of events', async () => {
    const asked: (string | undefined)[] = [];
    const server = await httpServer((request, response) => {
      asked.push(request.url, request.headers['user-agent'], request.headers.accept);
      response.writeHead(404).end();
    });
    const client = new NewsClient({ server: 'custom', url: `http://${server.host}/base/` });
    client.watchArticles({ sources: ['a'], categories: ['c', 'b'] }, () => {});
    await until(() => client.status.state === 'waiting');
    assert.match(String(client.status.error?.message), /404/);
    assert.equal(asked[0], '/base/api/sse?sources=a&categories=b%2Cc');
    assert.match(String(asked[1]), /livetick/);
    assert.equal(asked[2], 'text/event-stream');
    await assert.rejects(client.information(), /404/);
    await client.close();
    await server.close();
  });

  it('leaves a server whose events have no end', async () => {
    let streams = 0;
    const server = await httpServer((_request, response: ServerResponse) => {
      streams++;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const flood = () => {
        while (!response.destroyed && response.write(`data: ${'x'.repeat(65_536)}`));
      };
      response.on('drain', flood);
      flood();
    });
    const client = new NewsClient({ server: 'custom', url: `http://${server.host}` });
    client.watchArticles({}, () => {});
    await until(() => client.status.error?.code === 'PROTOCOL');
    assert.equal(streams, 1);
    await client.close();
    await server.close();
  });
});
