import type { Bar } from '../../../src/market/candle';
import type { Timeframe } from '../../../src/market/timeframe';
import { isOpen, nextOpening } from './hours';

/** A candle that upstream changed or inserted after the event. */
export interface Amendment {
  at: number;
  symbol: string;
  timeframe: Timeframe;
  time: number;
  /** What it was before; null: there was none. */
  before: Bar | null;
}

/** A time in which something was out of order. Milliseconds since the epoch; `to` is infinite while it lasts. */
export interface Trouble {
  what: string;
  from: number;
  to: number;
  /** null: all. */
  symbol: string | null;
  /** What passed meanwhile may have been lost, and nobody be told of it. */
  deafens: boolean;
}

/** How long after the end of a trouble its consequences may last: until the client may ask again for what is overdue. */
const AFTERMATH = 400_000;
/** What is said within a turn or two, milliseconds. */
const SOON = 2_000;
/** How long an answer may be under way when the server is slow. */
const UNDER_WAY = 60_000;

/** What really happened upstream, for the one who judges what the client told. */
export class Chronicle {
  readonly amendments: Amendment[] = [];
  readonly troubles: Trouble[] = [];
  /** When there was no link, once there had been one. */
  readonly outages: { from: number; to: number }[] = [];
  /** When links became live. */
  readonly #links: number[] = [];
  #lost: number | null = null;
  readonly #limits: { at: number; limit: number }[] = [];

  linked(at: number, live: boolean): void {
    if (live) this.#links.push(at);
    if (live && this.#lost !== null) this.outages.push({ from: this.#lost, to: at });
    this.#lost = live ? null : at;
  }

  /** @returns ends it */
  trouble(trouble: Omit<Trouble, 'to'>): (at: number) => void {
    const entry = { ...trouble, to: Number.POSITIVE_INFINITY };
    this.troubles.push(entry);
    return (at) => {
      entry.to = Math.min(entry.to, at);
    };
  }

  limit(at: number, limit: number): void {
    this.#limits.push({ at, limit });
  }

  /** The least that upstream may have been willing to give when it answered what was told at that time. */
  limitAround(at: number): number {
    const before = this.#limits.findLast((one) => one.at <= at - UNDER_WAY)?.limit ?? Number.POSITIVE_INFINITY;
    const around = this.#limits.filter((one) => one.at > at - UNDER_WAY && one.at <= at);
    return Math.min(before, ...around.map(({ limit }) => limit));
  }

  /** Whether all that upstream said of a symbol at that time, or soon after, has certainly reached a client that listened. */
  heard(symbol: string, at: number): boolean {
    return this.heardAll(symbol, at, at + SOON);
  }

  /** The same for a stretch of time. */
  heardAll(symbol: string, from: number, to: number): boolean {
    return !this.troubles.some(
      (one) =>
        one.deafens &&
        (one.symbol ?? symbol) === symbol &&
        one.from <= to &&
        from <= Math.min(one.to + AFTERMATH, this.linkAfter(one.to) ?? Number.POSITIVE_INFINITY),
    );
  }

  /** Whether there was an outage of a symbol's data, or what follows from one, at some time in `[from, to]`. */
  troubled(symbol: string, from: number, to: number): boolean {
    const within = (one: { from: number; to: number }) => one.from <= to && from <= overcome(symbol, one.to);
    return this.outages.some(within) || this.troubles.some((one) => (one.symbol ?? symbol) === symbol && within(one));
  }

  /** Whether such a trouble held at some time in `[from, to]`. */
  had(what: string, from: number, to: number): boolean {
    return this.troubles.some((one) => one.what === what && one.from <= to && from <= one.to);
  }

  /** When the next link became live, after which everything was loaded anew. */
  linkAfter(at: number): number | undefined {
    return this.#links.find((link) => link > at);
  }

  /** Amendments of one candle, in the order in which they were made. */
  amendmentsOf(symbol: string, timeframe: Timeframe, time: number): Amendment[] {
    return this.amendments.filter((one) => one.symbol === symbol && one.timeframe === timeframe && one.time === time);
  }
}

/** When the consequences of a trouble are over for sure: in a closed market nobody asks for what is overdue. */
function overcome(symbol: string, end: number): number {
  const usually = end + AFTERMATH;
  if (usually === Number.POSITIVE_INFINITY || isOpen(symbol, usually)) return usually;
  return nextOpening(symbol, usually) + AFTERMATH;
}
