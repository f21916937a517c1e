import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  BollingerBands,
  Ema,
  type Indicator,
  Macd,
  movingAverage,
  PRICE_SOURCES,
  priceOf,
  Rma,
  Rsi,
  Sma,
  Volume,
  Vwma,
  Wma,
} from '../../src/indicators/index';
import { definitions } from './definitions';

type Formula = Indicator<[value: number, volume?: number | null], unknown>;

const FORMULAS: [
  name: string,
  make: (length: number) => Formula,
  define: (values: readonly number[], length: number, volumes: readonly number[]) => unknown,
][] = [
  ['SMA', (length) => new Sma(length), definitions.sma],
  ['EMA', (length) => new Ema(length), definitions.ema],
  ['RMA', (length) => new Rma(length), definitions.rma],
  ['WMA', (length) => new Wma(length), definitions.wma],
  ['VWMA', (length) => new Vwma(length), definitions.vwma],
  ['RSI', (length) => new Rsi(length), definitions.rsi],
  ['MACD', (length) => new Macd({ fast: length, slow: length + 3, signal: 2 }), definitions.macd],
  ['Bollinger Bands', (length) => new BollingerBands({ length }), definitions.bands],
  ['Volume', (length) => new Volume(length), definitions.volume],
];

/** Equal to 1e-9 of the largest number that went in, value by value. */
function assertClose(actual: unknown, expected: unknown, scale: number): void {
  if (typeof actual === 'number' && typeof expected === 'number') {
    assert.ok(Math.abs(actual - expected) <= 1e-9 * scale, `${actual} instead of ${expected}`);
  } else if (typeof actual === 'object' && actual !== null && typeof expected === 'object' && expected !== null) {
    assert.deepEqual(Object.keys(actual).sort(), Object.keys(expected).sort());
    for (const [key, value] of Object.entries(actual)) {
      assertClose(value, (expected as Record<string, unknown>)[key], scale);
    }
  } else {
    assert.deepEqual(actual, expected);
  }
}

describe('indicators while a candle forms', () => {
  const step = fc.record({
    value: fc.double({ min: 0.01, max: 100_000, noNaN: true }),
    volume: fc.double({ min: 0.01, max: 1e9, noNaN: true }),
    replace: fc.boolean(),
  });

  for (const [name, make, define] of FORMULAS) {
    it(`${name}: corrections leave no trace`, () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 8 }),
          fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }),
          (length, steps) => {
            const indicator = make(length);
            const values: number[] = [];
            const volumes: number[] = [];
            for (const { value, volume, replace } of steps) {
              if (replace && values.length > 0) {
                indicator.replaceLast(value, volume);
                values.pop();
                volumes.pop();
              } else {
                indicator.add(value, volume);
              }
              values.push(value);
              volumes.push(volume);
              const scale = name === 'RSI' ? 100 : 100_000;
              assertClose(indicator.value, define(values, length, volumes), scale);
            }
          },
        ),
        { numRuns: 200 },
      );
    });

    it(`${name}: refuses what cannot be`, () => {
      for (const length of [0, -1, 1.5, Number.NaN]) assert.throws(() => make(length), /whole number from 1/);
      assert.throws(() => make(3).replaceLast(1), /no value yet/);
    });
  }

  it('a huge value leaves no trace once it is out of the window', () => {
    const sma = new Sma(2);
    for (const value of [1e16, 1, 0.25, 0.5]) sma.add(value);
    assert.equal(sma.value, 0.375);
  });

  it('prices are taken from a bar by TradingView’s names', () => {
    const bar = { open: 1, high: 8, low: 2, close: 5 };
    assert.deepEqual(
      PRICE_SOURCES.map((source) => [source, priceOf(bar, source)]),
      [
        ['open', 1],
        ['high', 8],
        ['low', 2],
        ['close', 5],
        ['hl2', 5],
        ['hlc3', 5],
        ['hlcc4', 5],
        ['ohlc4', 4],
      ],
    );
    assert.ok(movingAverage('EMA', 3) instanceof Ema);
  });
});
