import type { MarketBar } from './market-bar';
import type { Resolution } from './resolution';

/** Where the candles of one symbol and resolution are not what the price model makes them. By open time. */
export interface Amended {
  /** In an interval of the trading hours; null: nothing was traded, there is no candle. */
  readonly usual: Map<number, MarketBar | null>;
  /** At other times; oldest first. */
  readonly extra: MarketBar[];
}

/** Candles of one symbol that were changed after the event. Shorter and longer candles stay what they are. */
export class Amendments {
  readonly #series = new Map<string, Amended>();

  of(resolution: Resolution): Amended | undefined {
    return this.#series.size === 0 ? undefined : this.#series.get(keyOf(resolution));
  }

  /** What is to be changed of a series, empty at first. */
  open(resolution: Resolution): Amended {
    const key = keyOf(resolution);
    const known = this.#series.get(key);
    if (known) return known;
    const amended = { usual: new Map(), extra: [] };
    this.#series.set(key, amended);
    return amended;
  }
}

function keyOf(resolution: Resolution): string {
  return resolution.kind === 'intraday' ? `${resolution.length}` : resolution.kind;
}
