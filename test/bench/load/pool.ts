import { encodePacket } from '../../../src/tradingview/framing';
import { CandlePackets } from './candle-packets';
import type { Opening } from './opening';
import { type Expected, type Plan, symbolsOf, WINDOW } from './plan';
import { type Made, QuotePackets } from './quote-packets';

/** Windows that differ; after them the first one is sent again. */
export const POOL = 8;

/** Of the session that nobody has, and of one that flows of core nodes are sent. */
const OTHER_SESSION = 'qs_AbCdEfGhIjKl';

/** The packets of a load, made before it begins. */
export class Pool {
  readonly packets: readonly string[];
  readonly #made: readonly Made[];
  readonly #plan: Plan;

  constructor(plan: Plan, opening: Opening) {
    this.#plan = plan;
    const source = sourceOf(plan, opening);
    this.#made = Array.from({ length: POOL * WINDOW }, (_, n) => source((n + 1) % WINDOW === 0));
    this.packets = this.#made.map(({ payload }) => encodePacket(payload));
  }

  /** Bytes of a packet on average, its header among them. */
  get bytes(): number {
    return this.packets.reduce((sum, packet) => sum + packet.length, 0) / this.packets.length;
  }

  /** What a client must get of the windows that count. */
  expected(): Expected {
    const { warmUp, windows, traffic } = this.#plan;
    const onlyLast = traffic.startsWith('unknown');
    const expected = { events: 0, whole: 0, parts: 0 };
    for (let n = 0; n < (warmUp + windows) * WINDOW; n++) {
      if (onlyLast && (n + 1) % WINDOW !== 0) continue;
      const { whole, part } = (this.#made[n % this.#made.length] as Made).apply();
      if (n < warmUp * WINDOW) continue;
      expected.events++;
      expected.whole += whole;
      expected.parts += part;
    }
    return expected;
  }
}

function sourceOf({ traffic, symbols, unasked, rate }: Plan, opening: Opening): (last: boolean) => Made {
  if (traffic === 'candles' || traffic === 'indicator') {
    const candles = new CandlePackets(unasked ? unaskedSeries(opening) : opening);
    return () => candles.next();
  }
  const session = unasked ? OTHER_SESSION : opening.quoteSession;
  const asked = unasked ? symbolsOf(symbols) : opening.symbols;
  const wanted = new QuotePackets(session, asked, opening.states, rate ? 'stamped' : 'wire');
  if (traffic === 'quotes') return () => wanted.next();
  const stranger =
    traffic === 'unknown-session'
      ? new QuotePackets(OTHER_SESSION, asked, new Map(), 'wire')
      : new QuotePackets(session, symbolsOf(999).slice(-50), new Map(), 'wire');
  return (last) => (last ? wanted : stranger).next();
}

function unaskedSeries(opening: Opening): Opening {
  const bar = { place: 300, time: 1_778_630_400, closeTime: 1_778_716_800 };
  return Object.assign(opening, { chartSession: 'cs_AbCdEfGhIjKl', series: 'sds_1', turnaround: 's1', bar });
}
