import { Random } from '../../../src/simulator/random';
import type { NewestBar, Opening } from './opening';
import { candleValue } from './plan';
import type { Made } from './quote-packets';

/** Updates of the newest bar of a series, with the values of the study on it where there is one. Each moves what counts. */
export class CandlePackets {
  readonly #random = new Random(11);
  readonly #opening: Opening;
  readonly #bar: NewestBar;
  #made = 0;

  constructor(opening: Opening) {
    if (!opening.bar) throw new Error('the client has opened no series');
    this.#opening = opening;
    this.#bar = opening.bar;
  }

  next(): Made {
    const { chartSession, series, study } = this.#opening;
    const close = 60_000 + (this.#made++ % 1000) + Math.floor(this.#random.next() * 4) / 4 + 0.12890625;
    const high = 62_000 + Math.floor(this.#random.next() * 1000);
    const parts = `${JSON.stringify(series)}:${this.#series(close, high)}${study ? `,"${study}":${this.#study(close)}` : ''}`;
    const value = study ? plotOf(close) : candleValue(high, close);
    const payload = `{"m":"du","p":["${chartSession}",{${parts}}]}`;
    return { payload, apply: () => ({ whole: value, part: value }) };
  }

  /** Times and prices are written with a decimal point, as upstream writes them. */
  #series(close: number, high: number): string {
    const { place, time, closeTime } = this.#bar;
    const volume = (100_000 + this.#random.next() * 800_000).toFixed(8);
    const values = `${time}.0,59875.1258734,${high}.0,58125.3756218,${close},${volume}`;
    const rest = `"ns":{"d":"","indexes":"nochange"},"t":"${this.#opening.turnaround}","lbs":{"bar_close_time":${closeTime}}`;
    return `{"s":[{"i":${place},"v":[${values}]}],${rest}}`;
  }

  #study(close: number): string {
    const { place, time } = this.#bar;
    const [, ...others] = this.#opening.studyValues;
    const values = [`${time}.0`, plotOf(close), ...others.map((value) => (value >= 1e100 ? '1e+100' : value))];
    return `{"st":[{"i":${place},"v":[${values}]}],"ns":{"d":"","indexes":"nochange"},"t":"${this.#opening.studyTurnaround}"}`;
  }
}

/** The first plot of the study: it follows the price. */
function plotOf(close: number): number {
  return Number((close / 1000).toFixed(9));
}
