import type { IndicatorPoint } from '../../src/market/indicator';
import type { IndicatorTold } from './indicator-notebook';

type Word = { time: number; end: number | null; backfilled: boolean; due: number } | { from: number; to: number };

/**
 * What a series of indicator values ought to tell, said in the plainest way: the words of the candles are a queue, and each is
 * passed on with what the study says of it, as soon as that is final. Written from the contract, to be held against the real one.
 */
export class IndicatorModel {
  readonly #grace: number;
  /** What the present study has said, by time. */
  #said = new Map<number, number | null>();
  #queue: Word[] = [];
  #horizon: number | null = null;
  /** When the candle at the horizon closed, where that is known. */
  #horizonEnd: number | null = null;
  #present = false;
  /** Candles changed since the study last spoke of them, or of anything newer than it knew. */
  #changed = new Set<number>();

  constructor(grace: number) {
    this.#grace = grace;
  }

  get history(): number[] {
    return this.#times().filter((time) => time <= (this.#horizon ?? Number.NEGATIVE_INFINITY));
  }

  closed(time: number, closeTime: number | null, backfilled: boolean, now: number): IndicatorTold[] {
    if (this.#horizon === null || time <= this.#horizon) return [];
    this.#queue.push({ time, end: closeTime, backfilled, due: (closeTime ?? now) + this.#grace });
    return [...this.#pass(now), ...this.#forming()];
  }

  changed(time: number): void {
    if (this.#horizon !== null && time <= this.#horizon) this.#changed.add(time);
  }

  lost(from: number, to: number, now: number): IndicatorTold[] {
    if (this.#horizon === null) return [];
    this.#queue.push({ from, to });
    return this.#pass(now);
  }

  interrupt(): void {
    this.#present = false;
  }

  tick(now: number): IndicatorTold[] {
    return [...this.#pass(now), ...this.#forming()];
  }

  load(points: readonly IndicatorPoint[], closed: readonly { time: number; closeTime: number | null }[], now: number) {
    const before = this.#said;
    this.#said = new Map(points.map(({ time, values }) => [time, values[0] ?? null]));
    this.#present = true;
    const told: IndicatorTold[] = [];
    if (this.#horizon === null) {
      this.#horizon = Math.min(Math.max(...this.#said.keys()), closed.at(-1)?.time ?? Number.NEGATIVE_INFINITY);
      this.#horizonEnd = closed.find(({ time }) => time === this.#horizon)?.closeTime ?? null;
      const ahead = closed.filter(({ time }) => time > (this.#horizon as number));
      this.#queue = ahead.map(({ time, closeTime }) => ({
        time,
        end: closeTime,
        backfilled: false,
        due: (closeTime ?? now) + this.#grace,
      }));
    }
    for (const time of [...this.#changed].sort((a, b) => a - b)) {
      const value = this.#said.get(time);
      if (value !== undefined && !(before.has(time) && before.get(time) === value))
        told.push(['corrected', time, value]);
    }
    this.#changed.clear();
    this.#cut(Math.min(...this.#said.keys()));
    return [...told, ...this.#pass(now), ...this.#forming()];
  }

  update(points: readonly IndicatorPoint[], now: number): IndicatorTold[] {
    if (!this.#present) return [];
    const told: IndicatorTold[] = [];
    const oldest = Math.min(...this.#said.keys());
    for (const { time, values } of points) {
      const value = values[0] ?? null;
      if (time > Math.max(...this.#said.keys())) this.#changed.clear();
      this.#changed.delete(time);
      const same = this.#said.has(time) && this.#said.get(time) === value;
      if (same || time < oldest) continue;
      this.#said.set(time, value);
      if (time <= (this.#horizon as number)) told.push(['corrected', time, value]);
    }
    told.push(...this.#pass(now));
    const newest = points.at(-1)?.time;
    const [forming] = this.#forming();
    return forming && forming[1] === newest ? [...told, forming] : told;
  }

  /** Of what closed before the study's values begin, nothing can be said: one gap. */
  #cut(oldest: number): void {
    const isLost = (word: Word) => 'due' in word && word.time < oldest;
    if (!this.#queue.some(isLost)) return;
    const start = this.#queue[0] as Word;
    while (this.#queue[0] && ('from' in this.#queue[0] || isLost(this.#queue[0]))) this.#queue.shift();
    const next = this.#queue[0] as { time: number } | undefined;
    this.#queue.unshift({
      from: 'from' in start ? start.from : (this.#horizonEnd ?? start.time),
      to: next?.time ?? oldest,
    });
  }

  #pass(now: number): IndicatorTold[] {
    const told: IndicatorTold[] = [];
    while (this.#present && this.#queue[0] && this.#isFinal(this.#queue[0], now)) {
      const word = this.#queue.shift() as Word;
      if ('from' in word) {
        this.#horizon = Math.max(this.#horizon as number, word.to - 1);
        this.#horizonEnd = word.to;
        told.push(['gap', word.from, word.to]);
      } else {
        this.#horizon = word.time;
        this.#horizonEnd = word.end;
        told.push([word.backfilled ? 'backfilled' : 'closed', word.time, this.#said.get(word.time) ?? null]);
      }
    }
    return told;
  }

  #isFinal(word: Word, now: number): boolean {
    if ('from' in word) return true;
    return this.#times().some((time) => time > word.time) || (this.#said.has(word.time) && now >= word.due);
  }

  #forming(): IndicatorTold[] {
    const ahead = this.#times().filter((time) => time > (this.#horizon ?? Number.POSITIVE_INFINITY));
    if (!this.#present || this.#queue.length > 0 || ahead.length !== 1) return [];
    const [time] = ahead as [number];
    return [['forming', time, this.#said.get(time) ?? null]];
  }

  #times(): number[] {
    return [...this.#said.keys()].sort((a, b) => a - b);
  }
}
