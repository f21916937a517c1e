import type { FlowMessage } from '../support/flow-message';
import { Follower } from './follower';
import type { FlowNode } from './plan';

/** What the tap within Node-RED tells, in the order in which it happened. */
export type Line = { at: number } & (
  | { kind: 'deploy'; life: number; started: string[]; ended: string[] }
  | { kind: 'input'; id: string; msg: Input }
  | { kind: 'sent'; id: string; life: number | null; port: number; msg: FlowMessage & Partial<Input> }
);

export interface Input {
  action?: string;
  payload?: unknown;
  request?: number;
}

/** A request of history. */
export interface Asked {
  at: number;
  id: string;
  life: number;
  symbol: string;
  timeframe: string;
  payload: { count?: number; from?: number; to?: number };
  answers: { at: number; msg: FlowMessage }[];
}

interface Life {
  number: number;
  settings: FlowNode;
  following: Map<string, Follower>;
}

/** Troubles that are told to flows while there are some. */
const ORDINARY = [
  'UNREACHABLE',
  'RATE_LIMITED',
  'TIMEOUT',
  'PROTOCOL',
  'BANNED',
  'TOO_MANY_CONNECTIONS',
  'INDICATOR_FAILED',
];

/** Sorts what Node-RED's nodes were told and have told: by node, by life of the node, and by symbol. */
export class Logbook {
  readonly followers: Follower[] = [];
  readonly asked = new Map<number, Asked>();
  /** What is wrong whatever the truth is. */
  readonly problems: string[] = [];
  /** Packets that `tv-packets` has sent, by node. */
  readonly packets = new Map<string, number>();
  count = 0;
  readonly #settings: (deploy: number) => ReadonlyMap<string, FlowNode> | undefined;
  #begun = false;
  readonly #lives = new Map<string, Life>();
  /** The last candle that a node which remembers has delivered, by node and series. */
  readonly #remembered = new Map<string, number>();

  /** @param settings of the nodes that were deployed, by id, where the deploy was one of this round */
  constructor(settings: (deploy: number) => ReadonlyMap<string, FlowNode> | undefined) {
    this.#settings = settings;
  }

  /** Those that still follow. */
  get present(): Follower[] {
    return this.followers.filter(({ left }) => left === null);
  }

  take(line: Line): void {
    if (line.kind === 'deploy') this.#deployed(line);
    // What is told before is of the round before.
    else if (!this.#begun) return;
    else if (line.kind === 'input') this.#input(line);
    else this.#sent(line);
  }

  /** Whether the request's node still lives as it did. */
  isCut({ id, life }: Asked): boolean {
    return this.#lives.get(id)?.number !== life;
  }

  #deployed({ at, life, started, ended }: Extract<Line, { kind: 'deploy' }>): void {
    const nodes = this.#settings(life);
    if (!nodes) return;
    this.#begun = true;
    for (const id of [...started, ...ended]) this.#end(id, at);
    for (const id of ended) this.#forget(id);
    for (const id of started) {
      const settings = nodes.get(id);
      if (!settings) continue;
      this.#lives.set(id, { number: life, settings, following: new Map() });
      if (settings.type === 'tv-ohlc' && !settings.remember) this.#forget(id);
      for (const symbol of (settings.symbols ?? []) as string[]) this.#follow(id, symbol, at);
    }
  }

  #end(id: string, at: number): void {
    for (const follower of this.#lives.get(id)?.following.values() ?? []) this.#leave(follower, at);
    this.#lives.delete(id);
  }

  #follow(id: string, symbol: string, at: number): void {
    const life = this.#lives.get(id);
    if (!life || life.following.get(symbol)?.left === null) return;
    const after = life.settings.remember ? this.#remembered.get(memory(id, life.settings, symbol)) : undefined;
    const follower = new Follower(life.settings, symbol, at, after);
    life.following.set(symbol, follower);
    this.followers.push(follower);
  }

  #leave(follower: Follower, at: number): void {
    follower.left ??= at;
    const { settings, last, symbol } = follower;
    if (settings.remember && last !== undefined) this.#remembered.set(memory(settings.id, settings, symbol), last);
  }

  #forget(id: string): void {
    for (const key of this.#remembered.keys()) if (key.startsWith(`${id} `)) this.#remembered.delete(key);
  }

  #input({ at, id, msg }: Extract<Line, { kind: 'input' }>): void {
    const life = this.#lives.get(id);
    if (!life) return;
    const symbol = String(msg.payload);
    const follower = life.following.get(symbol);
    if (msg.action === 'subscribe') this.#follow(id, symbol, at);
    if (msg.action === 'unsubscribe' && follower) this.#leave(follower, at);
    if (msg.request !== undefined) {
      const { symbol: of, timeframe, ...payload } = msg.payload as { symbol: string; timeframe: string };
      this.asked.set(msg.request, { at, id, life: life.number, symbol: of, timeframe, payload, answers: [] });
    }
  }

  #sent({ at, id, life, msg }: Extract<Line, { kind: 'sent' }>): void {
    this.count++;
    const asked = this.asked.get(msg.request ?? -1);
    if (asked) asked.answers.push({ at, msg });
    if (msg.error) {
      if (!ORDINARY.includes(msg.error.code ?? '')) this.problems.push(`error: ${JSON.stringify(msg.error)}`);
      return;
    }
    const present = this.#lives.get(id);
    if (present?.number !== life) {
      this.problems.push(`${id}: an instance that a deploy had ended sent ${msg.event} of ${msg.topic}`);
    } else if (msg.event === 'packet') {
      this.packets.set(id, (this.packets.get(id) ?? 0) + 1);
    } else if (!asked && msg.event !== 'list') {
      const follower = present.following.get(msg.topic ?? '');
      if (follower) follower.take(at, msg);
      else this.problems.push(`${id}: sent ${msg.event} of ${msg.topic}, which it does not follow`);
    }
  }
}

function memory(id: string, { timeframe, connection }: FlowNode, symbol: string): string {
  return `${id} ${symbol} ${timeframe} ${connection}`;
}
