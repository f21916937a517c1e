import assert from 'node:assert/strict';
import type { IndicatorItem } from '../../src/market/indicator';
import type { Timeframe } from '../../src/market/timeframe';
import type { PracticeMarket } from '../../src/simulator/practice-market';

/** So many candles before the one in question settle any average, up to 1e-9 of it. */
const LONG_AGO = 600;

type Line = (number | null)[];

/** By plot title. */
export type Values = Record<string, number | null>;

/** An exponential average that begins with the mean of the first `length` values, each new one counting `part`. */
function exponential(values: Line, length: number, part: number): Line {
  let average: number | null = null;
  const first: number[] = [];
  return values.map((value) => {
    if (value === null) return null;
    if (average !== null) average += part * (value - average);
    else if (first.push(value) === length) average = first.reduce((sum, one) => sum + one, 0) / length;
    return average;
  });
}

const ema = (values: Line, length: number) => exponential(values, length, 2 / (length + 1));
const less = (a: Line, b: Line) =>
  a.map((value, n) => (value === null || b[n] == null ? null : value - (b[n] as number)));

/** Relative strength index after Wilder. */
export function rsi(closes: readonly number[], length = 14): Line {
  const moves = closes.slice(1).map((close, n) => close - (closes[n] as number));
  const average = (part: (move: number) => number) => exponential(moves.map(part), length, 1 / length);
  const [gains, losses] = [average((move) => Math.max(move, 0)), average((move) => Math.max(-move, 0))];
  const line = gains.map((gain, n) => {
    const loss = losses[n];
    if (gain === null || loss == null) return null;
    return loss === 0 ? 100 : 100 - 100 / (1 + gain / loss);
  });
  return [null, ...line];
}

/** Moving average convergence/divergence after Appel: 12, 26, 9. */
export function macd(closes: readonly number[]): { macd: Line; signal: Line; histogram: Line } {
  const line = less(ema([...closes], 12), ema([...closes], 26));
  const signal = ema(line, 9);
  return { macd: line, signal, histogram: less(line, signal) };
}

/** What an indicator of the practice market is at a candle, computed in the test alone. */
export class IndicatorTruth {
  readonly #market: Pick<PracticeMarket, 'candles'>;
  readonly #symbol: string;
  readonly #timeframe: Timeframe;
  readonly #long: number;

  /** @param length of the timeframe, milliseconds; the market trades around the clock */
  constructor(market: Pick<PracticeMarket, 'candles'>, symbol: string, timeframe: Timeframe, length: number) {
    this.#market = market;
    this.#symbol = symbol;
    this.#timeframe = timeframe;
    this.#long = LONG_AGO * length;
  }

  rsi(timestamp: number, length = 14): Values {
    return this.#last(this.all('rsi', timestamp, timestamp + 1, length));
  }

  macd(timestamp: number): Values {
    return this.#last(this.all('macd', timestamp, timestamp + 1));
  }

  /** By open time, of all candles in `[from, to)`. */
  all(what: 'rsi' | 'macd', from: number, to: number, length = 14): Map<number, Values> {
    const candles = this.#market.candles(this.#symbol, this.#timeframe, from - this.#long, to);
    const closes = candles.map(({ close }) => close);
    const lines: Record<string, Line> = what === 'rsi' ? { RSI: rsi(closes, length) } : macdLines(closes);
    const at = (n: number) =>
      Object.fromEntries(Object.entries(lines).map(([title, line]) => [title, line[n] ?? null]));
    return new Map(candles.flatMap(({ time }, n) => (time >= from ? [[time, at(n)] as const] : [])));
  }

  #last(values: Map<number, Values>): Values {
    return [...values.values()].at(-1) ?? {};
  }
}

function macdLines(closes: readonly number[]): Record<string, Line> {
  const lines = macd(closes);
  return { Histogram: lines.histogram, MACD: lines.macd, Signal: lines.signal };
}

/** Values that are there on both sides, to 1e-9. */
export function assertValues(item: IndicatorItem, truth: Values): void {
  for (const [title, value] of Object.entries(truth)) {
    const told = item.values[title];
    assert.ok(typeof told === 'number' && value !== null, `${title} at ${new Date(item.timestamp).toISOString()}`);
    assert.ok(Math.abs(told - value) < 1e-9, `${title}: ${told} instead of ${value}`);
  }
}
