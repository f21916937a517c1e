import { isTimeframe, type Timeframe, timeframeLength } from '../market/timeframe';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long the candles of a series are: a fixed length within the trading session, or whole trading days. */
export type Resolution =
  | { kind: 'intraday'; length: number; seconds: boolean }
  | { kind: 'day' }
  | { kind: 'week' }
  | { kind: 'month' };

/** Why a resolution that exists is not given, in the words of the wire. */
export type Refusal = 'custom_resolution' | 'ticks_not_entitled' | 'resolution_not_entitled';

// What a browser offers without a paid plan; other numbers of minutes are "custom".
const MINUTES = new Set([1, 3, 5, 10, 15, 30, 45, 60, 120, 180, 240, 360, 480, 720]);
const SECONDS = new Set([1, 5, 10, 15, 30, 45]);

/**
 * Reads a resolution as it stands on the wire: minutes without a letter (`15`), `30S`, `4H`, `1D` or `D`, `1W`, `1M`.
 * @returns a refusal for what exists but takes a paid plan, undefined for what does not exist
 */
export function parseResolution(code: string): Resolution | Refusal | undefined {
  const match = /^([1-9]\d{0,4})?([SHDWMTR])?$/.exec(code);
  if (!match || code === '') return undefined;
  const unit = match[2];
  if (!match[1] && unit !== 'D' && unit !== 'W' && unit !== 'M') return undefined;
  const count = Number(match[1] ?? 1);
  switch (unit) {
    case 'S':
      return SECONDS.has(count) ? { kind: 'intraday', length: count * SECOND, seconds: true } : 'custom_resolution';
    case 'T':
      return 'ticks_not_entitled';
    case 'R':
      return 'resolution_not_entitled';
    case 'D':
      return count === 1 ? { kind: 'day' } : 'custom_resolution';
    case 'W':
      return count === 1 ? { kind: 'week' } : 'custom_resolution';
    case 'M':
      return count === 1 ? { kind: 'month' } : 'custom_resolution';
    default: {
      const minutes = unit === 'H' ? count * 60 : count;
      if (minutes > 1440) return undefined;
      return MINUTES.has(minutes)
        ? { kind: 'intraday', length: minutes * MINUTE, seconds: false }
        : 'custom_resolution';
    }
  }
}

/** The resolution of a timeframe as this library writes it (`1m` minute, `1M` month). */
export function resolutionOf(timeframe: Timeframe): Resolution {
  if (!isTimeframe(timeframe)) throw new RangeError(`unknown timeframe: ${String(timeframe)}`);
  if (timeframe === '1d') return { kind: 'day' };
  if (timeframe === '1w') return { kind: 'week' };
  if (timeframe === '1M') return { kind: 'month' };
  const length = timeframeLength(timeframe);
  return { kind: 'intraday', length, seconds: length < MINUTE };
}

export function sameResolution(a: Resolution, b: Resolution): boolean {
  return a.kind === b.kind && usualLength(a) === usualLength(b);
}

/** About how long a candle is, in milliseconds. */
export function usualLength(resolution: Resolution): number {
  if (resolution.kind === 'intraday') return resolution.length;
  return { day: 24, week: 7 * 24, month: 30 * 24 }[resolution.kind] * HOUR;
}
