import { timeframeLength } from '../../../src/market/timeframe';
import type { Practice } from '../practice-client';
import type { Chronicle } from './chronicle';
import { delayOf } from './hours';
import type { Recorder } from './recorder';

/** Changes the practice market's past and future where somebody is listening, and writes it down. */
export class Amender {
  readonly #practice: Practice;
  readonly #chronicle: Chronicle;
  /** Open times of candles that will never be, by series. */
  readonly #holes = new Map<string, number[]>();
  #value = 0;

  constructor(practice: Practice, chronicle: Chronicle) {
    this.#practice = practice;
    this.#chronicle = chronicle;
  }

  /** The n-th closed candle, counted back from the newest, has other values from now on. */
  correct({ symbol, timeframe }: Recorder, back: number): void {
    const { market } = this.#practice;
    const upTo = this.#now(symbol);
    const from = upTo - (back + 3) * timeframeLength(timeframe);
    const bar = market
      .candles(symbol, timeframe, from, upTo)
      .filter(({ time }) => (market.closeTime(symbol, timeframe, time) ?? upTo) <= upTo)
      .at(-back);
    if (!bar) return;
    this.#value++;
    market.faults.correct(symbol, timeframe, bar.time, { close: bar.close * (1 + this.#value / 1_000) });
    this.#note({ symbol, timeframe }, bar.time, bar);
  }

  /** Nothing will be traded in the n-th interval from now on. */
  leaveOut({ symbol, timeframe }: Recorder, ahead: number): void {
    const length = timeframeLength(timeframe);
    const time = (Math.floor(this.#now(symbol) / length) + ahead) * length;
    const { market } = this.#practice;
    if (!attempt(() => market.faults.leaveOut(symbol, timeframe, time))) return;
    this.#holesOf(symbol, timeframe).push(time);
  }

  /** A candle comes to be where nothing was traded: in a hole, or when the market was closed. */
  insert({ symbol, timeframe }: Recorder, back: number): void {
    const length = timeframeLength(timeframe);
    const holes = this.#holesOf(symbol, timeframe).filter((time) => time <= this.#now(symbol));
    const time = holes.at(-1) ?? (Math.floor(this.#now(symbol) / length) - back) * length;
    const { market } = this.#practice;
    this.#value++;
    const price = this.#value;
    const volume = symbol.startsWith('FX:') || symbol.startsWith('SP:') ? null : 1;
    const bar = { time, open: price, high: price, low: price, close: price, volume };
    if (!attempt(() => market.faults.insert(symbol, timeframe, bar))) return;
    this.#holes.set(key(symbol, timeframe), without(this.#holesOf(symbol, timeframe), time));
    this.#note({ symbol, timeframe }, time, null);
  }

  #note({ symbol, timeframe }: Pick<Recorder, 'symbol' | 'timeframe'>, time: number, before: Note['before']): void {
    this.#chronicle.amendments.push({ at: this.#practice.clock.now(), symbol, timeframe, time, before });
  }

  /** How far the data of a symbol have come. */
  #now(symbol: string): number {
    return this.#practice.clock.now() - delayOf(symbol);
  }

  #holesOf(symbol: string, timeframe: string): number[] {
    const holes = this.#holes.get(key(symbol, timeframe)) ?? [];
    this.#holes.set(key(symbol, timeframe), holes);
    return holes;
  }
}

type Note = Chronicle['amendments'][number];

function key(symbol: string, timeframe: string): string {
  return `${symbol} ${timeframe}`;
}

function without(times: readonly number[], time: number): number[] {
  return times.filter((other) => other !== time);
}

/** What the market cannot do leaves it as it is. */
function attempt(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
