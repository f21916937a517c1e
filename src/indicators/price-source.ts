/** What a price can be taken from. */
export interface Prices {
  open: number;
  high: number;
  low: number;
  close: number;
}

const SOURCES = {
  open: ({ open }: Prices) => open,
  high: ({ high }: Prices) => high,
  low: ({ low }: Prices) => low,
  close: ({ close }: Prices) => close,
  hl2: ({ high, low }: Prices) => (high + low) / 2,
  hlc3: ({ high, low, close }: Prices) => (high + low + close) / 3,
  hlcc4: ({ high, low, close }: Prices) => (high + low + close + close) / 4,
  ohlc4: ({ open, high, low, close }: Prices) => (open + high + low + close) / 4,
} as const;

/** Which price of a bar a formula is fed, by TradingView's names. */
export type PriceSource = keyof typeof SOURCES;

export const PRICE_SOURCES = Object.keys(SOURCES) as PriceSource[];

export function isPriceSource(text: unknown): text is PriceSource {
  return typeof text === 'string' && Object.hasOwn(SOURCES, text);
}

export function priceOf(bar: Prices, source: PriceSource): number {
  return SOURCES[source](bar);
}
