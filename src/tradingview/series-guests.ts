import type { Subscriber } from '../feed/subscription';
import type { ClosedBar } from '../market/candle-series';
import type { ChartSession } from './chart-session';

/** A study: lives in whatever session its series has at the moment. */
export interface SeriesGuest extends Subscriber {
  /** How many candles the series must have loaded for it. */
  readonly depth: number;
  /** A session is being opened that is to become the present one. */
  enter(session: ChartSession): void;
  /** The session that is being opened has more to load first. */
  leave(): void;
  /** The session is the present one now, or stays it, because a deeper one is not to be had. */
  settle(session: ChartSession): void;
  /** Candles are missing from the present session: what it says is not to be trusted any more. */
  interrupted(): void;
  /** There is no present session any more. */
  evicted(): void;
  candleClosed(bar: ClosedBar, backfilled: boolean): void;
  candleCorrected(time: number): void;
  candlesLost(from: number, to: number): void;
}

/** The studies of a series, each of which is told where it is to live and what becomes of the candles. */
export class SeriesGuests {
  readonly #guests = new Set<SeriesGuest>();

  add(guest: SeriesGuest): void {
    this.#guests.add(guest);
  }

  delete(guest: SeriesGuest): void {
    this.#guests.delete(guest);
  }

  /** How many candles must be loaded for all of them. */
  get depth(): number {
    return Math.max(0, ...[...this.#guests].map(({ depth }) => depth));
  }

  /** Those who are there when it begins; what one of them does may change who is. */
  each(act: (guest: SeriesGuest) => void): void {
    for (const guest of [...this.#guests]) act(guest);
  }
}
