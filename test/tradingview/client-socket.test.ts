import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { CandleStreamEvent } from '../../src/tradingview/candle-service';
import { TradingViewClient } from '../../src/tradingview/client';
import { FastMarket } from '../support/fast-market';
import { muteServer } from '../support/servers';

describe('client: over a real socket', () => {
  let fast: FastMarket;
  let client: TradingViewClient;

  beforeEach(async () => {
    fast = await FastMarket.open();
    client = new TradingViewClient({ server: 'custom', url: fast.url, httpUrl: fast.httpUrl }, { clock: fast.clock });
  });

  afterEach(async () => {
    await client.close();
    await fast.close();
  });

  /** Watches until `enough` says so. */
  function watchUntil(symbol: string, enough: (events: CandleStreamEvent[]) => boolean): Promise<CandleStreamEvent[]> {
    return new Promise((resolve) => {
      const events: CandleStreamEvent[] = [];
      const subscription = client.watchCandles({ symbol, timeframe: '5s', history: 5 }, (event) => {
        events.push(event);
        if (!enough(events)) return;
        subscription.close();
        resolve(events);
      });
    });
  }

  const closedOf = (events: CandleStreamEvent[]) =>
    events.flatMap((one) => (one.event === 'closed' ? [one.candle] : []));

  it('gives history and closed candles as they truly are', async () => {
    const symbol = 'BINANCE:BTCUSDT';
    const events = await watchUntil(symbol, (sofar) => closedOf(sofar).length === 10);
    const [history] = events;
    assert.equal(history?.event, 'history');
    const candles = [...(history.event === 'history' ? history.candles : []), ...closedOf(events)];
    const [from, to] = [candles[0]?.timestamp ?? 0, (candles.at(-1)?.timestamp ?? 0) + 1];
    const truth = fast.market.candles(symbol, '5s', from, to);
    assert.deepEqual(
      candles.map(({ timestamp, close, volume }) => [timestamp, close, volume]),
      truth.map(({ time, close, volume }) => [time, close, volume]),
    );
    assert.equal(candles.length, 15);
  });

  it('loses and repeats nothing when the connection is cut again and again', async () => {
    let seen = 0;
    const events = await watchUntil('BINANCE:ETHUSDT', (sofar) => {
      const closed = closedOf(sofar).length;
      if (closed > seen && closed % 5 === 0) client.reconnect();
      seen = closed;
      return closed >= 30;
    });
    const times = closedOf(events).map(({ timestamp }) => timestamp);
    assert.deepEqual(
      times,
      times.map((_, n) => (times[0] as number) + n * 5_000),
    );
    assert.equal(events.filter(({ event }) => event === 'history').length, 1);
    assert.ok(fast.market.stats().connectionsEver >= 5);
  });

  it('finds symbols by the look-ups', async () => {
    const found = await client.searchSymbols('삼성');
    assert.deepEqual(
      found.map(({ symbol }) => symbol),
      ['KRX:005930'],
    );
  });

  it('closes in the midst of everything, and the market sees it', async () => {
    client.watchCandles({ symbol: 'BINANCE:BTCUSDT', history: 2_000 }, () => {});
    await once(client, 'state');
    await client.close();
    await watchGone(fast);
    assert.equal(client.status.state, 'idle');
  });

  it('leaves nothing behind, when it is closed, at a proxy that says nothing', async () => {
    const mute = await muteServer();
    const stuck = new TradingViewClient({ server: 'custom', url: fast.url, proxy: { url: `http://${mute.host}` } });
    stuck.watchCandles({ symbol: 'BINANCE:BTCUSDT' }, () => assert.fail());
    await mute.connected;
    await stuck.close();
    await mute.gone;
    await mute.close();
  });
});

/** Resolves when the market has no connection any more. */
async function watchGone(fast: FastMarket): Promise<void> {
  while (fast.market.stats().sockets > 0) await new Promise((resolve) => setImmediate(resolve));
}
