import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Timeframe } from '../../src/market/timeframe';
import { CandleSource } from '../../src/simulator/candle-source';
import { findInstrument, INSTRUMENTS, type Instrument } from '../../src/simulator/instruments';
import type { MarketBar } from '../../src/simulator/market-bar';
import { resolutionOf } from '../../src/simulator/resolution';

const sources = new Map(INSTRUMENTS.map((one) => [one.symbol, CandleSource.of(one, 1)]));

function source(symbol: string): CandleSource {
  return sources.get(symbol) as CandleSource;
}

/** What the small candles make of a big one. */
function aggregate(bars: readonly MarketBar[], lotsPerUnit: number | null): Omit<MarketBar, 'closeTime'> {
  const [first, last] = [bars[0], bars.at(-1)] as [MarketBar, MarketBar];
  const lots = bars.reduce((sum, { volume }) => sum + Math.round((volume ?? 0) * (lotsPerUnit ?? 0)), 0);
  return {
    time: first.time,
    open: first.open,
    high: Math.max(...bars.map(({ high }) => high)),
    low: Math.min(...bars.map(({ low }) => low)),
    close: last.close,
    volume: lotsPerUnit === null ? null : lots / lotsPerUnit,
  };
}

describe('candle source', () => {
  const pairs: [Timeframe, Timeframe][] = [
    ['1s', '5s'],
    ['1s', '1m'],
    ['5s', '1m'],
    ['15s', '3m'],
    ['1m', '45m'],
    ['1m', '1h'],
    ['5m', '4h'],
    ['15m', '1d'],
    ['1h', '1d'],
    ['30m', '1w'],
    ['1d', '1w'],
    ['1d', '1M'],
  ];
  const now = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) });

  it('gives every candle, forming ones too, the exact aggregation of shorter ones', () => {
    fc.assert(
      fc.property(fc.constantFrom(...INSTRUMENTS), fc.constantFrom(...pairs), now, (one, [small, big], time) => {
        for (const bar of source(one.symbol).back(resolutionOf(big), 2, time)) {
          const parts = source(one.symbol).forward(resolutionOf(small), bar.time, time, bar.closeTime);
          const { closeTime, ...values } = bar;
          assert.deepEqual(aggregate(parts, one.lotsPerUnit), values);
          assert.ok((parts.at(-1) as MarketBar).closeTime <= closeTime);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('reads the same forward as back, and after a restart', () => {
    const timeframe = fc.constantFrom<Timeframe>('5s', '1m', '30m', '4h', '1d', '1w');
    fc.assert(
      fc.property(fc.constantFrom(...INSTRUMENTS), timeframe, now, (one, text, time) => {
        const bars = source(one.symbol).back(resolutionOf(text), 20, time);
        assert.equal(bars.length, 20);
        const again = CandleSource.of(one, 1).forward(resolutionOf(text), bars[0]?.time ?? 0, time);
        assert.deepEqual(again, bars);
      }),
      { numRuns: 100 },
    );
  });

  it('shows a candle from its first second on, with its last values before it closes', () => {
    const open = Date.UTC(2026, 5, 9, 14, 3);
    const btc = source('BINANCE:BTCUSDT');
    const newest = (time: number) => btc.back(resolutionOf('1m'), 1, time)[0];
    assert.equal(newest(open - 1)?.time, open - 60_000);
    assert.equal(newest(open)?.time, open);
    assert.equal(newest(open)?.closeTime, open + 60_000);
    assert.notDeepEqual(newest(open + 58_999), newest(open + 59_000));
    assert.deepEqual(newest(open + 59_000), newest(open + 59_999));
    assert.deepEqual(newest(open + 59_000), btc.back(resolutionOf('1m'), 2, open + 60_000)[0]);
  });

  it('is behind the market where it is delayed', () => {
    const open = Date.UTC(2026, 5, 9, 2, 0);
    const bank = source('HOSE:VCB');
    assert.equal(bank.back(resolutionOf('1m'), 1, open + 900_000 - 1)[0]?.time, Date.UTC(2026, 5, 8, 7, 59));
    assert.equal(bank.back(resolutionOf('1m'), 1, open + 900_000)[0]?.time, open);
  });

  it('rounds prices to the steps of the symbol, and has no volume where there is none', () => {
    const time = Date.UTC(2026, 5, 9, 5, 0);
    for (const one of INSTRUMENTS) {
      const bars = source(one.symbol).back(resolutionOf('1d'), 50, time);
      for (const { open, high, low, close, volume } of bars) {
        for (const price of [open, high, low, close]) {
          const steps = (price * one.pricescale) / one.minmov;
          assert.ok(price > 0 && Math.abs(steps - Math.round(steps)) < 1e-6, `${one.symbol}: ${price}`);
        }
        assert.ok(low <= Math.min(open, close) && high >= Math.max(open, close));
        assert.equal(volume === null, one.lotsPerUnit === null);
        assert.ok(volume === null || volume > 0);
      }
    }
  });

  it('adds the hours before and after the session on demand', () => {
    const apple = findInstrument('NASDAQ:AAPL') as Instrument;
    const time = Date.UTC(2026, 5, 9, 22, 30);
    const [bar] = CandleSource.of(apple, 1, 'extended').back(resolutionOf('1h'), 1, time);
    assert.equal(bar?.time, Date.UTC(2026, 5, 9, 22));
    assert.equal(source('NASDAQ:AAPL').back(resolutionOf('1h'), 1, time)[0]?.time, Date.UTC(2026, 5, 9, 19, 30));
  });

  it('gives one Bitcoin one price', () => {
    const time = Date.UTC(2026, 5, 9, 22, 30);
    const [spot] = source('BINANCE:BTCUSDT').back(resolutionOf('1d'), 1, time);
    const [swap] = source('BYBIT:BTCUSDT.P').back(resolutionOf('1d'), 1, time);
    assert.ok(spot && swap && Math.abs(spot.close - swap.close) <= 0.1);
    assert.notEqual(spot.volume, swap.volume);
  });
});
