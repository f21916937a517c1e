import type { Bar } from '../market/candle';
import type { CandleSource } from './candle-source';
import type { Change, MarketBar } from './market-bar';
import { type Resolution, usualLength } from './resolution';

const FIELDS = ['open', 'high', 'low', 'close', 'volume'] as const;

/** @throws RangeError where there is a candle already, or where the market has not come yet */
export function insert(source: CandleSource, resolution: Resolution, bar: Bar, now: number): MarketBar {
  const { time } = bar;
  if (!Number.isInteger(time / 1000)) throw new RangeError('a candle opens at a whole second');
  if (at(source, resolution, time, now)) throw new RangeError(`there is a candle at ${time}: correct it instead`);
  if (time >= source.shownUntil(now)) throw new RangeError(`the market has not come to ${time} yet`);
  const [next] = source.forward(resolution, time, now, time + usualLength(resolution));
  const closeTime = Math.min(time + usualLength(resolution), next?.time ?? Number.POSITIVE_INFINITY);
  const inserted = { ...checked(source, bar), closeTime };
  const { usual, extra } = source.amendments.open(resolution);
  if (usual.has(time)) usual.set(time, inserted);
  else extra.splice(extra.filter((other) => other.time < time).length, 0, inserted);
  return inserted;
}

/** @throws RangeError where there is no closed candle */
export function correct(
  source: CandleSource,
  resolution: Resolution,
  time: number,
  change: Change,
  now: number,
): MarketBar {
  const bar = at(source, resolution, time, now);
  if (!bar || bar.closeTime >= source.shownUntil(now)) throw new RangeError(`there is no closed candle at ${time}`);
  const corrected = { ...checked(source, { ...bar, ...change, time }), closeTime: bar.closeTime };
  const { usual, extra } = source.amendments.open(resolution);
  const place = extra.findIndex((other) => other.time === time);
  if (place === -1) usual.set(time, corrected);
  else extra[place] = corrected;
  return corrected;
}

/** @throws RangeError unless a candle is still to open then */
export function leaveOut(source: CandleSource, resolution: Resolution, time: number, now: number): void {
  if (time < source.shownUntil(now)) throw new RangeError(`the market has passed ${time} already`);
  if (!source.opens(resolution, time)) throw new RangeError(`no candle would open at ${time}`);
  source.amendments.open(resolution).usual.set(time, null);
}

function at(source: CandleSource, resolution: Resolution, time: number, now: number): MarketBar | undefined {
  return source.forward(resolution, time, now, time + 1)[0];
}

/** High and low give way to open and close, so that a candle stays one. */
function checked({ instrument }: CandleSource, bar: Bar): Bar {
  const { time, open, close, volume } = bar;
  for (const field of FIELDS) {
    const value = bar[field];
    if (field === 'volume' && value === null && instrument.lotsPerUnit === null) continue;
    if (
      typeof value !== 'number' ||
      !Number.isFinite(value) ||
      (field === 'volume' && instrument.lotsPerUnit === null)
    ) {
      throw new RangeError(`${JSON.stringify(value)} is no ${field} for ${instrument.symbol}`);
    }
  }
  return { time, open, high: Math.max(bar.high, open, close), low: Math.min(bar.low, open, close), close, volume };
}
