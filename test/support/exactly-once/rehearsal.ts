import { timeframeLength } from '../../../src/market/timeframe';
import { Random } from '../../../src/simulator/random';
import { Practice } from '../practice-client';
import { Amender } from './amender';
import { Chronicle } from './chronicle';
import { delayOf, nextOpening } from './hours';
import { Recorder, type Wanted } from './recorder';
import type { Action, Schedule, Wish } from './schedule';
import { Troublemaker } from './troublemaker';

const SECOND = 1_000;

/** Plays a schedule: a client and the practice market on one stepped clock, what goes wrong, and those who listen. */
export class Rehearsal {
  readonly practice: Practice;
  readonly chronicle = new Chronicle();
  readonly recorders: Recorder[] = [];
  readonly #schedule: Schedule;
  readonly #amender: Amender;
  readonly #troublemaker: Troublemaker;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
    const random = new Random(schedule.random);
    this.practice = new Practice(schedule.scene.start + schedule.offset, { grace: schedule.grace }, {}, () =>
      random.next(),
    );
    this.#amender = new Amender(this.practice, this.chronicle);
    this.#troublemaker = new Troublemaker(this.practice, this.chronicle);
    let wasLive = false;
    this.practice.client.on('state', (state) => {
      if (wasLive !== (state === 'live')) this.chronicle.linked(this.now, !wasLive);
      wasLive = state === 'live';
    });
  }

  get now(): number {
    return this.practice.clock.now();
  }

  /** Those who have not left. */
  get listening(): Recorder[] {
    return this.recorders.filter(({ left }) => left === null);
  }

  async play(): Promise<void> {
    for (const wish of this.#schedule.wishes) this.#join(wish);
    for (const { wait, action } of this.#schedule.steps) {
      await this.pass(wait);
      await this.#take(action);
    }
  }

  /** Lets time pass, a second at a time: what a client closes is closed when the present turn is over. */
  async pass(ms: number): Promise<void> {
    for (let rest = ms; rest > 0; rest -= SECOND) {
      this.practice.clock.advance(Math.min(rest, SECOND));
      await undefined;
    }
  }

  /** Until two minutes before a symbol is traded again, if it is not now. */
  async sleep(symbol: string): Promise<void> {
    const until = nextOpening(symbol, this.now) - 120 * SECOND;
    await this.pass(Math.max(0, until - this.now));
  }

  /** Nothing is wrong any more. */
  async clear(): Promise<void> {
    this.#troublemaker.clear();
    await undefined;
  }

  async #take(action: Action): Promise<void> {
    const trouble = this.#troublemaker;
    switch (action.do) {
      case 'hold': {
        const { holding, seconds, cut } = action;
        trouble.hold(holding, holding.fault === 'freezeSymbol' ? this.#symbol(holding.symbol) : null, seconds);
        return cut ? trouble.drop(1006) : undefined;
      }
      case 'drop':
        return trouble.drop(action.code);
      case 'damage':
        return trouble.damage(action.kind);
      case 'skipBars':
        return trouble.skipBars(this.#symbol(action.symbol), action.bars);
      case 'restart':
      case 'loseSessions':
      case 'reconnect':
        return trouble[action.do]();
      case 'correct':
      case 'insert':
      case 'leaveOut':
        return this.#amend(action);
      case 'join':
        return this.#join(action.wish);
      case 'leave':
        return this.#leave(action);
      case 'sleep':
        return this.sleep(this.#symbol(0));
    }
  }

  #amend({ do: what, watch, candles }: Extract<Action, { do: 'correct' | 'insert' | 'leaveOut' }>): void {
    const recorder = this.#someone(watch);
    if (recorder) this.#amender[what](recorder, candles);
  }

  #join({ symbol, after, ...wish }: Wish): void {
    this.#listen({ ...wish, symbol: this.#symbol(symbol), after: this.#candleBack(wish.timeframe, symbol, after) });
  }

  #leave({ watch, back }: Extract<Action, { do: 'leave' }>): void {
    const recorder = this.#someone(watch);
    if (!recorder) return;
    recorder.leave();
    if (back) this.#listen({ ...recorder.wanted, after: recorder.last });
  }

  #listen(wanted: Wanted): void {
    const { client, clock } = this.practice;
    this.recorders.push(new Recorder(client, clock, wanted));
  }

  /** Open time of the n-th candle back that has closed. */
  #candleBack(timeframe: Wish['timeframe'], symbol: number, back: number | null): number | undefined {
    if (back === null) return undefined;
    const name = this.#symbol(symbol);
    const upTo = this.now - delayOf(name);
    const from = upTo - (back + 2) * timeframeLength(timeframe);
    return this.practice.market.candles(name, timeframe, from, upTo).at(-1 - back)?.time;
  }

  #someone(n: number): Recorder | undefined {
    return this.listening[n % Math.max(1, this.listening.length)];
  }

  #symbol(n: number): string {
    const { symbols } = this.#schedule.scene;
    return symbols[n % symbols.length] as string;
  }
}
