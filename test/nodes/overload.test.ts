import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { FastMarket } from '../support/fast-market';
import { Flow } from '../support/flow';
import { asTold, settledCandles } from '../support/flow-message';
import { QuoteMarket } from '../support/quote-market';
import { QuoteServer } from '../support/quote-server';

/** Keeps the event loop busy, as a function node does that computes too much. */
function compute(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('a flow that does not keep up', function () {
  this.timeout(60_000);
  let flow: Flow;

  const shown = (text: string, from = 0) =>
    flow.until('shown', (messages) => messages.slice(from).some(({ status }) => status?.text?.endsWith(text)));

  it('gets the newest quote of each symbol, hears that it is overloaded, and then that all is well', async () => {
    const market = new QuoteMarket(100, 7);
    const server = await QuoteServer.open(market);
    flow = await Flow.start([
      { id: 'f', type: 'tab' },
      { id: 'c', type: 'tv-connection', server: 'custom', url: server.url },
      { id: 'n', z: 'f', type: 'tv-trades', connection: 'c', symbols: market.symbols, wires: [['quotes'], []] },
      { id: 'quotes', z: 'f', type: 'collector', wires: [] },
      { id: 'status', z: 'f', type: 'status', scope: ['n'], wires: [['shown']] },
      { id: 'shown', z: 'f', type: 'collector', wires: [] },
    ]);
    let pressing: NodeJS.Timeout | undefined;
    try {
      await shown('100/100');
      const before = flow.received('shown').length;
      flow.onMessage('quotes', () => compute(5));
      // Far more than it can take, until much of it was left out.
      pressing = setInterval(() => {
        for (let n = 0; n < 100; n++) market.move();
      }, 10);
      await shown('overloaded', before);
      await flow.until('quotes', () => flow.client('c').stats().conflated > 100);
      clearInterval(pressing);
      await shown('100/100', flow.received('shown').length - 1);
      const newest = new Map(flow.received('quotes').map(({ topic, payload }) => [topic, payload]));
      for (const symbol of market.symbols) assert.deepEqual(newest.get(symbol), market.quote(symbol));
      assert.equal(flow.client('c').stats().strained, false);
    } finally {
      clearInterval(pressing);
      await flow.stop();
      await server.close();
    }
  });

  it('still gets each closed candle exactly once', async () => {
    const market = await FastMarket.open();
    const symbols = ['BINANCE:BTCUSDT', 'BINANCE:ETHUSDT', 'BINANCE:SOLUSDT', 'BYBIT:BTCUSDT.P', 'COINBASE:LTCUSD'];
    const node = (symbol: string, n: number) => [
      {
        id: `n${n}`,
        z: 'f',
        type: 'tv-ohlc',
        connection: 'c',
        symbols: [symbol],
        timeframe: '1m',
        history: 1,
        wires: [[`closed${n}`], ['forming'], [`closed${n}`]],
      },
      { id: `closed${n}`, z: 'f', type: 'collector', wires: [] },
    ];
    flow = await Flow.start([
      { id: 'f', type: 'tab' },
      { id: 'c', type: 'tv-connection', server: 'custom', url: market.url },
      ...symbols.flatMap(node),
      { id: 'forming', z: 'f', type: 'collector', wires: [] },
    ]);
    try {
      flow.onMessage('forming', () => compute(50));
      await Promise.all(symbols.map((_, n) => flow.until(`closed${n}`, (messages) => messages.length > 5)));
      assert.ok(flow.client('c').stats().conflated > 0);
      for (const [n, symbol] of symbols.entries()) {
        const candles = settledCandles(flow.received(`closed${n}`));
        const [first, last] = [candles[0], candles.at(-1)];
        const truth = market.market.candles(symbol, '1m', first.timestamp, last.timestamp + 1);
        assert.deepEqual(candles, asTold(truth), symbol);
      }
    } finally {
      await flow.stop();
      await market.close();
    }
  });

  it('and a node behind ours that throws disturbs nobody', async () => {
    const market = new QuoteMarket(3, 8);
    const server = await QuoteServer.open(market);
    flow = await Flow.start([
      { id: 'f', type: 'tab' },
      { id: 'c', type: 'tv-connection', server: 'custom', url: server.url },
      { id: 'n', z: 'f', type: 'tv-trades', connection: 'c', symbols: market.symbols, wires: [['bad', 'good'], []] },
      { id: 'bad', z: 'f', type: 'collector', wires: [] },
      { id: 'good', z: 'f', type: 'collector', wires: [] },
    ]);
    try {
      flow.onMessage('bad', () => {
        throw new Error('a mistake in a flow');
      });
      for (let n = 0; n < 500; n++) market.move();
      await flow.until('good', (messages) => {
        const newest = new Map(messages.map(({ topic, payload }) => [topic, payload]));
        return market.symbols.every((symbol) => isDeepStrictEqual(newest.get(symbol), market.quote(symbol)));
      });
      assert.equal(flow.received('bad').length, flow.received('good').length);
    } finally {
      await flow.stop();
      await server.close();
    }
  });
});
