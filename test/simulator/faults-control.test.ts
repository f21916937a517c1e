import assert from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { SteppedClock } from '../../src/market/clock';
import { PracticeMarket } from '../../src/simulator/practice-market';
import { PracticeProcess } from '../support/practice-process';

const NOW = Date.UTC(2026, 5, 9, 14, 0, 20, 300);

describe('control of the practice market', () => {
  let clock: SteppedClock;
  let market: PracticeMarket;
  let base: string;
  beforeEach(async () => {
    clock = new SteppedClock(NOW);
    market = new PracticeMarket({ clock });
    base = (await market.listen(0, { control: true })).controlUrl;
  });
  afterEach(() => market.close());

  const post = async (body: unknown, headers = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${base}/faults`, { method: 'POST', body: text, headers });
    return [response.status, await response.json()];
  };
  const get = async (path: string) => {
    const response = await fetch(`${base}${path}`);
    return [response.status, await response.json()];
  };

  it('works each switch, and lists what holds', async () => {
    assert.deepEqual(await post({ fault: 'freeze', args: ['heartbeat'] }), [200, { ok: true }]);
    assert.deepEqual(await post({ fault: 'duplicate' }), [200, { ok: true }]);
    assert.deepEqual(await post({ fault: 'refuse', args: ['connection'] }), [200, { ok: true }]);
    assert.deepEqual(await get('/faults'), [
      200,
      [
        { fault: 'freeze', args: ['heartbeat'] },
        { fault: 'duplicate', args: [] },
        { fault: 'refuse', args: ['connection'] },
      ],
    ]);
    assert.deepEqual(await post({ fault: 'clear' }), [200, { ok: true }]);
    assert.deepEqual(await get('/faults'), [200, []]);
  });

  it('has every switch there is', async () => {
    const [, { error }] = await post({ fault: '' });
    const switches = Object.getOwnPropertyNames(Object.getPrototypeOf(market.faults)).filter(
      (name) => name !== 'constructor' && name !== 'active',
    );
    for (const name of switches) assert.ok(error.split(/[ ,]+/).includes(name), name);
  });

  it('says in a sentence what is wrong with an order', async () => {
    const cases: [unknown, RegExp][] = [
      [{ fault: 'drop', args: [1001] }, /code is 1001/],
      [{ fault: 'burn' }, /no fault "burn"; there are accept, /],
      [{ fault: 'constructor' }, /no fault/],
      [{ fault: 'active' }, /no fault/],
      [{ fault: 'drop', args: 1006 }, /args must be a list/],
      [null, /no fault/],
      ['{', /JSON/],
      ['x'.repeat(100_000), /too long/],
    ];
    for (const [body, sentence] of cases) {
      const [status, { error }] = await post(body);
      assert.equal(status, 400);
      assert.match(error, sentence);
    }
  });

  it('takes no orders from web pages', async () => {
    const [status] = await post({ fault: 'restart' }, { origin: 'https://example.com' });
    assert.equal(status, 400);
  });

  it('gives the counts', async () => {
    const { received: _, ...counts } = market.stats();
    assert.deepEqual(await get('/stats'), [200, { ...counts, received: {} }]);
  });

  it('gives the truth, as it was changed', async () => {
    const time = Date.UTC(2026, 5, 9, 13, 58);
    await post({ fault: 'correct', args: ['BINANCE:BTCUSDT', '1m', time, { volume: 9 }] });
    const query = `symbol=BINANCE%3ABTCUSDT&timeframe=1m&from=${time}&to=${NOW}`;
    const [status, candles] = await get(`/candles?${query}`);
    assert.deepEqual([status, candles.length, candles[0].volume], [200, 3, 9]);
    assert.deepEqual(candles, market.candles('BINANCE:BTCUSDT', '1m', time, NOW));
    for (const wrong of ['symbol=NO', 'timeframe=2m', 'from=x', 'to=']) {
      const [name = ''] = wrong.split('=');
      const [code, { error }] = await get(`/candles?${query.replace(new RegExp(`${name}=[^&]*`), wrong)}`);
      assert.deepEqual([code, typeof error], [400, 'string'], wrong);
    }
    assert.deepEqual(await get('/quote?symbol=SP%3ASPX'), [200, market.quote('SP:SPX')]);
    assert.equal((await get('/quote?symbol=NO'))[0], 400);
    assert.equal((await get('/elsewhere'))[0], 400);
  });

  it('is not there unless it was asked for, and goes with the market', async () => {
    await market.close();
    await assert.rejects(fetch(base));
    const { url, httpUrl, ...rest } = await market.listen();
    assert.deepEqual(rest, {});
    assert.equal((await fetch(`${httpUrl}/faults`, { method: 'POST', body: '{"fault":"restart"}' })).status, 404);
    assert.match(url, /^ws/);
  });

  it('works a market in another process', async () => {
    const process = await PracticeProcess.start();
    try {
      base = process.controlUrl;
      const socket = new WebSocket(process.url, { origin: 'https://www.tradingview.com' });
      await once(socket, 'message');
      const closed = once(socket, 'close');
      assert.deepEqual(await post({ fault: 'drop', args: [1005] }), [200, { ok: true }]);
      assert.equal((await closed)[0], 1005);
      const [, candles] = await get(`/candles?symbol=SP%3ASPX&timeframe=1d&from=${NOW - 9e8}&to=${NOW}`);
      const same = new PracticeMarket({ seed: 3 }).candles('SP:SPX', '1d', NOW - 9e8, NOW);
      assert.deepEqual(candles, same);
    } finally {
      await process.end();
    }
  });
});
