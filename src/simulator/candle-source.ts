import type { Bar } from '../market/candle';
import type { Instrument } from './instruments';
import { join, PriceModel, type Trades } from './price-model';
import type { Resolution } from './resolution';
import { type Interval, TradingHours } from './trading-hours';

const SECOND = 1000;

/** A bar, and when it closes. All times are milliseconds since the epoch. */
export interface MarketBar extends Bar {
  closeTime: number;
}

/**
 * The candles of one symbol. The trades of a second are all made at its start: a candle is there from the moment it opens,
 * and has its last values a second before it closes.
 */
export class CandleSource {
  readonly instrument: Instrument;
  readonly #hours: TradingHours;
  readonly #prices: PriceModel;

  constructor(instrument: Instrument, hours: TradingHours, prices: PriceModel) {
    this.instrument = instrument;
    this.#hours = hours;
    this.#prices = prices;
  }

  /** @param session `extended` counts only where the symbol has such hours */
  static of(instrument: Instrument, seed: number, session: 'regular' | 'extended' = 'regular'): CandleSource {
    const extended = session === 'extended' && instrument.extendedSession;
    const hours = new TradingHours(extended ? { ...instrument.hours, session: extended } : instrument.hours);
    return new CandleSource(
      instrument,
      hours,
      new PriceModel(seed, instrument.priceOf ?? instrument.symbol, instrument.character),
    );
  }

  /** The newest `count` bars that open before `before`, as they are at `now`, oldest first; fewer where trading began later. */
  back(resolution: Resolution, count: number, now: number, before = Number.POSITIVE_INFINITY): MarketBar[] {
    const until = this.#until(now);
    const bars: MarketBar[] = [];
    let interval = this.#hours.before(resolution, Math.min(before, until));
    while (interval && bars.length < count) {
      const bar = this.#bar(interval, until);
      if (bar) bars.push(bar);
      interval = this.#hours.before(resolution, interval.open);
    }
    return bars.reverse();
  }

  /** The bars that open in `[from, to)`, as they are at `now`, oldest first. */
  forward(resolution: Resolution, from: number, now: number, to = Number.POSITIVE_INFINITY): MarketBar[] {
    const until = this.#until(now);
    const bars: MarketBar[] = [];
    let interval = this.#hours.after(resolution, from);
    while (interval && interval.open < Math.min(until, to)) {
      const bar = this.#bar(interval, until);
      if (bar) bars.push(bar);
      interval = this.#hours.after(resolution, interval.open + 1);
    }
    return bars;
  }

  /** The open times of the next `count` bars that have not begun yet. */
  future(resolution: Resolution, count: number, now: number): number[] {
    const times: number[] = [];
    let interval = this.#hours.after(resolution, this.#until(now));
    while (interval && times.length < count) {
      times.push(interval.open);
      interval = this.#hours.after(resolution, interval.open + 1);
    }
    return times;
  }

  /** The end of what the market shows at `now`: the second that has begun is shown. */
  #until(now: number): number {
    return (Math.floor(now / SECOND) + 1 - this.instrument.delay) * SECOND;
  }

  #bar(interval: Interval, until: number): MarketBar | undefined {
    let trades: Trades | undefined;
    for (const stretch of this.#hours.trading(interval.open, Math.min(interval.close, until))) {
      trades = join(trades, this.#prices.range(stretch.open, stretch.close));
    }
    return trades && { time: interval.open, ...this.#rounded(trades), closeTime: interval.close };
  }

  /** Rounding never turns the order of two prices round, so what fits before fits after. */
  #rounded(trades: Trades): Omit<Bar, 'time'> {
    const { minmov, pricescale, lotsPerUnit } = this.instrument;
    const round = (price: number) => (Math.max(1, Math.round((price * pricescale) / minmov)) * minmov) / pricescale;
    return {
      open: round(trades.open),
      high: round(trades.high),
      low: round(trades.low),
      close: round(trades.close),
      volume: lotsPerUnit === null ? null : trades.lots / lotsPerUnit,
    };
  }
}
