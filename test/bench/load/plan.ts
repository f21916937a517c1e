/** What the packets of a load are about. */
export type Traffic =
  /** Quotes of the symbols that were asked for. */
  | 'quotes'
  /** Updates of the newest bar of the one series. */
  | 'candles'
  /** The same with the values of a study beside it. */
  | 'indicator'
  /** Quotes of a session that nobody has; the last of each window is wanted, so that the client knows where it is. */
  | 'unknown-session'
  /** The same of symbols that nobody has asked for. */
  | 'unknown-symbols';

/** What a server sends to one client, and what the client expects. */
export interface Plan {
  traffic: Traffic;
  /** Quoted ones, `PRACTICE:N000` and on. */
  symbols: number;
  /** Loaded before the first update; 100 unless given. */
  candles?: number;
  /** Packets in a WebSocket message. */
  perMessage: number;
  /** Windows of the load before it counts. */
  warmUp: number;
  /** Windows that count. */
  windows: number;
  /** The load begins without anything having been asked for, as for flows of core nodes. */
  unasked?: boolean;
  /** In place of windows as fast as they are taken: so many packets a second, each with the time of its sending. */
  rate?: number;
}

/**
 * Packets in a window. The server is at most two windows ahead of the client, which says when it has had one: no client's event
 * loop falls behind, so nobody conflates, and no buffer grows. It is a multiple of the packets in a message.
 */
export const WINDOW = 1024;
export const WINDOWS_AHEAD = 2;

/** Which sums the events of a load give, each with the operations of `Sums` in the same order. */
export interface Expected {
  events: number;
  /** Of whole states after each packet. */
  whole: number;
  /** Of what each packet says by itself. */
  parts: number;
}

/** What counts of a quote: each packet moves one of these at least. */
export function quoteValue(price: number, bid: number, time: number): number {
  return price + bid + time;
}

/** What counts of a packet when its symbol's state is not kept. */
export function partValue(v: { lp?: number; bid?: number; lp_time?: number }): number {
  return v.lp ?? v.bid ?? v.lp_time ?? Number.NaN;
}

/** What counts of a candle. */
export function candleValue(high: number, close: number): number {
  return high + close;
}

/** The address of a load for a client. */
export function addressOf(base: string, run: string, plan: Plan): string {
  return `${base}?run=${run}&plan=${encodeURIComponent(JSON.stringify(plan))}`;
}

export function symbolsOf(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `PRACTICE:N${String(n).padStart(3, '0')}`);
}

/** Of which the candles are, and how many are loaded unless it is given. */
export const CANDLES = { symbol: 'PRACTICE:N000', timeframe: '1d', resolution: '1D', history: 100 } as const;
