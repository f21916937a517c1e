import assert from 'node:assert/strict';
import { SteppedClock } from '../../src/market/clock';
import type { Timeframe } from '../../src/market/timeframe';
import type { PracticeMarket } from '../../src/simulator/practice-market';
import { Chart, type Message, methods, only, PracticeClient } from './practice-client';

const NOW = Date.UTC(2026, 5, 9, 14, 0, 20, 300);
const MINUTE = 60_000;
const MINUTE_NOW = NOW - (NOW % MINUTE);
const BTC = 'BINANCE:BTCUSDT';
const APPLE = 'NASDAQ:AAPL';

describe('faults of the data', () => {
  let clock: SteppedClock;
  let market: PracticeMarket;
  let client: PracticeClient;
  let chart: Chart;
  beforeEach(() => {
    clock = new SteppedClock(NOW);
    ({ market, client } = PracticeClient.on(clock));
    chart = new Chart();
  });

  const watch = (messages: readonly Message[], session = 'cs_1') => {
    for (const message of messages) if (message.p[0] === session) chart.take(message);
    return messages;
  };
  const truth = (symbol: string, timeframe: Timeframe, from: number) =>
    market
      .candles(symbol, timeframe, from, clock.now() + 1)
      .map(({ time, open, high, low, close, volume }) => [time / 1000, open, high, low, close, volume]);

  describe('skipBars', () => {
    for (const symbol of [BTC, 'COINBASE:LTCUSD']) {
      it(`leaves new candles of ${symbol} out of the stream, not out of history, and i jumps`, () => {
        watch(client.open(symbol, '1', 5));
        market.faults.skipBars(symbol, 2);
        assert.deepEqual(market.faults.active, [{ fault: 'skipBars', args: [symbol, 2] }]);
        clock.advance(MINUTE_NOW + MINUTE - clock.now());
        watch(client.take());
        // The last candle before is whole.
        assert.deepEqual(chart.values(), truth(symbol, '1m', NOW - 5 * MINUTE).slice(0, 5));
        clock.advance(2 * MINUTE - 1);
        assert.deepEqual(client.take(), []);
        assert.deepEqual(market.faults.active, []);
        clock.advance(1);
        const begun = client.take().flatMap(({ p }) => p[1].sds_1?.s ?? []);
        assert.deepEqual(
          begun.map(({ i, v }) => [i, v[0] * 1000]),
          [[7, MINUTE_NOW + 3 * MINUTE]],
        );
        watch(client.open(symbol, '1', 8, 'cs_2'), 'cs_2');
        assert.deepEqual(chart.values(), truth(symbol, '1m', NOW - 5 * MINUTE));
      });
    }

    it('concerns what is open, and ends with it or when it is cleared', async () => {
      client.open(BTC, '5S', 5);
      market.faults.skipBars(BTC, 100);
      client.open(BTC, '5S', 5, 'cs_2');
      // The candle that is forming goes on to its end.
      clock.advance(5000);
      client.take();
      clock.advance(MINUTE);
      assert.deepEqual(new Set(client.take().map(({ p }) => p[0])), new Set(['cs_2']));
      await market.faults.clear('skipBars');
      assert.deepEqual(market.faults.active, []);
      clock.advance(6000);
      assert.deepEqual(new Set(client.take().map(({ p }) => p[0])), new Set(['cs_1', 'cs_2']));
    });
  });

  it('limitHistory: a series that is open, too, gets no more than that', async () => {
    client.open(BTC, '1', 10);
    market.faults.limitHistory(20);
    const page = client.ask('request_more_data', 'cs_1', 'sds_1', 100);
    assert.equal(only(page, 'timescale_update').p[1].sds_1.s.length, 11);
    assert.equal(only(page, 'series_completed').p[4].data_completed, 'limit');
    const load = client.open(BTC, '1', 100, 'cs_2');
    assert.equal(only(load, 'timescale_update').p[1].sds_1.s.length, 20);
    assert.equal(only(load, 'series_completed').p[4].data_completed, 'limit');
    assert.equal(market.candles(BTC, '1m', NOW - 100 * MINUTE, NOW).length, 100);
    await market.faults.clear();
    const more = client.ask('request_more_data', 'cs_2', 'sds_1', 100);
    assert.equal(only(more, 'timescale_update').p[1].sds_1.s.length, 101);
  });

  it('smallPages: each answer brings no more than that, and the next one goes on', () => {
    market.faults.smallPages(20);
    const load = client.open(BTC, '1', 100);
    assert.equal(only(load, 'timescale_update').p[1].sds_1.s.length, 20);
    assert.equal(only(load, 'series_completed').p[4].data_completed, undefined);
    const page = client.ask('request_more_data', 'cs_1', 'sds_1', 80);
    assert.equal(only(page, 'timescale_update').p[1].sds_1.s.length, 21);
    market.faults.clear('smallPages');
    const more = client.ask('request_more_data', 'cs_1', 'sds_1', 80);
    assert.equal(only(more, 'timescale_update').p[1].sds_1.s.length, 81);
  });

  describe('correct', () => {
    it('changes the truth and history, and tells who has the candle loaded', () => {
      watch(client.open(BTC, '1', 5));
      client.open(BTC, '1', 2, 'cs_2');
      client.open(BTC, '5', 5, 'cs_3');
      client.open('BINANCE:ETHUSDT', '1', 5, 'cs_4');
      const time = MINUTE_NOW - 2 * MINUTE;
      const [before] = market.candles(BTC, '1m', time, time + 1);
      assert.ok(before);
      market.faults.correct(BTC, '1m', time, { close: before.high + 10, volume: 7 });
      const corrected = { ...before, close: before.high + 10, high: before.high + 10, volume: 7 };
      assert.deepEqual(market.candles(BTC, '1m', time, time + 1), [corrected]);
      clock.advance(0);
      const told = watch(client.take());
      const { s, t, lbs } = only(told, 'du').p[1].sds_1;
      assert.deepEqual([told[0]?.p[0], t, s[0].i, s.length], ['cs_1', 's1', 2, 1]);
      assert.equal(lbs.bar_close_time * 1000, MINUTE_NOW + MINUTE);
      assert.deepEqual(chart.values(), truth(BTC, '1m', NOW - 5 * MINUTE));
      clock.advance(2 * MINUTE);
      watch(client.take());
      assert.deepEqual(chart.values(), truth(BTC, '1m', NOW - 5 * MINUTE));
      chart = new Chart();
      watch(client.open(BTC, '1', 7, 'cs_5'), 'cs_5');
      assert.deepEqual(chart.values(), truth(BTC, '1m', NOW - 5 * MINUTE));
    });

    it('changes the newest candle of a market that is closed, once', () => {
      clock.advance(Date.UTC(2026, 5, 9, 22) - clock.now());
      watch(client.open(APPLE, '1', 3));
      market.faults.correct(APPLE, '1m', Date.UTC(2026, 5, 9, 19, 59), { open: 1 });
      clock.advance(10_000);
      assert.deepEqual(methods(watch(client.take())), ['du']);
      assert.equal(chart.values().at(-1)?.[3], 1);
    });

    it('is refused where no candle has closed, and for nonsense', () => {
      const correct = (time: number, change: object) => () => market.faults.correct(BTC, '1m', time, change);
      assert.throws(correct(MINUTE_NOW, { close: 1 }), /no closed candle/);
      assert.throws(correct(MINUTE_NOW - 1, { close: 1 }), /no closed candle/);
      assert.throws(correct(MINUTE_NOW - MINUTE, { close: 'high' }), /"high" is no close/);
      assert.throws(correct(MINUTE_NOW - MINUTE, { volume: null }), /null is no volume/);
      assert.throws(
        () => market.faults.correct('SP:SPX', '1m', Date.UTC(2026, 5, 9, 13, 40), { volume: 5 }),
        /5 is no volume/,
      );
      assert.throws(() => market.faults.correct(BTC, '2m' as '1m', 0, {}), /timeframe/);
      assert.throws(() => market.faults.correct('NO:SUCH', '1m', 0, {}), /NO:SUCH/);
    });
  });

  describe('leaveOut and insert', () => {
    const hole = MINUTE_NOW + MINUTE;
    const bar = { time: hole, open: 5, high: 9, low: 4, close: 6, volume: 1 };

    it('makes a hole in the stream, without a jump of i, which is filled later', () => {
      market.faults.leaveOut(BTC, '1m', hole);
      watch(client.open(BTC, '1', 5));
      clock.advance(3 * MINUTE);
      watch(client.take());
      assert.equal(chart.values().length, 7);
      assert.deepEqual(chart.values(), truth(BTC, '1m', NOW - 5 * MINUTE));
      assert.deepEqual(market.candles(BTC, '1m', hole, hole + 1), []);

      market.faults.insert(BTC, '1m', bar);
      assert.deepEqual(market.candles(BTC, '1m', hole, hole + 1), [bar]);
      assert.equal(market.closeTime(BTC, '1m', hole), hole + MINUTE);
      clock.advance(0);
      const { p } = only(watch(client.take()), 'timescale_update');
      assert.deepEqual(p[1].sds_1.s, [{ i: 5, v: [hole / 1000, 5, 9, 4, 6, 1] }]);
      assert.deepEqual([p[2].index, p[2].changes, p[2].index_diff], [5, [hole / 1000], [[5, 1]]]);
      clock.advance(1000);
      const [next] = watch(client.take());
      assert.equal(next?.p[1].sds_1.s[0].i, 7);
      assert.deepEqual(chart.values(), truth(BTC, '1m', NOW - 5 * MINUTE));
      chart = new Chart();
      watch(client.open(BTC, '1', 8, 'cs_2'), 'cs_2');
      assert.deepEqual(chart.values(), truth(BTC, '1m', NOW - 5 * MINUTE));
    });

    it('inserts outside trading hours: among known candles, behind the loaded ones, at the end', () => {
      clock.advance(Date.UTC(2026, 5, 9, 14, 0) - clock.now() + 86_400_000);
      watch(client.open(APPLE, '1', 60));
      const night = Date.UTC(2026, 5, 9, 23, 5);
      market.faults.insert(APPLE, '1m', { ...bar, time: night });
      market.faults.insert(APPLE, '1m', { ...bar, time: night + MINUTE });
      clock.advance(0);
      const updates = watch(client.take());
      assert.deepEqual(
        updates.map(({ p }) => p[2].index_diff),
        [[[29, 1]], [[30, 1]]],
      );
      market.faults.insert(APPLE, '1m', { ...bar, time: Date.UTC(2026, 5, 8, 23) });
      clock.advance(0);
      assert.deepEqual(client.take(), []);
      watch(client.ask('request_more_data', 'cs_1', 'sds_1', 400));
      assert.deepEqual(chart.values(), truth(APPLE, '1m', (chart.values()[0]?.[0] as number) * 1000));
      assert.equal(chart.values().length, 60 + 2 + 400);

      clock.advance(Date.UTC(2026, 5, 10, 21) - clock.now());
      watch(client.take());
      const late = Date.UTC(2026, 5, 10, 20, 30);
      market.faults.insert(APPLE, '1m', { ...bar, time: late });
      clock.advance(1000);
      const [end] = watch(client.take()).flatMap(({ p }) => p[1].sds_1?.s ?? []);
      assert.equal(end.v[0] * 1000, late);
      assert.deepEqual(chart.values(), truth(APPLE, '1m', (chart.values()[0]?.[0] as number) * 1000));
      assert.equal(end.i, chart.values().length - 1);
    });

    it('corrects what it inserted', () => {
      const time = Date.UTC(2026, 5, 8, 22);
      market.faults.insert(APPLE, '1d', { ...bar, time });
      market.faults.correct(APPLE, '1d', time, { close: 8 });
      assert.deepEqual(market.candles(APPLE, '1d', time, time + 1), [{ ...bar, time, close: 8 }]);
    });

    it('is not told to who is down or frozen, and counted all the same', () => {
      market.faults.leaveOut(BTC, '1m', hole);
      client.open(BTC, '1', 5);
      clock.advance(3 * MINUTE);
      client.take();
      market.faults.freeze('heartbeat');
      market.faults.insert(BTC, '1m', bar);
      clock.advance(0);
      market.faults.thaw();
      assert.deepEqual(client.take(), []);
      clock.advance(1000);
      assert.equal(client.take()[0]?.p[1].sds_1.s[0].i, 7);
    });

    it('is refused where there is a candle, or where the market has not come', () => {
      const insert = (time: number) => () => market.faults.insert(BTC, '1m', { ...bar, time });
      assert.throws(insert(MINUTE_NOW), /correct it instead/);
      assert.throws(insert(MINUTE_NOW + MINUTE), /not come/);
      assert.throws(insert(MINUTE_NOW - MINUTE - 1), /whole second/);
      assert.throws(() => market.faults.insert(BTC, '1m', null as never), /bar is null/);
      const leaveOut = (time: number) => () => market.faults.leaveOut(BTC, '1m', time);
      assert.throws(leaveOut(MINUTE_NOW), /passed/);
      assert.throws(leaveOut(MINUTE_NOW + MINUTE + 1000), /no candle would open/);
    });
  });
});
