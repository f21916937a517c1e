import type { FastMarket } from './fast-market';
import type { NodeRedProcess } from './node-red-process';
import { type Holdings, probe, probeUntil } from './probe';

export type DeployType = 'full' | 'flows' | 'nodes';
export const DEPLOY_TYPES: readonly DeployType[] = ['full', 'flows', 'nodes'];

/** Sets its status whenever it is deployed. */
export const MARKER = 'marker';
const TABS = ['f', 'g'];
/** Of a dozen nodes. */
const KINDS = [
  ...['tv-ohlc', 'tv-trades', 'tv-indicator', 'tv-ohlc', 'tv-trades', 'tv-packets'],
  ...['tv-ohlc', 'tv-history', 'tv-indicator', 'tv-ohlc', 'tv-trades', 'tv-trades'],
];
/** A deploy in so many waits until all is live; the others come while things are being opened. */
const LIVE_EVERY = 5;

const SETTINGS: Record<string, (symbol: string) => object> = {
  'tv-ohlc': (symbol) => ({ symbols: [symbol], timeframe: '5s', history: 20, remember: true, wires: [[], [], []] }),
  'tv-indicator': (symbol) => ({ symbols: [symbol], timeframe: '5s', indicator: 'STD;RSI', wires: [[], [], []] }),
  'tv-trades': (symbol) => ({ symbols: [symbol], throttle: 100, wires: [[], []] }),
  'tv-history': (symbol) => ({ symbol, timeframe: '1m', count: 1000, wires: [[]] }),
  'tv-packets': () => ({ methods: ['qsd'], wires: [[]] }),
};

/** An empty flow, but for a node whose status shows that statuses can be seen. */
export const EMPTY = [
  { id: TABS[0], type: 'tab' },
  {
    id: MARKER,
    z: TABS[0],
    type: 'function',
    func: 'return null;',
    initialize: 'node.status({ text: "here" });',
    outputs: 0,
    x: 1,
    y: 1,
    wires: [],
  },
];

/** A flow of nodes of all kinds on one connection, deployed again and again into a real Node-RED while the market runs. */
export class Lifecycle {
  readonly #red: NodeRedProcess;
  readonly #market: FastMarket;
  readonly #nodes: number;
  #deploys = 0;

  constructor(red: NodeRedProcess, market: FastMarket, nodes: number) {
    this.#red = red;
    this.#market = market;
    this.#nodes = nodes;
  }

  /** Deploys once more: with something changed, sometimes with nodes that are gone or new, sometimes with a changed connection. */
  async deploy(type: DeployType): Promise<void> {
    this.#deploys++;
    await this.#red.deploy(this.#flows(this.#deploys), type);
    if (this.#deploys % LIVE_EVERY === 0) await this.live();
  }

  /** Waits until all nodes are served over one socket. @returns what the process holds then */
  async live(): Promise<Holdings> {
    const address = new URL(this.#market.url).host;
    return probeUntil(this.#red, ({ connections: { c }, sockets }) => {
      const streams = c?.state === 'live' && c.users === this.#count(this.#deploys);
      return streams && this.#market.market.stats().sockets === 1 && sockets.every((one) => one === address);
    });
  }

  /** Takes all nodes away but the marker. @returns what the process holds when it has let go of all, or does not */
  async clear(free: (holdings: Holdings) => boolean = () => true): Promise<Holdings> {
    await this.#red.deploy(EMPTY);
    return probeUntil(this.#red, (held) => this.#market.market.stats().sockets === 0 && free(held));
  }

  holdings(): Promise<Holdings> {
    return probe(this.#red);
  }

  /** Every third time a node less. */
  #count(turn: number): number {
    return turn % 3 === 0 ? this.#nodes - 1 : this.#nodes;
  }

  #flows(turn: number): object[] {
    const { url, httpUrl } = this.#market;
    const connection = { id: 'c', type: 'tv-connection', server: 'custom', url, httpUrl };
    const nodes = Array.from({ length: this.#count(turn) }, (_, n) => this.#node(n, turn)).flat();
    const changed = { ...connection, maxStudies: 50, name: `changed ${Math.floor(turn / 7)}` };
    return [...TABS.map((id) => ({ id, type: 'tab' })), ...EMPTY.slice(1), changed, ...nodes];
  }

  /** A third of the nodes is changed each time. */
  #node(n: number, turn: number): object[] {
    const type = KINDS[n % KINDS.length] as string;
    const symbol = `PRACTICE:N${String(n % 25).padStart(3, '0')}`;
    const place = { z: TABS[n % TABS.length], x: 1, y: 1 };
    const name = n % 3 === turn % 3 ? `turn ${turn}` : `turn ${n % 3}`;
    const node = { id: `n${n}`, type, name, connection: 'c', ...place, ...SETTINGS[type]?.(symbol) };
    if (type !== 'tv-history') return [node];
    const inject = { id: `i${n}`, type: 'inject', props: [], once: true, onceDelay: 0.1, repeat: '' };
    return [node, { ...inject, ...place, wires: [[`n${n}`]] }];
  }
}
