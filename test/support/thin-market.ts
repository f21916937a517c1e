import type { Bar } from '../../src/market/candle';
import { bar, MINUTE } from './candles';

/** What upstream would send: bars that have changed, and the newest one's close time. */
export interface Message {
  bars: Bar[];
  closeTime: number | null;
}

/**
 * The truth of an upstream in a property test: bars that open when trades come, with holes where none did, changed and
 * inserted afterwards. It remembers what it has not sent yet.
 */
export class ThinMarket {
  readonly #bars = new Map<number, Bar>();
  readonly #unsent = new Set<number>();
  /** Open times of the bars that came late into holes. */
  readonly inserted = new Set<number>();
  readonly #closeTimes: boolean;
  /** The newest bar that the present session has: the one whose close time is told. */
  #newestSent = Number.NEGATIVE_INFINITY;
  /** Where the present session's bars begin: what changes before is not told. */
  #oldestSent = Number.NEGATIVE_INFINITY;
  #now: number;
  #value = 0;

  /** @param closeTimes whether it tells close times */
  constructor(start: number, closeTimes: boolean) {
    this.#now = start;
    this.#closeTimes = closeTimes;
  }

  get now(): number {
    return this.#now;
  }

  /** All bars, oldest first. */
  get bars(): Bar[] {
    return [...this.#bars.values()].sort((a, b) => a.time - b.time);
  }

  wait(ms: number): void {
    this.#now += ms;
  }

  /** Nobody trades between a close time that is told and the next bar. */
  trade(): void {
    const time = Math.floor(this.#now / MINUTE) * MINUTE;
    if (!this.#closeTimes || this.#now < closeTimeOf(time)) this.#set(time);
  }

  /** A late trade, which changes a bar that is closed. @param back 1 is the newest bar but one */
  correct(back: number): void {
    const time = this.bars.at(-1 - back)?.time;
    if (time !== undefined) this.#set(time);
  }

  /** A bar in a hole somewhere before the newest, if there is a hole. */
  insert(back: number): void {
    const [before, after] = this.bars.slice(-2 - back);
    if (!before || !after || before.time + MINUTE >= after.time) return;
    this.#set(before.time + MINUTE);
    this.inserted.add(before.time + MINUTE);
  }

  /** What it has to say since the last time. */
  send(): Message {
    const times = [...this.#unsent].filter((time) => time >= this.#oldestSent).sort((a, b) => a - b);
    this.#unsent.clear();
    return this.#message(times.map((time) => this.#bars.get(time) as Bar));
  }

  /** The newest bars, as a new session gets them; that session streams on from here. */
  load(depth: number): Message {
    this.#unsent.clear();
    this.#newestSent = Number.NEGATIVE_INFINITY;
    const bars = depth === 0 ? [] : this.bars.slice(-depth);
    this.#oldestSent = bars[0]?.time ?? (this.bars.at(-1)?.time ?? 0) + 1;
    return this.#message(bars);
  }

  #set(time: number): void {
    this.#value++;
    this.#bars.set(time, bar(time, this.#value));
    this.#unsent.add(time);
  }

  #message(bars: Bar[]): Message {
    this.#newestSent = Math.max(this.#newestSent, bars.at(-1)?.time ?? Number.NEGATIVE_INFINITY);
    return { bars, closeTime: this.#closeTimes && bars.length > 0 ? closeTimeOf(this.#newestSent) : null };
  }
}

/** A quarter of a minute before the next one may open, as at the end of a session. */
function closeTimeOf(time: number): number {
  return time + 0.75 * MINUTE;
}
