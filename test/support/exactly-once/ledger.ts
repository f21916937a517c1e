import type { Candle } from '../../../src/market/candle';
import type { Listener, Told } from './recorder';

/** A closed candle that somebody was given. */
export interface Delivered {
  time: number;
  /** When it was told. */
  at: number;
  /** With the values of the last correction. */
  candle: Candle;
  backfilled: boolean;
  inHistory: boolean;
}

export interface ToldGap {
  from: number;
  to: number;
  at: number;
  /** How many candles had been delivered before. */
  place: number;
}

/** What one listener was told, put together; and what of it contradicts itself, whatever the truth is. */
export class Ledger {
  readonly delivered: Delivered[] = [];
  readonly gaps: ToldGap[] = [];
  /** Inserted behind the last one delivered; by open time. */
  readonly inserted = new Map<number, Candle>();
  readonly problems: string[] = [];
  /** When the history came; null: it has not. */
  historyAt: number | null = null;
  /** Open time of the first candle that was told one by one. */
  firstLive: number | null = null;
  readonly #wanted: number;

  constructor({ told, wanted, left }: Listener) {
    this.#wanted = wanted.history;
    for (const { at, event } of told) {
      this.#take(event, at);
      if (left !== null && at > left) this.problems.push(`something was told after leaving: ${event.event}`);
    }
  }

  #take(event: Told, at: number): void {
    switch (event.event) {
      case 'history':
        return this.#history(event.candles, at);
      case 'closed':
        return this.#closed(event.candle, at, event.backfilled === true);
      case 'forming':
        return this.#forming(event.candle);
      case 'correction':
        return this.#corrected(event.candle);
      case 'gap':
        if (event.from >= event.to) this.problems.push(`an empty gap: ${when(event.from)} to ${when(event.to)}`);
        this.gaps.push({ from: event.from, to: event.to, at, place: this.delivered.length });
    }
  }

  #history(candles: Candle[], at: number): void {
    if (this.#wanted === 0) this.problems.push('history was told to one who wanted none');
    if (this.historyAt !== null) this.problems.push('history was told twice');
    if (this.delivered.length > 0 || this.firstLive !== null) this.problems.push('history came late');
    this.historyAt = at;
    for (const candle of candles) this.#add(candle, at, false, true);
  }

  #closed(candle: Candle, at: number, backfilled: boolean): void {
    this.#live(candle);
    this.#add(candle, at, backfilled, false);
  }

  #forming(candle: Candle): void {
    this.#live(candle);
    const last = this.delivered.at(-1);
    if (candle.closed) this.problems.push(`the forming candle of ${when(candle.timestamp)} says that it is closed`);
    if (last && candle.timestamp <= last.time)
      this.problems.push(`${when(candle.timestamp)} forms after it has closed`);
    this.#expectIndex(candle, this.delivered.length);
  }

  #corrected(candle: Candle): void {
    const { timestamp, index } = candle;
    const known = this.delivered.find(({ time }) => time === timestamp);
    const before = known?.candle ?? this.inserted.get(timestamp);
    if (before && sameValues(before, candle)) this.problems.push(`a correction of ${when(timestamp)} changes nothing`);
    if (known) {
      this.#expectIndex(candle, this.delivered.indexOf(known));
      known.candle = candle;
      return;
    }
    const last = this.delivered.at(-1);
    if (index !== null)
      this.problems.push(`${when(timestamp)} was corrected under index ${index}, but never delivered`);
    if (last && timestamp > last.time) this.problems.push(`${when(timestamp)} was corrected before it was delivered`);
    this.inserted.set(timestamp, candle);
  }

  #live({ timestamp }: Candle): void {
    if (this.#wanted > 0 && this.historyAt === null) this.problems.push(`${when(timestamp)} was told before history`);
    this.firstLive ??= timestamp;
  }

  #add(candle: Candle, at: number, backfilled: boolean, inHistory: boolean): void {
    const { timestamp: time } = candle;
    const last = this.delivered.at(-1);
    if (last && time <= last.time) this.problems.push(`${when(time)} was delivered after ${when(last.time)}`);
    if (!candle.closed) this.problems.push(`the closed candle of ${when(time)} says that it is forming`);
    this.#expectIndex(candle, this.delivered.length);
    this.delivered.push({ time, at, candle, backfilled, inHistory });
  }

  #expectIndex({ timestamp, index }: Candle, expected: number): void {
    if (index !== expected) this.problems.push(`${when(timestamp)} has index ${index} in place of ${expected}`);
  }
}

type Values = Omit<Candle, 'index' | 'timestamp' | 'closed'>;

export function sameValues(a: Values, b: Values): boolean {
  return a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume;
}

/** A time as people read it in a story. */
export function when(time: number): string {
  return new Date(time).toISOString().replace(/^\d+-\d+-(\d+)T(.*?)(\.000)?Z$/, 'the $1th $2');
}
