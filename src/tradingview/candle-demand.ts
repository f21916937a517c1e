import type { Bar } from '../market/candle';
import type { CandleDelivery } from '../market/candle-delivery';
import type { CandleLoad } from '../market/candle-load';
import type { CandleSeries } from '../market/candle-series';
import { type Timeframe, timeframeLength } from '../market/timeframe';

/** What there is to be served, when a series is opened. */
export interface CandleDemand {
  timeframe: Timeframe;
  series: CandleSeries;
  deliveries: readonly CandleDelivery[];
  /** How many candles the studies need. */
  depth: number;
  /** The most closed candles that may be asked for. */
  limit: number;
  /** Market time, milliseconds since the epoch. */
  now: number;
}

/** How many bars to ask for at first: what is wanted, or what an outage may have cost, and the forming one. */
export function firstCount({ timeframe, series, deliveries, depth, limit, now }: CandleDemand): number {
  const waiting = deliveries.filter(({ started }) => !started);
  const wanted = Math.max(1, ...waiting.map((delivery) => delivery.wanted(now)));
  const { settled, history } = series;
  const owed = settled !== null && Number.isFinite(settled) ? candlesBetween(timeframe, settled, now) : 0;
  return Math.min(Math.max(wanted, owed + Math.max(history.length, depth)), limit) + 1;
}

/** How many older bars are needed beside those of a load, by guess; 0 when it suffices. @param grace milliseconds */
export function missingCount(demand: CandleDemand, load: CandleLoad, grace: number): number {
  const { timeframe, series, deliveries, depth, limit, now } = demand;
  const closed = closedBars(load, now - grace);
  const waiting = deliveries.filter(({ started }) => !started);
  const wanted = Math.max(0, ...waiting.map((delivery) => delivery.missing(closed, now)));
  const missing = Math.max(wanted, Math.min(depth, limit) - load.size);
  if (series.bridges(load)) return missing;
  const since = candlesBetween(timeframe, series.settled as number, Math.min(load.oldest, now));
  return Math.max(missing, since, 1);
}

/** By guess: a market that rests has fewer. */
function candlesBetween(timeframe: Timeframe, from: number, to: number): number {
  const count = Math.ceil((to - from) / timeframeLength(timeframe)) + 1;
  return Number.isFinite(count) ? Math.max(count, 1) : 1;
}

function closedBars(load: CandleLoad, now: number): readonly Bar[] {
  const bars = load.bars();
  const over = load.closeTime !== null && now >= load.closeTime;
  return over ? bars : bars.slice(0, -1);
}
