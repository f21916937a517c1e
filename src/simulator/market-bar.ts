import type { Bar } from '../market/candle';

/** A bar, and when it closes. All times are milliseconds since the epoch. */
export interface MarketBar extends Bar {
  closeTime: number;
}
