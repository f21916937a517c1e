import type { Bar } from '../../src/market/candle';
import type { Told } from './candles';

/**
 * What a candle series ought to tell, said in the plainest way: of all the bars that upstream has told, all but the newest are
 * closed, and the newest too when its time is over. Written from the contract, to be held against the real one; slow, and
 * nothing is ever forgotten but what a gap has cut off.
 */
export class SeriesModel {
  readonly #grace: number;
  readonly #length: number;
  /** The newest word on each bar since the last gap. */
  #known = new Map<number, Bar>();
  readonly #closeTimes = new Map<number, number>();
  /** Bars up to here are told. */
  #horizon: number | null = null;
  #end = Number.NEGATIVE_INFINITY;
  #interrupted = false;
  #unbridged = false;

  constructor(grace: number, length: number) {
    this.#grace = grace;
    this.#length = length;
  }

  get horizon(): number | null {
    return this.#horizon;
  }

  get history(): Bar[] {
    return this.#sorted().filter(({ time }) => time <= (this.#horizon ?? Number.NEGATIVE_INFINITY));
  }

  get forming(): Bar | null {
    const newest = this.#sorted().at(-1);
    return newest && newest.time > (this.#horizon ?? Number.NEGATIVE_INFINITY) ? newest : null;
  }

  interrupt(): void {
    if (this.#horizon === null) return;
    this.#interrupted = true;
    for (const time of [...this.#known.keys()]) {
      if (time > this.#horizon) this.#forget(time);
    }
  }

  tick(now: number): Told[] {
    return this.#closeUpTo(now, false);
  }

  update(bars: readonly Bar[], closeTime: number | null, now: number): Told[] {
    if (this.#horizon === null || this.#interrupted) return [];
    const gap = this.#unbridged ? this.#cut(bars) : [];
    return [...gap, ...this.#hear(bars, closeTime, now, false)];
  }

  load(bars: readonly Bar[], closeTime: number | null, now: number): Told[] {
    const first = this.#horizon === null;
    const after = this.#interrupted;
    this.#interrupted = false;
    if (first) return this.#begin(bars, closeTime, now);
    this.#unbridged ||= after;
    const bridging = this.#unbridged;
    const gap = bridging ? this.#cut(bars) : [];
    const behind = !bridging && (bars.at(-1)?.time ?? 0) <= (this.#horizon as number);
    const heard = behind ? bars.slice(0, -1) : bars;
    const oldest = this.history[0]?.time;
    const older = oldest === undefined ? [] : heard.filter(({ time }) => time < oldest);
    for (const bar of older) this.#known.set(bar.time, bar);
    return [...gap, ...this.#hear(heard, closeTime, now, after)];
  }

  #begin(bars: readonly Bar[], closeTime: number | null, now: number): Told[] {
    this.#horizon = Number.NEGATIVE_INFINITY;
    const told = this.#hear(bars, closeTime, now, false);
    const [only] = bars;
    if (this.history.length === 0 && only) {
      this.#horizon = only.time - 1;
      this.#end = only.time;
    }
    return told.filter(([what]) => what === 'forming');
  }

  /** Bars that do not reach back to the horizon mean that what lies between is lost, and what lies before is no history. */
  #cut(bars: readonly Bar[]): Told[] {
    const oldest = bars[0]?.time;
    if (oldest === undefined) return [];
    this.#unbridged = false;
    if (oldest <= Math.max(this.#horizon as number, this.#end)) return [];
    const from = this.#end;
    this.#known.clear();
    this.#horizon = oldest - 1;
    this.#end = oldest;
    return Number.isFinite(from) ? [['gap', from, oldest]] : [];
  }

  #hear(bars: readonly Bar[], closeTime: number | null, now: number, late: boolean): Told[] {
    const told: Told[] = [];
    const oldest = this.history[0]?.time ?? Number.POSITIVE_INFINITY;
    for (const bar of bars) {
      const settled = bar.time <= (this.#horizon as number);
      if (settled && bar.time < oldest) continue;
      if (settled && !same(this.#known.get(bar.time), bar)) told.push(['corrected', bar.time, bar.open]);
      this.#known.set(bar.time, bar);
    }
    const newest = bars.at(-1);
    if (newest && newest.time === this.#sorted().at(-1)?.time && closeTime !== null && closeTime > newest.time) {
      if (newest.time > (this.#horizon as number)) this.#closeTimes.set(newest.time, closeTime);
    }
    told.push(...this.#closeUpTo(now, late));
    const { forming } = this;
    if (forming && bars.some(({ time }) => time === forming.time)) told.push(['forming', forming.time, forming.open]);
    return told;
  }

  #closeUpTo(now: number, late: boolean): Told[] {
    if (this.#horizon === null || this.#interrupted) return [];
    const open = this.#sorted().filter(({ time }) => time > (this.#horizon as number));
    const newest = open.at(-1);
    const closeTime = newest && this.#closeTimes.get(newest.time);
    if (closeTime === undefined || now < closeTime + this.#grace) open.pop();
    const last = open.at(-1);
    if (last) {
      this.#horizon = last.time;
      this.#end = this.#closeTimes.get(last.time) ?? last.time + this.#length;
    }
    return open.map(({ time, open: value }) => [late ? 'backfilled' : 'closed', time, value]);
  }

  #forget(time: number): void {
    this.#known.delete(time);
    this.#closeTimes.delete(time);
  }

  #sorted(): Bar[] {
    return [...this.#known.values()].sort((a, b) => a.time - b.time);
  }
}

function same(a: Bar | undefined, b: Bar): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
