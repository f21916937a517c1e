import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SteppedClock } from '../../src/market/clock';
import type { Timeframe } from '../../src/market/timeframe';
import { PracticeMarket } from '../../src/simulator/practice-market';
import { Chart, type Message, PracticeClient } from './practice-client';

const CODES: [Timeframe, string][] = [
  ['1s', '1S'],
  ['5s', '5S'],
  ['1m', '1'],
  ['3m', '3'],
  ['1h', '60'],
  ['1d', '1D'],
  ['1w', '1W'],
  ['1M', '1M'],
];
const LIVE = PracticeMarket.symbols.filter((symbol) => symbol !== 'ECONOMICS:USM2' && symbol !== 'INDEX:NDFI');

/** The truth, as the wire would write it. */
function truth(market: PracticeMarket, symbol: string, timeframe: Timeframe, from: number, to: number): number[][] {
  return market
    .candles(symbol, timeframe, from, to)
    .map(({ time, open, high, low, close, volume }) => [
      time / 1000,
      open,
      high,
      low,
      close,
      ...(volume === null ? [] : [volume]),
    ]);
}

describe('live data', () => {
  it('agree with what history says later, whatever is paged meanwhile', () => {
    const start = fc.oneof(
      fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) }),
      // Around opens, closes, the ends of weeks, and changes of the clocks.
      fc
        .constantFrom(
          ...[
            '06-09T13:29:50',
            '06-09T19:59:50',
            '06-12T20:59:55',
            '06-14T20:59:40',
            '06-08T23:59:50',
            '06-09T02:29:55',
          ],
          ...[
            '06-09T02:14:58',
            '05-31T23:59:50',
            '03-08T20:59:50',
            '03-06T21:59:45',
            '06-09T05:59:55',
            '06-09T00:00:00',
          ],
        )
        .map((text) => Date.parse(`2026-${text}Z`)),
    );
    const steps = fc.array(fc.oneof(fc.integer({ min: 100, max: 20_000 }), fc.constant('page' as const)), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...LIVE),
        fc.constantFrom(...CODES),
        start,
        steps,
        (symbol, [timeframe, code], now, script) => {
          const clock = new SteppedClock(now);
          const { market, client } = PracticeClient.on(clock);
          const chart = new Chart();
          const watch = (messages: Message[]) => {
            for (const message of messages) chart.take(message);
          };
          watch(client.open(symbol, code, 3));
          for (const step of script) {
            if (step === 'page') client.call('request_more_data', 'cs_1', 'sds_1', 2);
            else clock.advance(step);
            clock.advance(0);
          }
          // Up to an update, five seconds at the most.
          clock.advance(5000 - (clock.now() % 5000));
          watch(client.take());
          const oldest = (chart.values()[0]?.[0] as number) * 1000;
          assert.deepEqual(chart.values(), truth(market, symbol, timeframe, oldest, clock.now() + 1));
          const again = new Chart();
          for (const message of new PracticeClient(market, clock).open(symbol, code, chart.bars.size))
            again.take(message);
          assert.deepEqual(again.values(), chart.values());
          client.end();
        },
      ),
      { numRuns: 400 },
    );
  });

  it('goes up by one place with each candle, by du or now and then by timescale_update', () => {
    const clock = new SteppedClock(Date.UTC(2026, 5, 9, 14));
    const { client } = PracticeClient.on(clock);
    client.open('BINANCE:ETHUSDT', '5S', 10);
    clock.advance(10 * 60_000);
    const begun = new Map<number, string>();
    let newest = 9;
    for (const { m, p } of client.take()) {
      for (const { i } of p[1].sds_1?.s ?? []) {
        assert.ok(i === newest || i === newest + 1, `${i} after ${newest}`);
        if (i > newest) begun.set(i, m);
        newest = i;
      }
    }
    assert.equal(newest, 9 + 120);
    const byTimescale = [...begun.values()].filter((method) => method === 'timescale_update').length;
    assert.ok(byTimescale > 10 && byTimescale < 50, `${byTimescale} of 120`);
  });

  it('brings each second something of a cryptocurrency, and only every five of one that is slow', () => {
    const clock = new SteppedClock(Date.UTC(2026, 5, 9, 14, 0, 0, 500));
    const { client } = PracticeClient.on(clock);
    client.open('BINANCE:BTCUSDT', '1', 10, 'cs_1');
    client.open('COINBASE:LTCUSD', '1', 10, 'cs_2');
    const updates = new Map<string, number[]>([
      ['cs_1', []],
      ['cs_2', []],
    ]);
    for (let second = 1; second <= 30; second++) {
      clock.advance(1000);
      for (const { m, p } of client.take()) if (m === 'du') updates.get(p[0])?.push(second);
    }
    assert.equal(updates.get('cs_1')?.length, 30);
    assert.deepEqual(updates.get('cs_2'), [5, 10, 15, 20, 25, 30]);
  });

  it('gives a slow symbol the last values of a candle with the first of the next', () => {
    const clock = new SteppedClock(Date.UTC(2026, 5, 9, 14, 0, 57));
    const { market, client } = PracticeClient.on(clock);
    const chart = new Chart();
    for (const message of client.open('COINBASE:LTCUSD', '1', 2)) chart.take(message);
    clock.advance(3000);
    for (const message of client.take()) chart.take(message);
    const from = Date.UTC(2026, 5, 9, 13, 59);
    assert.deepEqual(chart.values(), truth(market, 'COINBASE:LTCUSD', '1m', from, clock.now() + 1));
  });

  it('is silent while the market is closed, and begins a new candle as it opens', () => {
    const clock = new SteppedClock(Date.UTC(2026, 5, 12, 19, 59, 50));
    const { client } = PracticeClient.on(clock);
    client.open('NASDAQ:AAPL', '1', 10);
    clock.advance(10_000);
    assert.ok(client.take().length > 0);
    clock.advance(Date.UTC(2026, 5, 15, 13, 30) - clock.now() - 1);
    assert.deepEqual(client.take(), []);
    clock.advance(1);
    const part = client.take().find(({ p }) => p[1].sds_1)?.p[1].sds_1;
    assert.deepEqual([part.s.length, part.s[0].i, part.s[0].v[0]], [1, 10, Date.UTC(2026, 5, 15, 13, 30) / 1000]);
    assert.equal(part.lbs.bar_close_time, Date.UTC(2026, 5, 15, 13, 31) / 1000);
  });

  it('goes on where it was when the process has slept', () => {
    const now = Date.UTC(2026, 5, 9, 14, 0, 20);
    let slept = 0;
    const inner = new SteppedClock(now);
    const clock = { now: () => inner.now() + slept, after: (ms: number, run: () => void) => inner.after(ms, run) };
    const market = new PracticeMarket({ clock });
    const client = new PracticeClient(market, inner);
    const chart = new Chart();
    for (const message of client.open('BINANCE:BTCUSDT', '5S', 10)) chart.take(message);
    slept = 30_000;
    inner.advance(1000);
    for (const message of client.take()) chart.take(message);
    assert.deepEqual(chart.values(), truth(market, 'BINANCE:BTCUSDT', '5s', now - 45_000, clock.now() + 1));
    assert.equal(client.closed, undefined);
    client.end();
  });
});
