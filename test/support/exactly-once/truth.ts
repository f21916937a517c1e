import type { Bar } from '../../../src/market/candle';
import type { Timeframe } from '../../../src/market/timeframe';
import type { PracticeMarket } from '../../../src/simulator/practice-market';
import { delayOf, instrumentOf } from './hours';

/** Who knows it. */
export type Witness = Pick<PracticeMarket, 'candles' | 'closeTime'>;

/** The candles of one series as they really are, so far as the market has come. All times are milliseconds. */
export class Truth {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly bars: readonly Bar[];
  /** How late its data are. */
  readonly delay: number;
  /** false: only the next candle tells that one is over. */
  readonly closeTimeKnown: boolean;
  readonly #market: Witness;

  /** @param from of what is needed */
  constructor(market: Witness, symbol: string, timeframe: Timeframe, from: number, now: number) {
    this.#market = market;
    this.symbol = symbol;
    this.timeframe = timeframe;
    this.bars = market.candles(symbol, timeframe, from, now + 1);
    this.delay = delayOf(symbol);
    this.closeTimeKnown = instrumentOf(symbol).closeTimeKnown;
  }

  at(time: number): Bar | undefined {
    return this.bars[this.#placeOf(time)]?.time === time ? this.bars[this.#placeOf(time)] : undefined;
  }

  /** Open times within `[from, to)`. */
  between(from: number, to: number): number[] {
    const times: number[] = [];
    for (let place = this.#placeOf(from); (this.bars[place]?.time ?? to) < to; place++) {
      times.push((this.bars[place] as Bar).time);
    }
    return times;
  }

  /** The candle after that one. */
  next(time: number): Bar | undefined {
    return this.bars[this.#placeOf(time + 1)];
  }

  closeTime(time: number): number {
    return this.#market.closeTime(this.symbol, this.timeframe, time) ?? Number.NaN;
  }

  /** Whether a candle was over, at that time by the clock of the wall. */
  isOver(time: number, at: number): boolean {
    const marketTime = at - this.delay;
    const next = this.next(time);
    return (this.closeTimeKnown && this.closeTime(time) <= marketTime) || (!!next && next.time <= marketTime);
  }

  #placeOf(time: number): number {
    let low = 0;
    let high = this.bars.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.bars[middle] as Bar).time < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
