const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** All timeframes, shortest first, with their length in milliseconds; months differ, so theirs is the longest one's. */
const LENGTHS = {
  '1s': SECOND,
  '5s': 5 * SECOND,
  '15s': 15 * SECOND,
  '30s': 30 * SECOND,
  '1m': MINUTE,
  '3m': 3 * MINUTE,
  '5m': 5 * MINUTE,
  '15m': 15 * MINUTE,
  '30m': 30 * MINUTE,
  '45m': 45 * MINUTE,
  '1h': HOUR,
  '2h': 2 * HOUR,
  '3h': 3 * HOUR,
  '4h': 4 * HOUR,
  '6h': 6 * HOUR,
  '12h': 12 * HOUR,
  '1d': DAY,
  '1w': 7 * DAY,
  '1M': 31 * DAY,
} as const;

/** The length of a candle. Case matters: `1m` is a minute, `1M` a month. */
export type Timeframe = keyof typeof LENGTHS;

export const TIMEFRAMES = Object.keys(LENGTHS) as Timeframe[];

export function isTimeframe(text: unknown): text is Timeframe {
  return typeof text === 'string' && Object.hasOwn(LENGTHS, text);
}

/** Milliseconds from a candle's open to its end, at the most (a month has 31 days here). */
export function timeframeLength(timeframe: Timeframe): number {
  return LENGTHS[timeframe];
}

/**
 * When the interval of a candle ends if nothing is known of trading hours: open time + timeframe, months by the calendar (UTC).
 * @param openTime milliseconds since the epoch
 */
export function intervalEnd(timeframe: Timeframe, openTime: number): number {
  if (timeframe !== '1M') return openTime + LENGTHS[timeframe];
  const end = new Date(openTime);
  const day = end.getUTCDate();
  end.setUTCMonth(end.getUTCMonth() + 1);
  // The next month may have no such day: its last one then.
  if (end.getUTCDate() !== day) end.setUTCDate(0);
  return end.getTime();
}
