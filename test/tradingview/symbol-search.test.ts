import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { FeedError } from '../../src/feed/errors';
import { PracticeMarket } from '../../src/simulator/practice-market';
import type { Endpoints } from '../../src/tradingview/endpoints';
import { searchSymbols } from '../../src/tradingview/symbol-search';
import { httpServer, type TestServer } from '../support/servers';

describe('symbol search', () => {
  let releases = 0;
  const at = (url: string): Endpoints => ({
    socket: () => assert.fail(),
    lookups: async () => ({ url, release: () => releases++ }),
  });
  const hasCode = (code: string) => (error: unknown) => error instanceof FeedError && error.code === code;

  beforeEach(() => {
    releases = 0;
  });

  describe('on the practice market', () => {
    let market: PracticeMarket;
    let endpoints: Endpoints;

    beforeEach(async () => {
      market = new PracticeMarket();
      endpoints = at((await market.listen()).httpUrl);
    });

    afterEach(() => market.close());

    it('finds by name and by description', async () => {
      const [bitcoin] = await searchSymbols(endpoints, 'btcusdt');
      assert.equal(bitcoin?.symbol, 'BINANCE:BTCUSDT');
      assert.ok(bitcoin.description && bitcoin.type && bitcoin.exchange);
      const [samsung] = await searchSymbols(endpoints, '삼성');
      assert.equal(samsung?.symbol, 'KRX:005930');
    });

    it('gives every symbol as it can be subscribed to', async () => {
      const found = (await searchSymbols(endpoints, '')).map(({ symbol }) => symbol);
      assert.deepEqual(found.sort(), [...PracticeMarket.symbols].sort());
    });

    it('finds nothing without complaint', async () => {
      assert.deepEqual(await searchSymbols(endpoints, 'nothing & nobody?=#'), []);
    });

    it('lets go of the address', async () => {
      await searchSymbols(endpoints, 'btc');
      assert.equal(releases, 1);
    });
  });

  describe('on a server that', () => {
    let server: TestServer | undefined;

    afterEach(async () => {
      await server?.close();
      server = undefined;
    });

    async function search(answer: RequestListener) {
      server = await httpServer(answer);
      return searchSymbols(at(`http://${server.host}`), 'x');
    }

    it('marks what matches: the marks are taken out', async () => {
      const row = { symbol: '<em>AAP</em>L', description: '<em>App</em>le', type: 'stock', exchange: 'NASDAQ' };
      const rows = [row, { ...row, prefix: 'BATS' }, { ...row, exchange: 'Nice Name', source_id: 'NASDAQ' }];
      const found = await search((_request, response) => response.end(JSON.stringify({ symbols: rows })));
      assert.deepEqual(
        found.map(({ symbol }) => symbol),
        ['NASDAQ:AAPL', 'BATS:AAPL', 'NASDAQ:AAPL'],
      );
      assert.deepEqual(found[0], { symbol: 'NASDAQ:AAPL', description: 'Apple', type: 'stock', exchange: 'NASDAQ' });
    });

    it('sends rows that are none: they are left out', async () => {
      const rows = [null, 7, 'x', {}, { symbol: 7 }, { symbol: 'A', exchange: 'B', description: 7 }];
      const found = await search((_request, response) => response.end(JSON.stringify({ symbols: rows })));
      assert.deepEqual(found, [{ symbol: 'B:A', description: '', type: '', exchange: 'B' }]);
    });

    it('answers something else: PROTOCOL', async () => {
      for (const body of ['[]', '{}', 'null', '{"symbols":7}', '<html>']) {
        await assert.rejects(
          search((_request, response) => response.end(body)),
          hasCode('PROTOCOL'),
          body,
        );
        await server?.close();
      }
    });

    it('refuses: RATE_LIMITED for 429, else PROTOCOL; the address is let go of all the same', async () => {
      await assert.rejects(
        search((_request, response) => response.writeHead(429).end()),
        hasCode('RATE_LIMITED'),
      );
      await server?.close();
      await assert.rejects(
        search((_request, response) => response.writeHead(403).end()),
        hasCode('PROTOCOL'),
      );
      assert.equal(releases, 2);
    });
  });
});
