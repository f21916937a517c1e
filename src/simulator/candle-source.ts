import type { Bar } from '../market/candle';
import { type Amended, Amendments } from './amendments';
import { type Instrument, toTick } from './instruments';
import type { MarketBar } from './market-bar';
import { join, type Prices, type Trades } from './price-model';
import type { Resolution } from './resolution';
import { pricesOf } from './spread-prices';
import { type Interval, TradingCalendar } from './trading-calendar';

const SECOND = 1000;

/**
 * The candles of one symbol. The trades of a second are all made at its start: a candle is there from the moment it opens,
 * and has its last values a second before it closes.
 */
export class CandleSource {
  readonly instrument: Instrument;
  /** What was changed after the event. */
  readonly amendments = new Amendments();
  readonly #hours: TradingCalendar;
  readonly #prices: Prices;

  constructor(instrument: Instrument, hours: TradingCalendar, prices: Prices) {
    this.instrument = instrument;
    this.#hours = hours;
    this.#prices = prices;
  }

  /** @param session `extended` counts only where the symbol has such hours */
  static of(instrument: Instrument, seed: number, session: 'regular' | 'extended' = 'regular'): CandleSource {
    const extended = session === 'extended' && instrument.extendedSession;
    const hours = new TradingCalendar(extended ? { ...instrument.hours, session: extended } : instrument.hours);
    return new CandleSource(instrument, hours, pricesOf(instrument, seed));
  }

  /** The newest `count` bars that open before `before`, as they are at `now`, oldest first; fewer where trading began later. */
  back(resolution: Resolution, count: number, now: number, before = Number.POSITIVE_INFINITY): MarketBar[] {
    const until = this.shownUntil(now);
    const amended = this.amendments.of(resolution);
    const bars: MarketBar[] = [];
    let interval = this.#hours.before(resolution, Math.min(before, until));
    while (interval && bars.length < count) {
      const bar = this.#bar(interval, until, amended);
      if (bar) bars.push(bar);
      interval = this.#hours.before(resolution, interval.open);
    }
    const all = withExtra(bars.reverse(), amended, Number.NEGATIVE_INFINITY, Math.min(before, until));
    return all.slice(Math.max(0, all.length - count));
  }

  /** The bars that open in `[from, to)`, as they are at `now`, oldest first. */
  forward(resolution: Resolution, from: number, now: number, to = Number.POSITIVE_INFINITY): MarketBar[] {
    const until = this.shownUntil(now);
    const end = Math.min(until, to);
    const amended = this.amendments.of(resolution);
    const bars: MarketBar[] = [];
    let interval = this.#hours.after(resolution, from);
    while (interval && interval.open < end) {
      const bar = this.#bar(interval, until, amended);
      if (bar) bars.push(bar);
      interval = this.#hours.after(resolution, interval.open + 1);
    }
    return withExtra(bars, amended, from, end);
  }

  /** The open times of the next `count` bars that have not begun yet. */
  future(resolution: Resolution, count: number, now: number): number[] {
    const times: number[] = [];
    let interval = this.#hours.after(resolution, this.shownUntil(now));
    while (interval && times.length < count) {
      times.push(interval.open);
      interval = this.#hours.after(resolution, interval.open + 1);
    }
    return times;
  }

  /** Whether an interval of the trading hours opens at exactly that time. */
  opens(resolution: Resolution, time: number): boolean {
    return this.#hours.after(resolution, time)?.open === time;
  }

  /** The end of what the market shows at `now`: the second that has begun is shown. */
  shownUntil(now: number): number {
    return (Math.floor(now / SECOND) + 1 - this.instrument.delay) * SECOND;
  }

  #bar(interval: Interval, until: number, amended: Amended | undefined): MarketBar | undefined {
    const instead = amended?.usual.get(interval.open);
    if (instead !== undefined) return instead ?? undefined;
    let trades: Trades | undefined;
    for (const stretch of this.#hours.trading(interval.open, Math.min(interval.close, until))) {
      trades = join(trades, this.#prices.range(stretch.open, stretch.close));
    }
    return trades && { time: interval.open, ...this.#rounded(trades), closeTime: interval.close };
  }

  #rounded(trades: Trades): Omit<Bar, 'time'> {
    const { lotsPerUnit } = this.instrument;
    const round = (price: number) => toTick(this.instrument, price);
    return {
      open: round(trades.open),
      high: round(trades.high),
      low: round(trades.low),
      close: round(trades.close),
      volume: lotsPerUnit === null ? null : trades.lots / lotsPerUnit,
    };
  }
}

/** The bars with those that were inserted in `[from, to)`, oldest first. */
function withExtra(bars: MarketBar[], amended: Amended | undefined, from: number, to: number): MarketBar[] {
  const extra = amended?.extra.filter(({ time }) => time >= from && time < to) ?? [];
  return extra.length === 0 ? bars : [...bars, ...extra].sort((a, b) => a.time - b.time);
}
