import { Random } from '../../../src/simulator/random';
import { partValue, quoteValue } from './plan';

/** A packet, with what it says. */
export interface Made {
  payload: string;
  /** Adds what it says to the state of its symbol. @returns what counts of the state then, and of the packet alone */
  apply(): { whole: number; part: number };
}

/** What counts of the state of a symbol. */
export interface QuoteState {
  lp: number;
  lp_time: number;
  bid: number;
}

/** `wire` as on the real wire; `stamped`: only trades, whose volume has ten digits in which the time of sending is written. */
export type Mix = 'wire' | 'stamped';

/** What stands where a time is to be written. */
export const STAMP = '1234567890';

/** Of each symbol in turn, so that also what is sent again moves. */
const MIX = ['trade', 'spread', 'trade', 'trade', 'spread', 'trade', 'time', 'trade', 'spread', 'trade'];
/** A prime, so that all symbols come, and not in the order in which they were asked for. */
const STRIDE = 7919;

/** Prices that follow each other are this many different ones. */
const TICKS = 997;

/**
 * Quotes in the mix of the real wire: of ten packets six are trades, three a new bid and ask, and one a mere time. Each moves
 * what counts of it, also when they are sent again from the first one on.
 */
export class QuotePackets {
  readonly #random = new Random(7);
  readonly #session: string;
  readonly #symbols: readonly string[];
  readonly #states: QuoteState[];
  readonly #mix: Mix;
  #time = 1_700_000_000;
  #made = 0;

  /**
   * @param symbols as they were asked for
   * @param known their states, as they were told first
   */
  constructor(session: string, symbols: readonly string[], known: ReadonlyMap<string, QuoteState>, mix: Mix) {
    this.#session = session;
    this.#symbols = symbols;
    this.#states = symbols.map((symbol) => ({ lp: 0, lp_time: 0, bid: 0, ...known.get(symbol) }));
    this.#mix = mix;
  }

  next(): Made {
    const { length } = this.#symbols;
    const symbol = (this.#made * STRIDE) % length;
    const turn = Math.floor(this.#made / length) + symbol * 7;
    this.#made++;
    const kind = this.#mix === 'stamped' ? 'trade' : MIX[turn % MIX.length];
    const values = kind === 'trade' ? this.#trade() : kind === 'spread' ? this.#spread() : `"lp_time":${++this.#time}`;
    const name = JSON.stringify(this.#symbols[symbol]);
    const payload = `{"m":"qsd","p":["${this.#session}",{"n":${name},"s":"ok","v":{${values}}}]}`;
    const says = JSON.parse(`{${values}}`);
    return { payload, apply: () => this.#apply(symbol, says) };
  }

  #trade(): string {
    const price = this.#price();
    const change = this.#between(-5, 5);
    const volume = this.#mix === 'stamped' ? STAMP : this.#between(100_000, 999_999) + 0.125;
    const moved = `"chp":${(change / 10).toFixed(2)},"ch":${change.toFixed(2)}`;
    return `"volume":${volume},"lp_time":${++this.#time},"lp":${price},${moved},"bid":${price - 0.25},"ask":${price + 0.25}`;
  }

  #spread(): string {
    const price = this.#price();
    const [bidSize, askSize] = [this.#between(1, 99), this.#between(1, 99)];
    return `"bid":${price - 0.5},"bid_size":${bidSize.toFixed(4)},"ask":${price + 0.5},"ask_size":${askSize.toFixed(4)}`;
  }

  /** Never the same in two packets that follow each other. */
  #price(): number {
    return 1_000 + (this.#made % TICKS) + Math.floor(this.#random.next() * 4) / 4 + 0.125;
  }

  #between(least: number, most: number): number {
    return Math.floor(least + this.#random.next() * (most - least));
  }

  #apply(symbol: number, says: Partial<QuoteState>): { whole: number; part: number } {
    const state = this.#states[symbol] as QuoteState;
    const moves = Object.entries(says).some(([field, value]) => state[field as keyof QuoteState] !== value);
    if (!moves) throw new Error('a packet of the load moves nothing');
    Object.assign(state, says);
    return { whole: quoteValue(state.lp, state.bid, state.lp_time), part: partValue(says) };
  }
}
