import assert from 'node:assert/strict';
import { lookUp } from '../src/feed/lookup';
import { type Article, NewsClient, PracticeMarket, TradingViewClient } from '../src/index';
import { practiceEndpoints } from '../src/practice-endpoints';

describe('practice endpoints', () => {
  it('are one market, for as long as anybody uses it', async () => {
    const [socket, lookups] = await Promise.all([practiceEndpoints.socket(), practiceEndpoints.lookups('scanner')]);
    assert.match(socket.url, /^ws:\/\/127\.0\.0\.1:\d+\//);
    assert.equal(new URL(socket.url).host, new URL(lookups.url).host);
    socket.release();
    socket.release();
    assert.deepEqual(await lookUp(`${lookups.url}/symbol?symbol=BINANCE:BTCUSDT`), { market: 'crypto' });
    lookups.release();
    await assert.rejects(lookUp(`${lookups.url}/symbol?symbol=BINANCE:BTCUSDT`), /cannot be reached/);
  });

  it('are another market once nobody used the last', async () => {
    const first = await practiceEndpoints.socket();
    first.release();
    const second = await practiceEndpoints.lookups('scanner');
    assert.deepEqual(await lookUp(`${second.url}/symbol?symbol=BINANCE:BTCUSDT`), { market: 'crypto' });
    second.release();
  });
});

describe('library: server practice', () => {
  it('gives candles out of the box', async () => {
    const client = new TradingViewClient({ server: 'practice' });
    const candles = await new Promise<unknown[]>((resolve) => {
      client.watchCandles({ symbol: 'BINANCE:BTCUSDT', timeframe: '1m', history: 3 }, (event) => {
        if (event.event === 'history') resolve(event.candles);
      });
    });
    assert.equal(candles.length, 3);
    assert.equal((await client.searchSymbols('btcusdt'))[0]?.symbol, 'BINANCE:BTCUSDT');
    await client.close();
  });

  it('gives news and prices out of the box, over one server', async () => {
    const client = new NewsClient({ server: 'practice' });
    const article = new Promise<Article>((resolve) => {
      client.watchArticles({}, (event) => event.event !== 'error' && resolve(event.article));
    });
    const price = new Promise<number>((resolve) => {
      client.watchPrices({ symbols: ['bitcoin'] }, (event) => event.event === 'price' && resolve(event.price.price));
    });
    assert.match((await article).title, /^Practice: /);
    assert.ok((await price) > 0);
    assert.match(JSON.stringify(await client.information()), /server-sent events/);
    await client.close();
  });

  it('may stand on other endpoints all the same', async () => {
    const market = new PracticeMarket();
    const { url } = await market.listen();
    const endpoints = { ...practiceEndpoints, socket: async () => ({ url, release: () => {} }) };
    const client = new TradingViewClient({ server: 'practice' }, { endpoints });
    await new Promise<void>((resolve) => {
      client.watchCandles({ symbol: 'BINANCE:BTCUSDT', history: 1 }, () => resolve());
    });
    assert.equal(market.stats().sockets, 1);
    await client.close();
    await market.close();
  });
});
