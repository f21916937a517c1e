/** One interval of trading, as upstream has it. Times are milliseconds since the epoch, UTC. */
export interface Bar {
  /** Open time. */
  time: number;
  open: number;
  high: number;
  low: number;
  close: number;
  /** null where the market has none (indices, currencies). */
  volume: number | null;
}

/** A bar as a subscriber gets it. */
export interface Candle {
  /**
   * Counts from 0 at the oldest candle of the subscriber's own history and never jumps; the forming candle has the next one.
   * null only for a candle that upstream inserted behind the last delivered one.
   */
  index: number | null;
  /** Open time, milliseconds since the epoch, UTC. */
  timestamp: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number | null;
  /** false while the interval goes on. */
  closed: boolean;
}

export function sameValues(a: Bar, b: Bar): boolean {
  return a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume;
}

/** A new object for one subscriber, so that what one flow changes never reaches another. */
export function toCandle(bar: Bar, index: number | null, closed: boolean): Candle {
  return {
    index,
    timestamp: bar.time,
    open: bar.open,
    high: bar.high,
    low: bar.low,
    close: bar.close,
    volume: bar.volume,
    closed,
  };
}
