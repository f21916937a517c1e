import { type Instrument, toTick } from './instruments';
import { PriceModel, type Prices, type Trades } from './price-model';
import type { Factor, Spread, Term } from './spread';

/** Where the prices of a symbol come from. */
export function pricesOf(instrument: Instrument, seed: number): Prices {
  const { spread, priceOf, symbol, character } = instrument;
  return spread ? new SpreadPrices(spread, seed) : new PriceModel(seed, priceOf ?? symbol, character);
}

/**
 * Prices that are computed from those of other symbols. As upstream computes them from candles, highs and lows are the
 * utmost that those of the symbols allow: a candle lies within a longer one, and need not touch its high or low.
 */
class SpreadPrices implements Prices {
  readonly #spread: Spread;
  readonly #legs = new Map<Instrument, Prices>();

  constructor(spread: Spread, seed: number) {
    this.#spread = spread;
    for (const { value } of spread.flatMap(({ factors }) => factors)) {
      if (typeof value !== 'number') this.#legs.set(value, pricesOf(value, seed));
    }
  }

  range(from: number, to: number): Trades | undefined {
    if (from >= to) return undefined;
    const sum = { open: 0, high: 0, low: 0, close: 0, lots: 0 };
    for (const { isSubtracted, factors } of this.#spread) {
      const { open, high, low, close } = this.#product(factors, from, to);
      const sign = isSubtracted ? -1 : 1;
      sum.open += sign * open;
      sum.high += sign * (isSubtracted ? low : high);
      sum.low += sign * (isSubtracted ? high : low);
      sum.close += sign * close;
    }
    return sum;
  }

  #product(factors: Term['factors'], from: number, to: number): Trades {
    const product = { open: 1, high: 1, low: 1, close: 1, lots: 0 };
    for (const { divides, value } of factors) {
      const { open, high, low, close } = this.#trades(value, from, to);
      product.open *= divides ? 1 / open : open;
      product.high *= divides ? 1 / low : high;
      product.low *= divides ? 1 / high : low;
      product.close *= divides ? 1 / close : close;
    }
    return product;
  }

  /** In the prices that are told of the symbol. */
  #trades(value: Factor['value'], from: number, to: number): Trades {
    const trades = typeof value === 'number' ? undefined : this.#legs.get(value)?.range(from, to);
    if (typeof value === 'number' || !trades) {
      const price = Number(value);
      return { open: price, high: price, low: price, close: price, lots: 0 };
    }
    return {
      open: toTick(value, trades.open),
      high: toTick(value, trades.high),
      low: toTick(value, trades.low),
      close: toTick(value, trades.close),
      lots: 0,
    };
  }
}
