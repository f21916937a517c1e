import {
  BollingerBands,
  Macd,
  type MovingAverage,
  movingAverage,
  type PriceSource,
  priceOf,
  Rsi,
  Volume,
} from '../indicators/index';
import type { Bar } from '../market/candle';
import type { Inputs } from './study-inputs';

/** How a formula is given a bar: a new one, or the last one in another state. */
export type Feed = 'add' | 'replaceLast';

/** The values of the plots, in their order; null: no value. */
export type PlotValues = (number | null)[];

/** A study at work on the bars of a series. */
export interface StudyFormula {
  feed(how: Feed, bar: Bar): void;
  /** After the last bar. */
  plots(): PlotValues;
}

/** How upstream's scripts smooth their line: an average, and bands about it on demand. The inputs begin at `first`. */
class Smoothing {
  readonly #average: MovingAverage | undefined;
  readonly #bands: BollingerBands | undefined;

  constructor(inputs: Inputs, first: number) {
    const size = inputs.number(first + 1);
    const kind = inputs.average(first);
    if (kind) this.#average = movingAverage(kind, size);
    else if (inputs.text(first) !== 'None') {
      this.#bands = new BollingerBands({ length: size, width: inputs.number(first + 2) });
    }
  }

  feed(how: Feed, value: number, { volume }: Bar): void {
    this.#average?.[how](value, volume);
    this.#bands?.[how](value);
  }

  /** The average, the upper band, the lower band. */
  plots(): PlotValues {
    const bands = this.#bands?.value;
    return bands ? [bands.basis, bands.upper, bands.lower] : [this.#average?.value ?? null, null, null];
  }
}

/** Divergences are not looked for: their plots stay empty, as they do upstream unless they are asked for. */
export class RsiStudy implements StudyFormula {
  readonly #rsi: Rsi;
  readonly #source: PriceSource;
  readonly #smoothing: Smoothing;

  constructor(inputs: Inputs) {
    this.#rsi = new Rsi(inputs.number(0));
    this.#source = inputs.source(1);
    this.#smoothing = new Smoothing(inputs, 3);
  }

  feed(how: Feed, bar: Bar): void {
    this.#rsi[how](priceOf(bar, this.#source));
    const { value } = this.#rsi;
    if (value !== null) this.#smoothing.feed(how, value, bar);
  }

  plots(): PlotValues {
    return [this.#rsi.value, 50, ...this.#smoothing.plots(), null, null, 2, null, null, 2, null, 0, 0];
  }
}

export class MacdStudy implements StudyFormula {
  readonly #macd: Macd;
  readonly #source: PriceSource;
  /** The histogram of the bar before the last. */
  #before: number | null = null;

  constructor(inputs: Inputs) {
    this.#source = inputs.source(2);
    this.#macd = new Macd({
      fast: inputs.number(0),
      slow: inputs.number(1),
      signal: inputs.number(3),
      average: inputs.average(4) ?? 'EMA',
      signalAverage: inputs.average(5) ?? 'EMA',
    });
  }

  feed(how: Feed, bar: Bar): void {
    if (how === 'add') this.#before = this.#macd.value?.histogram ?? null;
    this.#macd[how](priceOf(bar, this.#source));
  }

  plots(): PlotValues {
    const { histogram = null, macd = null, signal = null } = this.#macd.value ?? {};
    const before = this.#before;
    const known = histogram !== null && before !== null;
    const falling = known && before >= 0 && histogram < 0;
    const rising = known && before <= 0 && histogram > 0;
    return [histogram, histogramColor(histogram, before), macd, signal, Number(falling), Number(rising)];
  }
}

/** Above zero rising or falling, below zero rising or falling. */
function histogramColor(histogram: number | null, before: number | null): number | null {
  if (histogram === null) return null;
  const rising = before !== null && before < histogram;
  return (histogram >= 0 ? 0 : 2) + (rising ? 0 : 1);
}

/** A moving average of the price, smoothed on demand. */
export class AverageStudy implements StudyFormula {
  readonly #average: MovingAverage;
  readonly #source: PriceSource;
  readonly #smoothing: Smoothing;

  constructor(kind: 'SMA' | 'EMA', inputs: Inputs) {
    this.#average = movingAverage(kind, inputs.number(0));
    this.#source = inputs.source(1);
    this.#smoothing = new Smoothing(inputs, 3);
  }

  feed(how: Feed, bar: Bar): void {
    this.#average[how](priceOf(bar, this.#source), bar.volume);
    const { value } = this.#average;
    if (value !== null) this.#smoothing.feed(how, value, bar);
  }

  plots(): PlotValues {
    return [this.#average.value, ...this.#smoothing.plots()];
  }
}

export class BollingerStudy implements StudyFormula {
  readonly #bands: BollingerBands;
  readonly #source: PriceSource;

  constructor(inputs: Inputs) {
    this.#source = inputs.source(2);
    this.#bands = new BollingerBands({
      length: inputs.number(0),
      average: inputs.average(1) ?? 'SMA',
      width: inputs.number(3),
    });
  }

  feed(how: Feed, bar: Bar): void {
    this.#bands[how](priceOf(bar, this.#source), bar.volume);
  }

  plots(): PlotValues {
    const { basis = null, upper = null, lower = null } = this.#bands.value ?? {};
    return [basis, upper, lower];
  }
}

export class VolumeStudy implements StudyFormula {
  readonly #volume: Volume;
  readonly #byPreviousClose: boolean;
  #before: Bar | undefined;
  #last: Bar | undefined;

  constructor(inputs: Inputs) {
    this.#volume = new Volume(inputs.number(0));
    this.#byPreviousClose = inputs.flag(1);
  }

  feed(how: Feed, bar: Bar): void {
    if (how === 'add') this.#before = this.#last;
    this.#last = bar;
    this.#volume[how](bar.volume);
  }

  plots(): PlotValues {
    const { volume = null, average = null } = this.#volume.value ?? {};
    return [volume, volume === null ? null : this.#color(), average];
  }

  /** 0 where the price fell, 1 where it rose. */
  #color(): number {
    const { open = 0, close = 0 } = this.#last ?? {};
    return Number(close >= (this.#byPreviousClose ? (this.#before?.close ?? open) : open));
  }
}

/** For trying things out: repeated titles, a mark, and conditions that come about often. */
export class AlertStudy implements StudyFormula {
  #last: Bar | undefined;

  feed(_: Feed, bar: Bar): void {
    this.#last = bar;
  }

  plots(): PlotValues {
    if (!this.#last) return [null, null, null, 0, 0];
    const { open, close } = this.#last;
    const middle = priceOf(this.#last, 'hl2');
    return [close, middle, close > open ? 1 : null, Number(close > open), Number(close < open)];
  }
}
