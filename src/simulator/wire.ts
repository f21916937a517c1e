import { encodePacket } from '../tradingview/framing';
import type { Conditions, Damage, Flow } from './conditions';
import type { Random } from './random';
import { Shuffle } from './shuffle';

const DATA = ['du', 'timescale_update', 'qsd'];

/** Puts the packets of one connection on the wire: whole and in order, unless the conditions are otherwise. */
export class Wire {
  readonly #conditions: Conditions;
  readonly #flow: () => Flow;
  readonly #shuffle: Shuffle;

  /** @param random decides which packets overtake each other */
  constructor(conditions: Conditions, flow: () => Flow, random: Random) {
    this.#conditions = conditions;
    this.#flow = flow;
    this.#shuffle = new Shuffle(random);
  }

  /** @returns framed packets, ready to be joined */
  carry(payloads: readonly string[]): string[] {
    const flow = this.#flow();
    const { duplicate, reorder = 0, malform } = this.#conditions.inForce;
    if (flow === 'all' && !duplicate && !reorder && !malform && this.#shuffle.empty) return payloads.map(encodePacket);
    const passing = payloads.filter((payload) => passes(payload, flow));
    const doubled = duplicate ? passing.flatMap((one) => (isData(one) ? [one, one] : [one])) : passing;
    return this.#shuffle.pass(doubled, reorder).map((payload) => this.#frame(payload));
  }

  #frame(payload: string): string {
    const damage = hasMethod(payload) ? this.#conditions.damage() : undefined;
    return damage ? DAMAGES[damage](payload) : encodePacket(payload);
  }
}

/** The hello belongs to the connection, as the heartbeats do: both come from where the data only pass through. */
function passes(payload: string, flow: Flow): boolean {
  return flow === 'all' || (flow === 'beats' && !hasMethod(payload));
}

function hasMethod(payload: string): boolean {
  return payload.startsWith('{"m":');
}

function isData(payload: string): boolean {
  return DATA.some((method) => payload.startsWith(`{"m":"${method}"`));
}

const DAMAGES: Readonly<Record<Damage, (payload: string) => string>> = {
  length: (payload) => `~m~${payload.length + 5}~m~${payload}`,
  cut: (payload) => encodePacket(payload.slice(0, Math.ceil(payload.length / 2))),
  junk: (payload) => `rubbish~m~7x~m~{"m"${encodePacket(payload)}`,
  types: (payload) => {
    const { p, ...rest } = JSON.parse(payload);
    // The session stays, or the packet would reach nobody.
    return encodePacket(JSON.stringify({ ...rest, p: [p[0], ...p.slice(1).map(otherType)] }));
  },
};

function otherType(value: unknown): unknown {
  if (typeof value === 'number') return `${value}`;
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return [];
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, otherType(inner)]));
}
