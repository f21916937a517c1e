import assert from 'node:assert/strict';
import { SteppedClock } from '../../src/market/clock';
import type { Timeframe } from '../../src/market/timeframe';
import { CandleSource } from '../../src/simulator/candle-source';
import { findInstrument, type Instrument } from '../../src/simulator/instruments';
import type { MarketBar } from '../../src/simulator/market-bar';
import { MarketTruth } from '../../src/simulator/market-truth';
import { resolutionOf } from '../../src/simulator/resolution';
import { symbolInfo } from '../../src/simulator/symbol-info';

const NOW = Date.UTC(2026, 5, 9, 15, 30, 20);
const BTC = 'BINANCE:BTCUSDT';
const ETH = 'BINANCE:ETHUSDT';
const EUR = 'FX:EURUSD';
const APPLE = 'NASDAQ:AAPL';

function bars(symbol: string, timeframe: Timeframe = '1m', count = 50, now = NOW): MarketBar[] {
  const instrument = findInstrument(symbol);
  assert.ok(instrument, symbol);
  return CandleSource.of(instrument, 1).back(resolutionOf(timeframe), count, now);
}

const near = (a: number, b: number) => Math.abs(a - b) <= 1e-6;

describe('expressions of the practice market', () => {
  const computed: [string, (a: number, b: number) => number][] = [
    ['A/B', (a, b) => a / b],
    ['A*B', (a, b) => a * b],
    ['A+B', (a, b) => a + b],
    ['B-A', (a, b) => b - a],
    ['2*A-B*3/1.5', (a, b) => 2 * a - (b * 3) / 1.5],
    ['1/A', (a) => 1 / a],
    ['A-100000', (a) => a - 100_000],
  ];
  for (const [text, compute] of computed) {
    it(`${text} opens and closes where its symbols do, and holds all that lies between`, () => {
      const name = text.replace(/[AB]/g, (leg) => (leg === 'A' ? BTC : ETH));
      for (const timeframe of ['5s', '1m', '1d'] as const) {
        const [a, b, all] = [bars(BTC, timeframe), bars(ETH, timeframe), bars(name, timeframe)];
        assert.equal(all.length, 50);
        all.forEach((bar, i) => {
          const [one, other] = [a[i] as MarketBar, b[i] as MarketBar];
          assert.equal(bar.time, one.time);
          assert.equal(bar.closeTime, one.closeTime);
          assert.ok(near(bar.open, compute(one.open, other.open)));
          assert.ok(near(bar.close, compute(one.close, other.close)));
          assert.ok(bar.low <= Math.min(bar.open, bar.close) && bar.high >= Math.max(bar.open, bar.close));
          assert.equal(bar.volume, null);
        });
      }
    });
  }

  it('are what they will be: forward, back, after a restart, and while a candle forms', () => {
    const name = `${BTC}/${ETH}`;
    const [first] = bars(name, '1m', 3);
    const again = CandleSource.of(findInstrument(name) as Instrument, 1);
    assert.deepEqual(again.forward(resolutionOf('1m'), first?.time ?? 0, NOW), bars(name, '1m', 3));
    const open = Date.UTC(2026, 5, 9, 15, 29);
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let now = open; now < open + 60_000; now += 1000) {
      const [bar] = bars(name, '1m', 1, now) as [MarketBar];
      assert.equal(bar.time, open);
      assert.ok(bar.low <= low && bar.high >= high, 'what was traded stays traded');
      [low, high] = [bar.low, bar.high];
    }
    const [second] = bars(name, '1m', 2, open + 60_000) as [MarketBar];
    assert.deepEqual([second.low, second.high], [low, high]);
  });

  it('of shorter candles lie within those of longer ones', () => {
    const [minute] = bars(`${BTC}*${ETH}`, '1m', 2) as [MarketBar];
    const parts = CandleSource.of(findInstrument(`${BTC}*${ETH}`) as Instrument, 1).forward(
      resolutionOf('5s'),
      minute.time,
      NOW,
      minute.closeTime,
    );
    assert.equal(parts.length, 12);
    assert.ok(parts.every(({ low, high }) => low >= minute.low && high <= minute.high));
    assert.equal(parts[0]?.open, minute.open);
    assert.equal(parts.at(-1)?.close, minute.close);
  });

  it('trade in the hours of the symbol that rests', () => {
    for (const name of [`${APPLE}/${BTC}`, `${BTC}/${APPLE}`]) {
      const times = (symbol: string) => bars(symbol, '1h').map(({ time }) => time);
      assert.deepEqual(times(name), times(APPLE));
    }
    const { hours } = findInstrument(`${APPLE}/${EUR}`) as Instrument;
    assert.deepEqual(hours.holidays, ['0101', '0704', '1225']);
    assert.equal(hours.listed, '1999-01-04');
  });

  it('are late, slow and paid for as their symbols are', () => {
    assert.equal(findInstrument(`${BTC}/HOSE:VCB`)?.delay, 900);
    assert.equal(findInstrument(`${BTC}/COINBASE:LTCUSD`)?.updatePeriod, 5);
    assert.equal(findInstrument(`${BTC}/BITSTAMP:XRPUSD`)?.closeTimeKnown, false);
    assert.equal(findInstrument(`${APPLE}/INDEX:NDFI`)?.intraday, false);
    assert.equal(findInstrument(`${APPLE}/ECONOMICS:USM2`)?.paidGroup, 'economics_paid');
  });

  it('say what they are made of', () => {
    const info = symbolInfo(findInstrument(`${BTC}/HOSE:VCB`) as Instrument, 'regular', NOW);
    assert.deepEqual(info.legs, [BTC, 'HOSE_DLY:VCB']);
    assert.equal(info.type, 'spread');
    assert.equal(info.pro_name, `${BTC}/HOSE:VCB`);
  });

  it('are quoted at the close of their day, without a book', () => {
    const quote = new MarketTruth(1, new SteppedClock(NOW)).quote(`${BTC}/${ETH}`);
    assert.equal(quote.lp, bars(`${BTC}/${ETH}`, '1d', 1)[0]?.close);
    assert.equal(quote.short_name, `${BTC}/${ETH}`);
    assert.deepEqual([quote.bid, quote.ask], [null, null]);
  });

  it('are unknown where a symbol of theirs is, where nothing can be computed, and where they are none', () => {
    for (const text of [`${BTC}/NOWHERE:NOTHING`, `${BTC}/0`, `${BTC}//${ETH}`, `${BTC}/`, '1/2', 'no symbol', '']) {
      assert.equal(findInstrument(text), undefined, text);
    }
  });
});
