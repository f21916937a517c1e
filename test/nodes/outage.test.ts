import assert from 'node:assert/strict';
import { FastMarket } from '../support/fast-market';
import { Flow } from '../support/flow';
import { asTold, type FlowMessage, settledCandles } from '../support/flow-message';
import { OUTAGES } from '../support/outages';

const BTC = 'BINANCE:BTCUSDT';
const CANDLE = 300_000;

describe('tv-ohlc over a socket that', () => {
  let market: FastMarket;
  let flow: Flow;
  /** Of the node; new in each test, for what one remembers is no other's. */
  let id = 'n';

  const nodes = (more: object) => [
    { id: 'f', type: 'tab' },
    { id: 'c', type: 'tv-connection', server: 'custom', url: market.url },
    {
      id,
      z: 'f',
      type: 'tv-ohlc',
      connection: 'c',
      symbols: [BTC],
      timeframe: '5m',
      history: 2,
      // Everything to one collector, so that the order shows.
      wires: [['all'], [], ['all']],
      ...more,
    },
    { id: 'all', z: 'f', type: 'collector', wires: [] },
  ];

  beforeEach(async () => {
    id += 'n';
    market = await FastMarket.openTogether();
    flow = await Flow.start(nodes({ remember: true }));
  });

  afterEach(async () => {
    await flow.stop();
    await market.close();
  });

  /** Waits for the middle of a candle. @returns when it opened; those told before are in place -1 and further back */
  async function inMidCandle(): Promise<number> {
    const { payload } = await flow.find('all', ({ event }) => event === 'closed');
    const opened = payload.timestamp + CANDLE;
    await market.until(opened + CANDLE / 2);
    return opened;
  }

  /** What has arrived; times in candles from that one on. */
  function told(opened: number): unknown[][] {
    const place = (time: number) => (time - opened) / CANDLE;
    return flow.received('all').map(({ event, backfilled, payload }) => {
      if (event === 'gap') return [event, place(payload.from), place(payload.to)];
      if (event === 'history') return [event, payload.length];
      return [backfilled ? 'backfilled' : event, place(payload.timestamp)];
    });
  }

  /** The candles as they stand after all corrections are the true ones, under indexes that never jump. */
  function assertTrue(messages: readonly FlowMessage[], missing?: { from: number; to: number }): void {
    const candles = settledCandles(messages);
    const truth = market.market
      .candles(BTC, '5m', candles[0].timestamp, candles.at(-1).timestamp + 1)
      .filter(({ time }) => !missing || time < missing.from || time >= missing.to);
    assert.deepEqual(candles, asTold(truth));
  }

  for (const { what, begin, end, beats } of OUTAGES) {
    const first = beats ? ['closed', 0] : ['backfilled', 0];
    const before = [
      ['history', 2],
      ['closed', -1],
    ];

    it(`${what}, over three closes: those three arrive once and in order, before the next one`, async () => {
      const opened = await inMidCandle();
      begin(market.market.faults);
      await market.until(opened + 3.5 * CANDLE);
      await end(market.market.faults);
      const messages = await flow.until('all', (all) =>
        all.some(({ payload }) => payload.timestamp === opened + 3 * CANDLE),
      );
      const corrected = beats ? [['correction', 0]] : [];
      const late = [first, ...corrected, ['backfilled', 1], ['backfilled', 2]];
      assert.deepEqual(told(opened), [...before, ...late, ['closed', 3]]);
      assertTrue(messages);
    });

    it(`${what}, with a partial deploy of the node in between: what had closed since it was told comes as backfilled`, async () => {
      const opened = await inMidCandle();
      begin(market.market.faults);
      await market.until(opened + 1.5 * CANDLE);
      await market.still(() => flow.deploy(nodes({ remember: true, name: 'changed' })));
      await market.until(opened + 3.5 * CANDLE);
      await end(market.market.faults);
      const messages = await flow.until('all', (all) =>
        all.some(({ payload }) => payload.timestamp === opened + 3 * CANDLE),
      );
      const late = [0, 1, 2].map((place) => ['backfilled', place]).slice(beats ? 1 : 0);
      const known = [...before, ...(beats ? [first] : [])];
      assert.deepEqual(told(opened), [...known, ['history', 2], ...late, ['closed', 3]]);
      assertTrue(messages.slice(known.length));
      assert.equal(messages[known.length]?.payload.at(-1).timestamp, opened + (beats ? 0 : -1) * CANDLE);
    });

    it(`${what}, for longer than upstream’s history: one gap with exact edges, then the rest`, async () => {
      const opened = await inMidCandle();
      begin(market.market.faults);
      await market.until(opened + 5.5 * CANDLE);
      market.market.faults.limitHistory(3);
      await end(market.market.faults);
      const messages = await flow.until('all', (all) =>
        all.some(({ payload }) => payload.timestamp === opened + 5 * CANDLE),
      );
      const rest = [3, 4].map((place) => ['backfilled', place]);
      const gap = ['gap', beats ? 1 : 0, 3];
      assert.deepEqual(told(opened), [...before, ...(beats ? [first] : []), gap, ...rest, ['closed', 5]]);
      if (!beats) assertTrue(messages, { from: opened, to: opened + 3 * CANDLE });
    });
  }
});
