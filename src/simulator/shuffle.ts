import type { Random } from './random';

/** A candle, or the value of a study at one. */
interface Point {
  v: number[];
}

interface Held {
  payload: string;
  /** The candles that it tells of. */
  candles: ReadonlySet<string>;
}

/**
 * Lets packets with candles overtake each other within a window. What tells of the same candle keeps its order, for no client
 * could know which of two was the later one. Anything else, a heartbeat too, is overtaken by nothing: what is held back goes
 * out before it, so that nothing waits longer than from one heartbeat to the next.
 */
export class Shuffle {
  readonly #random: Random;
  readonly #held: Held[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  get empty(): boolean {
    return this.#held.length === 0;
  }

  /** @param window how many packets are looked at together; below 2 nothing is held back */
  pass(payloads: readonly string[], window: number): string[] {
    const out: string[] = [];
    for (const payload of payloads) {
      const candles = window > 1 ? candlesOf(payload) : undefined;
      if (candles) {
        this.#held.push({ payload, candles });
        this.#release(window - 1, out);
      } else {
        this.#release(0, out);
        out.push(payload);
      }
    }
    return out;
  }

  #release(keep: number, out: string[]): void {
    while (this.#held.length > keep) {
      const free = this.#held.filter((one, at) => !this.#held.slice(0, at).some((before) => overlap(before, one)));
      const next = free[Math.floor(this.#random.next() * free.length)] as Held;
      this.#held.splice(this.#held.indexOf(next), 1);
      out.push(next.payload);
    }
  }
}

/** undefined for a packet without candles. */
function candlesOf(payload: string): Set<string> | undefined {
  if (!payload.startsWith('{"m":"du"') && !payload.startsWith('{"m":"timescale_update"')) return undefined;
  const [session, data] = JSON.parse(payload).p as [string, Record<string, { s?: Point[]; st?: Point[] }>];
  const candles = new Set<string>();
  for (const [series, { s, st }] of Object.entries(data)) {
    for (const { v } of s ?? st ?? []) candles.add(`${session} ${series} ${v[0]}`);
  }
  return candles.size > 0 ? candles : undefined;
}

function overlap(a: Held, b: Held): boolean {
  return [...b.candles].some((candle) => a.candles.has(candle));
}
