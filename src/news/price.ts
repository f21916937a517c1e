/** The price of a coin, in US dollars. */
export interface Price {
  /** The id of the coin. */
  symbol: string;
  price: number;
  /** Over 24 hours, in per cent; null where the server does not say. */
  change24h: number | null;
  /** Milliseconds since the epoch, UTC. */
  timestamp: number;
}

/** @param now counts where the server does not say when @returns undefined for what is no price */
export function readPrice(raw: unknown, now: number): Price | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const { symbol, price, change24h, timestamp } = raw as Record<string, unknown>;
  if (typeof symbol !== 'string' || !isNumber(price)) return undefined;
  return {
    symbol,
    price,
    change24h: isNumber(change24h) ? change24h : null,
    timestamp: Math.round(isNumber(timestamp) ? timestamp : now),
  };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
