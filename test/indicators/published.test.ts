import assert from 'node:assert/strict';
import {
  BollingerBands,
  Ema,
  type Indicator,
  Macd,
  Rma,
  Rsi,
  Sma,
  Volume,
  Vwma,
  Wma,
} from '../../src/indicators/index';

function run<Output>(indicator: Indicator<[value: number], Output>, values: readonly number[]): (Output | null)[] {
  return values.map((value) => {
    indicator.add(value);
    return indicator.value;
  });
}

/** As published; null while there was nothing. */
function assertPublished(
  values: readonly (number | null)[],
  warmUp: number,
  published: readonly number[],
  within = 0.0051,
) {
  assert.deepEqual(values.slice(0, warmUp), Array(warmUp).fill(null));
  for (const [at, expected] of published.entries()) {
    const value = values[warmUp + at] as number;
    assert.ok(Math.abs(value - expected) <= within, `value ${at}: ${value} instead of ${expected}`);
  }
}

/** StockCharts ChartSchool, "Moving Averages - Simple and Exponential": Intel, 10 days. */
const INTEL = [
  22.2734, 22.194, 22.0847, 22.1741, 22.184, 22.1344, 22.2337, 22.4323, 22.2436, 22.2933, 22.1542, 22.3926, 22.3816,
  22.6109, 23.3558, 24.0519, 23.753, 23.8324, 23.9516, 23.6338, 23.8225, 23.8722, 23.6537, 23.187, 23.0976, 23.326,
  22.6805, 23.0976, 22.4025, 22.1725,
];
/** StockCharts ChartSchool, "Relative Strength Index (RSI)": QQQQ, 14 days, after Wilder. */
const QQQQ = [
  44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931, 46.0328, 45.614,
  46.282, 46.282, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439, 46.2122, 46.2521, 45.7137, 46.4515, 45.7835, 45.3548,
  44.0288, 44.1783, 44.2181, 44.5672, 43.4205, 42.6628, 43.1314,
];
/** StockCharts ChartSchool, "Bollinger Bands": 20 days, 2 standard deviations. The prices are published rounded, to 0.005. */
const BANDS = [
  86.16, 89.09, 88.78, 90.32, 89.07, 91.15, 89.44, 89.18, 86.93, 87.68, 86.96, 89.43, 89.32, 88.72, 87.45, 87.26, 89.5,
  87.9, 89.13, 90.7, 92.9, 92.98, 91.8, 92.66, 92.68, 92.3, 92.77, 92.54, 92.95, 93.2, 91.07, 89.83, 89.74, 90.4, 90.74,
  88.02, 88.09, 88.84, 90.78, 90.54, 91.39, 90.65,
];
/** InvestExcel, "How to Calculate MACD in Excel": Apple, 2013, 12, 26 and 9 days. */
const APPLE = [
  459.99, 448.85, 446.06, 450.81, 442.8, 448.97, 444.57, 441.4, 430.47, 420.05, 431.14, 425.66, 430.58, 431.72, 437.87,
  428.43, 428.35, 432.5, 443.66, 455.72, 454.49, 452.08, 452.73, 461.91, 463.58, 461.14, 452.08, 442.66, 428.91, 429.79,
  431.99, 427.72, 423.2, 426.21, 426.98, 435.69, 434.33, 429.8, 419.85, 426.24, 402.8, 392.05, 390.53, 398.67, 406.13,
  405.46, 408.38, 417.2, 430.12, 442.78, 439.29, 445.52, 449.98, 460.71, 458.66, 463.84, 456.77, 452.97, 454.74, 443.86,
  428.85, 434.58, 433.26, 442.93, 439.66, 441.35,
];

describe('indicators against published values', () => {
  it('SMA: StockCharts', () => {
    const published = [
      22.22, 22.21, 22.23, 22.26, 22.31, 22.42, 22.61, 22.77, 22.91, 23.08, 23.21, 23.38, 23.53, 23.65, 23.71, 23.69,
      23.61, 23.51, 23.43, 23.28, 23.13,
    ];
    assertPublished(run(new Sma(10), INTEL), 9, published);
  });

  it('EMA, which begins as an SMA: StockCharts', () => {
    const published = [
      22.22, 22.21, 22.24, 22.27, 22.33, 22.52, 22.8, 22.97, 23.13, 23.28, 23.34, 23.43, 23.51, 23.54, 23.47, 23.4,
      23.39, 23.26, 23.23, 23.08, 22.92,
    ];
    assertPublished(run(new Ema(10), INTEL), 9, published);
  });

  it('RSI: StockCharts, after Wilder', () => {
    const published = [
      70.53, 66.32, 66.55, 69.41, 66.36, 57.97, 62.93, 63.26, 56.06, 62.38, 54.71, 50.42, 39.99, 41.46, 41.87, 45.46,
      37.3, 33.08, 37.77,
    ];
    assertPublished(run(new Rsi(14), QQQQ), 14, published);
  });

  it('Bollinger Bands: StockCharts', () => {
    const values = run(new BollingerBands(), BANDS);
    const basis = [88.71, 89.05, 89.24, 89.39, 89.51, 89.69, 89.75, 89.91, 90.08, 90.38, 90.66, 90.86, 90.88];
    const upper = [91.29, 91.95, 92.61, 92.93, 93.31, 93.73, 93.9, 94.27, 94.57, 94.79, 95.04, 94.91, 94.9];
    const lower = [86.12, 86.14, 85.87, 85.85, 85.7, 85.65, 85.59, 85.56, 85.6, 85.98, 86.27, 86.82, 86.87];
    assertPublished(
      values.map((value) => value?.basis ?? null),
      19,
      basis,
      0.01,
    );
    assertPublished(
      values.map((value) => value?.upper ?? null),
      19,
      upper,
      0.01,
    );
    assertPublished(
      values.map((value) => value?.lower ?? null),
      19,
      lower,
      0.01,
    );
  });

  it('MACD: InvestExcel', () => {
    const values = run(new Macd(), APPLE);
    assertPublished(
      values.map((value) => value?.macd ?? null),
      25,
      [8.27527, 7.703378, 6.416075, 4.23752, 2.552583, 1.378886, 0.102981, -1.258402],
      0.51e-6,
    );
    assertPublished(
      values.map((value) => value?.signal ?? null),
      33,
      [3.037526, 1.905652, 1.058708, 0.41064, -0.152013, -0.790035, -1.3381, -2.171975],
      0.51e-6,
    );
    const last = values.at(-1);
    assert.equal(last?.histogram, (last?.macd ?? 0) - (last?.signal ?? 0));
  });

  it('Wilder’s average moves by one part in its length', () => {
    assert.deepEqual(run(new Rma(4), [1, 2, 3, 6, 7, 3]), [null, null, null, 3, 4, 3.75]);
  });

  it('the weighted averages, by hand', () => {
    assert.deepEqual(run(new Wma(3), [1, 2, 6, 3]), [null, null, (1 + 4 + 18) / 6, (2 + 12 + 9) / 6]);
    const vwma = new Vwma(2);
    vwma.add(10, 1);
    vwma.add(20, 3);
    assert.equal(vwma.value, 17.5);
    vwma.replaceLast(20, 0);
    assert.equal(vwma.value, 10);
    vwma.add(5, null);
    assert.equal(vwma.value, null);
  });

  it('the volume and its average', () => {
    const volume = new Volume(2);
    volume.add(4);
    assert.deepEqual(volume.value, { volume: 4, average: null });
    volume.add(8);
    volume.replaceLast(6);
    assert.deepEqual(volume.value, { volume: 6, average: 5 });
    volume.add(null);
    assert.equal(volume.value, null);
  });

  it('a price that does not move', () => {
    const flat = Array(40).fill(5);
    assert.equal(run(new Rsi(), flat).at(-1), 100);
    assert.deepEqual(run(new BollingerBands(), flat).at(-1), { basis: 5, upper: 5, lower: 5 });
    assert.deepEqual(run(new Macd(), flat).at(-1), { macd: 0, signal: 0, histogram: 0 });
  });
});
