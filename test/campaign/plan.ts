import { Random } from '../../src/simulator/random';

/** Markets that never close. On those with indicators nothing is changed afterwards: what else that moves is theirs to say. */
export const STEADY = ['BINANCE:BTCUSDT', 'BINANCE:ETHUSDT', 'BYBIT:BTCUSDT.P'];
export const AMENDED = ['BINANCE:SOLUSDT', 'COINBASE:LTCUSD', 'PRACTICE:N001', 'PRACTICE:N002'];
const ALL = [...STEADY, ...AMENDED];

/** A node as the flow file has it. */
export interface FlowNode {
  id: string;
  type: string;
  z?: string;
  [property: string]: unknown;
}

export type DeployType = 'full' | 'flows' | 'nodes' | 'reload';
export type Change = 'nothing' | 'name' | 'settings' | 'connection' | 'add' | 'remove';

/** Something that happens. Nodes are counted; of fewer, modulo. */
export type Deed =
  | { do: 'fault'; fault: string; args: unknown[] }
  | { do: 'hold'; fault: string; args: unknown[]; seconds: number; cut: boolean }
  | { do: 'network'; how: 'hold' | 'chop'; seconds: number }
  | { do: 'network'; how: 'lose' | 'tear' }
  | { do: 'sleep'; who: 'market' | 'Node-RED'; seconds: number }
  | { do: 'clock'; offset: number }
  | { do: 'correct' | 'leaveOut' | 'insert'; node: number; symbol: number; candles: number }
  | { do: 'deploy'; type: DeployType; change: Change; node: number; fresh: FlowNode }
  | { do: 'control'; action: 'subscribe' | 'unsubscribe' | 'reconnect'; node: number; symbol: string }
  | { do: 'ask'; node: number; symbol: string; timeframe: string; count: number; span: boolean };

type Kind = 'ohlc' | 'indicator' | 'trades' | 'history' | 'packets';
const KINDS: readonly Kind[] = [
  'ohlc',
  'ohlc',
  'ohlc',
  'indicator',
  'indicator',
  'trades',
  'trades',
  'history',
  'packets',
];

export interface Plan {
  seed: number;
  /** Whether upstream's history is short at times; then there are no indicators, whose first values would depend on it. */
  limits: boolean;
  nodes: FlowNode[];
  steps: { wait: number; deed: Deed }[];
}

/** How much is to happen. */
export interface Size {
  /** How many nodes, in sets of all kinds. */
  sets: number;
  steps: number;
  /** For how long something may hold, seconds. */
  seconds: readonly number[];
  /** How long there is rest at the most between two things, milliseconds. */
  pauses: readonly number[];
}

export const SHORT: Size = { sets: 1, steps: 16, seconds: [0.5, 1, 2, 4], pauses: [2_500] };
export const LONG: Size = { sets: 3, steps: 20, seconds: [0.5, 2, 2, 5, 5, 9, 15, 25], pauses: [500, 3_000, 9_000] };

/** Draws from a seed what happens. */
export class Planner {
  readonly #seed: number;
  readonly #random: Random;
  readonly #size: Size;
  readonly #limits: boolean;
  #made = 0;

  private constructor(seed: number, size: Size) {
    this.#seed = seed;
    this.#random = new Random(seed);
    this.#size = size;
    this.#limits = this.#chance(0.3);
  }

  static plan(seed: number, size: Size): Plan {
    const planner = new Planner(seed, size);
    const nodes = Array.from({ length: size.sets }, () => KINDS.map((kind) => planner.#node(kind))).flat();
    const steps = Array.from({ length: size.steps }, () => ({
      wait: planner.#below(planner.#pick(size.pauses)),
      deed: planner.#deed(),
    }));
    return { seed, limits: planner.#limits, nodes, steps };
  }

  #node(kind: Kind): FlowNode {
    const number = this.#made++;
    const common = { z: this.#pick(['one', 'two']), connection: this.#pick(['c', 'c', 'd']), x: 200, y: 40 * number };
    const node = (type: string, outputs: number, rest: object) => ({
      id: `${kind}-${this.#seed}-${number}`,
      type,
      ...common,
      ...rest,
      wires: Array.from({ length: outputs }, () => [`end-${common.z}`]),
    });
    const timeframe = this.#pick(['1s', '1s', '5s', '5s', '15s']);
    switch (this.#limits && kind === 'indicator' ? 'ohlc' : kind) {
      case 'ohlc':
        return node('tv-ohlc', 3, {
          symbols: this.#some(ALL),
          timeframe,
          history: this.#pick([0, 1, 10, 10, 70, 300]),
          remember: this.#chance(0.5),
        });
      case 'indicator': {
        const [indicator, indicatorInputs] = this.#pick([
          ['STD;RSI', {}],
          ['STD;RSI', { in_0: 7 }],
          ['STD;MACD', {}],
        ]);
        const history = this.#pick([0, 1, 10, 100]);
        return node('tv-indicator', 3, {
          symbols: this.#some(STEADY),
          timeframe,
          indicator,
          indicatorInputs,
          history,
        });
      }
      case 'trades':
        return node('tv-trades', 2, { symbols: this.#some(ALL), throttle: this.#pick([0, 0, 700]) });
      case 'history':
        return node('tv-history', 1, {});
      case 'packets':
        return node('tv-packets', 1, { methods: this.#pick([[], ['du', 'series_completed']]) });
    }
  }

  #deed(): Deed {
    const node = this.#below(100);
    const seconds = this.#pick(this.#size.seconds);
    const symbol = this.#pick(ALL);
    const kind = this.#below(100);
    if (kind < 14) return { do: 'fault', ...this.#fault() };
    if (kind < 42) {
      const holding = this.#holding();
      // Only where something has to be made up for does it matter how little there is.
      const cut = this.#chance(0.25) || holding.fault === 'limitHistory';
      return { do: 'hold', ...holding, seconds, cut };
    }
    if (kind < 48) return { do: 'network', how: this.#pick(['hold', 'chop']), seconds };
    if (kind < 51) return { do: 'network', how: this.#pick(['lose', 'tear', 'tear']) };
    if (kind < 56) return { do: 'sleep', who: this.#pick(['market', 'Node-RED']), seconds };
    if (kind < 59) return { do: 'clock', offset: this.#pick([-3_600_000, -2_000, 0, 5_000, 7_200_000]) };
    if (kind < 68) {
      const what = this.#pick(['correct', 'correct', 'leaveOut', 'insert'] as const);
      return { do: what, node, symbol: this.#below(10), candles: 1 + this.#below(8) };
    }
    if (kind < 84) {
      const fresh = this.#node(this.#pick(['ohlc', 'ohlc', 'indicator', 'trades', 'packets']));
      const [type, change] = this.#pick<[DeployType, Change]>([
        ['full', 'nothing'],
        ['full', 'settings'],
        ['reload', 'nothing'],
        ['flows', 'name'],
        ['flows', 'add'],
        ['nodes', 'name'],
        ['nodes', 'name'],
        ['nodes', 'settings'],
        ['nodes', 'add'],
        ['nodes', 'remove'],
        ['nodes', 'connection'],
        ['nodes', 'nothing'],
      ]);
      return { do: 'deploy', type, change, node, fresh };
    }
    if (kind < 92) {
      const action = this.#pick(['subscribe', 'subscribe', 'unsubscribe', 'reconnect'] as const);
      return { do: 'control', action, node, symbol };
    }
    const timeframe = this.#pick(['1s', '5s', '15s', '1m']);
    return { do: 'ask', node, symbol, timeframe, count: this.#pick([1, 50, 400]), span: this.#chance(0.3) };
  }

  #fault(): { fault: string; args: unknown[] } {
    return this.#pick([
      { fault: 'drop', args: [this.#pick([1000, 1005, 1006])] },
      { fault: 'restart', args: [] },
      { fault: 'loseSessions', args: [] },
      { fault: 'loseQuoteSessions', args: [] },
      { fault: 'malform', args: [this.#pick(['length', 'cut', 'junk', 'types'])] },
      { fault: 'skipBars', args: [this.#pick(ALL), 1 + this.#below(3)] },
      { fault: 'studyError', args: [2] },
    ]);
  }

  #holding(): { fault: string; args: unknown[] } {
    const always = [
      { fault: 'freeze', args: ['silent'] },
      { fault: 'freeze', args: ['heartbeat'] },
      { fault: 'freezeSymbol', args: this.#some(ALL) },
      { fault: 'freezeQuote', args: this.#some(ALL) },
      { fault: 'refuse', args: [this.#pick([403, 429, 'connection', 'connection', 'connection'])] },
      { fault: 'slow', args: [this.#pick([50, 900, 3_000])] },
      { fault: 'duplicate', args: [] },
      { fault: 'straggler', args: [] },
      { fault: 'reorder', args: [2 + this.#below(6)] },
      { fault: 'smallPages', args: [this.#pick([30, 100])] },
      { fault: 'stallStudies', args: [] },
      { fault: 'tooManyConnections', args: [1] },
      { fault: 'ban', args: [] },
    ];
    const limit = { fault: 'limitHistory', args: [this.#pick([1, 1, 3, 10])] };
    return this.#pick(this.#limits ? [...always, ...Array.from({ length: 10 }, () => limit)] : always);
  }

  /** One to three of them. */
  #some(values: readonly string[]): string[] {
    const count = 1 + this.#below(3);
    return [...new Set(Array.from({ length: count }, () => this.#pick(values)))];
  }

  #chance(part: number): boolean {
    return this.#random.next() < part;
  }

  #below(count: number): number {
    return Math.floor(this.#random.next() * count);
  }

  #pick<T>(values: readonly T[]): T {
    return values[this.#below(values.length)] as T;
  }
}
