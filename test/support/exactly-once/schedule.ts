import fc from 'fast-check';
import type { Timeframe } from '../../../src/market/timeframe';
import { SCENES, type Scene } from './scenes';

/** What somebody asks for; `after` counts closed candles back from the moment of joining, 1 being the newest. */
export interface Wish {
  /** Which symbol of the scene. */
  symbol: number;
  timeframe: Timeframe;
  history: number;
  after: number | null;
}

/** A fault that holds for so many seconds. */
export type Holding =
  | { fault: 'freeze'; mode: 'silent' | 'heartbeat' }
  | { fault: 'freezeSymbol'; symbol: number }
  | { fault: 'refuse'; how: 403 | 429 | 'connection' }
  | { fault: 'slow'; ms: number }
  | { fault: 'duplicate' | 'straggler' | 'ban' | 'badToken' }
  | { fault: 'reorder'; window: number }
  | { fault: 'malform'; kind: 'length' | 'cut' | 'junk' | 'types'; every: number }
  | { fault: 'limitHistory' | 'smallPages'; candles: number }
  | { fault: 'tooManyConnections'; times: number }
  | { fault: 'expireToken'; mode: 'error' | 'silent' };

export type Action =
  /** `cut`: the open connections drop at the same time. */
  | { do: 'hold'; holding: Holding; seconds: number; cut: boolean }
  | { do: 'drop'; code: 1000 | 1005 | 1006 }
  | { do: 'restart' | 'loseSessions' | 'reconnect' }
  | { do: 'damage'; kind: 'length' | 'cut' | 'junk' | 'types' }
  | { do: 'skipBars'; symbol: number; bars: number }
  /** Of the series of the n-th who listens; counted in its candles. */
  | { do: 'correct' | 'insert' | 'leaveOut'; watch: number; candles: number }
  | { do: 'join'; wish: Wish }
  /** `back`: the same comes again at once and goes on after the last candle that it had. */
  | { do: 'leave'; watch: number; back: boolean }
  /** Time passes until shortly before the first symbol of the scene is traded again, if it is not. */
  | { do: 'sleep' };

export interface Step {
  /** How long after the step before, milliseconds. */
  wait: number;
  action: Action;
}

export interface Schedule {
  scene: Scene;
  /** How long after the scene's start it begins, milliseconds. */
  offset: number;
  /** Seconds. */
  grace: number;
  /** For the client's ids and pauses. */
  random: number;
  wishes: Wish[];
  steps: Step[];
}

const anyone = fc.nat(7);
const damage = fc.constantFrom('length' as const, 'cut' as const, 'junk' as const, 'types' as const);

const wish: fc.Arbitrary<Wish> = fc.record({
  symbol: anyone,
  timeframe: fc.constantFrom<Timeframe>('1s', '5s', '15s', '15s', '30s', '30s', '1m', '1m', '1m', '1m', '3m', '5m'),
  history: fc.constantFrom(0, 1, 3, 10, 10, 70, 150, 400),
  after: fc.constantFrom(null, null, null, null, null, 1, 2, 8, 30, 530),
});

const holding: fc.Arbitrary<Holding> = fc.oneof(
  fc.record({ fault: fc.constant('freeze' as const), mode: fc.constantFrom('silent' as const, 'heartbeat' as const) }),
  fc.record({ fault: fc.constant('freezeSymbol' as const), symbol: anyone }),
  fc.record({
    fault: fc.constant('refuse' as const),
    how: fc.constantFrom(403 as const, 429 as const, 'connection' as const),
  }),
  fc.record({ fault: fc.constant('slow' as const), ms: fc.constantFrom(50, 900, 3_000, 12_000) }),
  fc.record({
    fault: fc.constantFrom('duplicate' as const, 'straggler' as const, 'ban' as const, 'badToken' as const),
  }),
  fc.record({ fault: fc.constant('reorder' as const), window: fc.integer({ min: 2, max: 9 }) }),
  fc.record({ fault: fc.constant('malform' as const), kind: damage, every: fc.constantFrom(1, 2, 5, 23) }),
  fc.record({ fault: fc.constant('limitHistory' as const), candles: fc.constantFrom(1, 2, 5, 20, 100) }),
  fc.record({ fault: fc.constant('smallPages' as const), candles: fc.constantFrom(3, 10, 50) }),
  fc.record({ fault: fc.constant('tooManyConnections' as const), times: fc.constantFrom(1, 2) }),
  fc.record({
    fault: fc.constant('expireToken' as const),
    mode: fc.constantFrom('error' as const, 'silent' as const),
  }),
);

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 11,
    arbitrary: fc.record({
      do: fc.constant('hold' as const),
      holding,
      seconds: fc.constantFrom(0.5, 3, 12, 25, 45, 70, 130, 400),
      cut: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('drop' as const),
      code: fc.constantFrom(1000 as const, 1005 as const, 1006 as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('restart' as const, 'loseSessions' as const, 'loseSessions' as const, 'reconnect' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('damage' as const), kind: damage }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('skipBars' as const),
      symbol: anyone,
      bars: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('correct' as const, 'correct' as const, 'insert' as const, 'leaveOut' as const),
      watch: anyone,
      candles: fc.integer({ min: 1, max: 12 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('join' as const), wish }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('leave' as const), watch: anyone, back: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'sleep' as const }) },
);

const wait = fc.oneof(fc.nat(3_000), fc.nat(30_000), fc.nat(70_000), fc.constantFrom(0, 61_000, 200_000));

/** Any course of faults and updates, with people who come and go. */
export const anySchedule: fc.Arbitrary<Schedule> = fc.record({
  scene: fc.constantFrom(...SCENES),
  offset: fc.nat(300_000),
  grace: fc.constantFrom(2, 2, 0, 5),
  random: fc.nat(1_000_000),
  wishes: fc.array(wish, { minLength: 1, maxLength: 4, size: 'max' }),
  steps: fc.array(fc.record({ wait, action }), { minLength: 1, maxLength: 14, size: 'max' }),
});
