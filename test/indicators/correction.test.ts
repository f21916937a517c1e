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

type Formula = Indicator<[value: number, volume?: number | null], unknown>;

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const newest = (values: readonly number[], count: number) => (values.length < count ? null : values.slice(-count));

/** Straight from the definition, over the whole history. */
const definitions = {
  sma(values: readonly number[], length: number): number | null {
    const last = newest(values, length);
    return last && mean(last);
  },
  exponential(values: readonly number[], length: number, part: number): number | null {
    if (values.length < length) return null;
    let average = mean(values.slice(0, length));
    for (const value of values.slice(length)) average = (1 - part) * average + part * value;
    return average;
  },
  ema: (values: readonly number[], length: number) => definitions.exponential(values, length, 2 / (length + 1)),
  rma: (values: readonly number[], length: number) => definitions.exponential(values, length, 1 / length),
  wma(values: readonly number[], length: number): number | null {
    const last = newest(values, length);
    return last && last.reduce((sum, value, at) => sum + value * (at + 1), 0) / ((length * (length + 1)) / 2);
  },
  rsi(values: readonly number[], length: number): number | null {
    const moves = values.slice(1).map((value, at) => value - (values[at] as number));
    const gain = definitions.rma(
      moves.map((move) => Math.max(0, move)),
      length,
    );
    const loss = definitions.rma(
      moves.map((move) => Math.max(0, -move)),
      length,
    );
    if (gain === null || loss === null) return null;
    return loss === 0 ? 100 : (100 * gain) / (gain + loss);
  },
  macd(values: readonly number[], length: number) {
    const line = values.map((_, at) => {
      const until = values.slice(0, at + 1);
      const fast = definitions.ema(until, length);
      const slow = definitions.ema(until, length + 3);
      return fast === null || slow === null ? null : fast - slow;
    });
    const macd = line.at(-1) ?? null;
    if (macd === null) return null;
    const signal = definitions.ema(
      line.filter((value) => value !== null),
      2,
    );
    return { macd, signal, histogram: signal === null ? null : macd - signal };
  },
  bands(values: readonly number[], length: number) {
    const last = newest(values, length);
    if (!last) return null;
    const basis = mean(last);
    const distance = 2 * Math.sqrt(mean(last.map((value) => (value - basis) ** 2)));
    return { basis, upper: basis + distance, lower: basis - distance };
  },
  vwma(values: readonly number[], length: number, volumes: readonly number[]): number | null {
    const last = newest(values, length);
    const weights = newest(volumes, length);
    return last && weights && mean(last.map((value, at) => value * (weights[at] as number))) / mean(weights);
  },
  volume(values: readonly number[], length: number) {
    return { volume: values.at(-1), average: definitions.sma(values, length) };
  },
};

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
          fc.array(step, { minLength: 1, maxLength: 60 }),
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
