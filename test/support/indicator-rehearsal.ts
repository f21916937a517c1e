import fc from 'fast-check';
import type { Timer } from '../../src/market/clock';
import { timeframeLength } from '../../src/market/timeframe';
import { Random } from '../../src/simulator/random';
import type { LookUpDesk } from './indicator-practice';
import { type IndicatorPractice, IndicatorWatch } from './indicator-practice';

const SECOND = 1_000;
/** A Wednesday, no whole minute. */
const START = Date.UTC(2026, 4, 13, 14, 0, 20);
export const SYMBOL = 'BINANCE:BTCUSDT';

/** Who asks for what, on one symbol whose market never closes. */
export interface Wish {
  indicator: 'STD;RSI' | 'STD;MACD';
  timeframe: '15s' | '1m';
  /** Of RSI. */
  length: 14 | 7;
  history: number;
}

export type Trouble =
  | { do: 'drop' | 'restart' | 'loseSessions' | 'reconnect' | 'studyError' }
  | { do: 'skipBars'; bars: number }
  | { do: 'freeze'; mode: 'silent' | 'heartbeat'; seconds: number }
  | { do: 'refuse' | 'freezeSymbol' | 'duplicate' | 'straggler' | 'stallStudies'; seconds: number }
  | { do: 'slow'; ms: number; seconds: number }
  | { do: 'reorder'; window: number; seconds: number }
  | { do: 'smallPages'; candles: number; seconds: number }
  | { do: 'join'; wish: Wish }
  | { do: 'candles'; timeframe: Wish['timeframe']; history: number }
  | { do: 'leave'; watch: number };

export interface Plot {
  random: number;
  offset: number;
  wishes: Wish[];
  steps: { wait: number; trouble: Trouble }[];
}

const one = <T extends string>(...names: T[]) => fc.record({ do: fc.constantFrom(...names) });
const wish: fc.Arbitrary<Wish> = fc.record({
  indicator: fc.constantFrom('STD;RSI', 'STD;RSI', 'STD;MACD'),
  timeframe: fc.constantFrom('15s', '15s', '1m'),
  length: fc.constantFrom(14, 14, 7),
  history: fc.constantFrom(0, 1, 10, 10, 100, 299, 300, 450, 700),
});
const seconds = fc.constantFrom(1, 5, 12, 25, 45, 70, 130, 300);
const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  { weight: 4, arbitrary: one('drop', 'restart', 'loseSessions', 'reconnect', 'studyError') },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('skipBars' as const), bars: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('freeze' as const),
      mode: fc.constantFrom('silent' as const, 'heartbeat' as const),
      seconds,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'refuse' as const,
        'freezeSymbol' as const,
        'duplicate' as const,
        'straggler' as const,
        'stallStudies' as const,
      ),
      seconds,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('slow' as const), ms: fc.constantFrom(50, 900, 3_000, 12_000), seconds }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('reorder' as const), window: fc.integer({ min: 2, max: 6 }), seconds }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('smallPages' as const), candles: fc.constantFrom(30, 100), seconds }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('join' as const), wish }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('candles' as const),
      timeframe: fc.constantFrom('15s' as const, '1m' as const),
      history: fc.constantFrom(0, 10, 600),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), watch: fc.nat(7) }) },
);

/** Any course of troubles, with people who come and go. */
export const anyPlot: fc.Arbitrary<Plot> = fc.record({
  random: fc.nat(1_000_000),
  offset: fc.nat(120_000),
  wishes: fc.array(wish, { minLength: 1, maxLength: 3, size: 'max' }),
  steps: fc.array(fc.record({ wait: fc.constantFrom(0, 300, 2_000, 14_000, 33_000, 61_000, 125_000), trouble }), {
    minLength: 1,
    maxLength: 12,
    size: 'max',
  }),
});

/** Plays a plot: a client and the practice market on one stepped clock, what goes wrong, and those who listen. */
export class IndicatorRehearsal {
  readonly practice: IndicatorPractice;
  readonly listeners: { wish: Wish; watch: IndicatorWatch; left: boolean }[] = [];
  readonly #plot: Plot;
  readonly #endings: Timer[] = [];

  private constructor(practice: IndicatorPractice, plot: Plot) {
    this.practice = practice;
    this.#plot = plot;
  }

  static async play(desk: LookUpDesk, plot: Plot): Promise<IndicatorRehearsal> {
    const random = new Random(plot.random);
    const options = [{ plan: 'premium' }, { studiesPerSeries: 25 }] as const;
    const practice = await desk.practice(START + plot.offset, ...options, () => random.next());
    const rehearsal = new IndicatorRehearsal(practice, plot);
    await rehearsal.#run();
    return rehearsal;
  }

  /** Whether packets overtake each other at some time. */
  get reorders(): boolean {
    return this.#plot.steps.some(({ trouble: { do: what } }) => what === 'reorder');
  }

  /** Lets time pass, a second at a time: what takes a turn of the process comes to its end in between. */
  async pass(ms: number): Promise<void> {
    for (let rest = ms; rest > 0; rest -= SECOND) {
      this.practice.clock.advance(Math.min(rest, SECOND));
      await undefined;
    }
  }

  async #run(): Promise<void> {
    const { steps, wishes } = this.#plot;
    for (const one of wishes) await this.#join(one);
    for (const { wait, trouble: what } of steps) {
      await this.pass(wait);
      await this.#make(what);
    }
    await this.pass(5 * SECOND);
    for (const ending of this.#endings) ending.cancel();
    await this.practice.market.faults.clear();
    this.practice.market.faults.thaw();
  }

  async #make(what: Trouble): Promise<void> {
    const { faults } = this.practice.market;
    const hold = async (length: number, begin: () => void, name: Parameters<typeof faults.clear>[0]) => {
      begin();
      this.#endings.push(this.practice.clock.after(length * SECOND, () => void faults.clear(name)));
    };
    switch (what.do) {
      case 'drop':
        return faults.drop(1006);
      case 'restart':
        return faults.restart();
      case 'loseSessions':
        return faults.loseSessions();
      case 'reconnect':
        return this.practice.client.reconnect();
      case 'studyError':
        return faults.studyError(2);
      case 'skipBars':
        return faults.skipBars(SYMBOL, what.bars);
      case 'freeze':
        return hold(what.seconds, () => faults.freeze(what.mode), 'freeze');
      case 'freezeSymbol':
        return hold(what.seconds, () => faults.freezeSymbol(SYMBOL), 'freezeSymbol');
      case 'refuse':
        return hold(what.seconds, () => this.#shutOut(), 'refuse');
      case 'duplicate':
      case 'straggler':
      case 'stallStudies': {
        const { do: fault } = what;
        return hold(what.seconds, () => faults[fault](true), fault);
      }
      case 'slow':
        return hold(what.seconds, () => faults.slow(what.ms), 'slow');
      case 'reorder':
        return hold(what.seconds, () => faults.reorder(what.window), 'reorder');
      case 'smallPages':
        return hold(what.seconds, () => faults.smallPages(what.candles), 'smallPages');
      case 'join':
        return this.#join(what.wish);
      case 'candles':
        this.practice.watch({ symbol: SYMBOL, timeframe: what.timeframe, history: what.history });
        return;
      case 'leave': {
        const leaver = this.listeners[what.watch];
        leaver?.watch.subscription.close();
        if (leaver) leaver.left = true;
      }
    }
  }

  #shutOut(): void {
    this.practice.market.faults.refuse('connection');
    this.practice.market.faults.drop(1006);
  }

  async #join(wanted: Wish): Promise<void> {
    const { indicator, timeframe, length, history } = wanted;
    const inputs = indicator === 'STD;RSI' ? { in_0: length } : {};
    const watch = new IndicatorWatch(this.practice.client, { symbol: SYMBOL, timeframe, indicator, inputs, history });
    this.listeners.push({ wish: wanted, watch, left: false });
    // What is known already takes a few turns of the promises.
    for (let n = 0; n < 10; n++) await undefined;
  }
}

/** How long an item of such a wish is, milliseconds. */
export function lengthOf({ timeframe }: Wish): number {
  return timeframeLength(timeframe);
}
