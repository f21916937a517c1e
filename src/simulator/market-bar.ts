import type { Bar } from '../market/candle';

/** A bar, and when it closes. All times are milliseconds since the epoch. */
export interface MarketBar extends Bar {
  closeTime: number;
}

/** What of a candle can be corrected. */
export type Change = Partial<Omit<Bar, 'time'>>;
