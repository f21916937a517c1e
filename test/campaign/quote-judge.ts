import type { FlowMessage } from '../support/flow-message';
import type { PracticeProcess } from '../support/practice-process';
import type { Follower } from './follower';

/** The names of the contract, and those of the wire. */
const FIELDS: Record<string, string> = {
  price: 'lp',
  change: 'ch',
  changePercent: 'chp',
  volume: 'volume',
  bid: 'bid',
  ask: 'ask',
  bidSize: 'bid_size',
  askSize: 'ask_size',
  open: 'open_price',
  high: 'high_price',
  low: 'low_price',
  previousClose: 'prev_close_price',
  currency: 'currency_code',
  description: 'description',
  exchange: 'exchange',
  type: 'type',
  marketSession: 'current_session',
};

/** Whether quotes end up as what the market says of them, and name what has moved since the one before. */
export class QuoteJudge {
  readonly #market: PracticeProcess;
  readonly #followers: () => readonly Follower[];
  /** Those that were seen to be as they ought to be, once all was well. */
  readonly #right = new Set<Follower>();

  constructor(market: PracticeProcess, followers: () => readonly Follower[]) {
    this.#market = market;
    this.#followers = followers;
  }

  /** What is wrong whatever the truth is. */
  get problems(): string[] {
    return this.#quoted().flatMap((follower) => brokenMoves(follower).map((what) => `${follower.name}: ${what}`));
  }

  /** Who listens, and has not been seen to tell the whole truth since a time; the market is asked again each time. */
  async missing(since: number): Promise<string[]> {
    const problems: string[] = [];
    for (const follower of this.#quoted()) {
      if (follower.left !== null || this.#right.has(follower)) continue;
      const truth = asTold(await this.#market.quote(follower.symbol));
      const last = follower.messages.findLast(({ at }) => at >= since)?.msg.payload;
      const wrong = last ? Object.keys(truth).filter((field) => truth[field] !== last[field]) : ['all'];
      if (wrong.length === 0) this.#right.add(follower);
      else
        problems.push(
          `${follower.name}: wrong is ${wrong.map((field) => `${field} ${last?.[field]} (${truth[field]})`)}`,
        );
    }
    return problems;
  }

  #quoted(): Follower[] {
    return this.#followers().filter(({ settings }) => settings.type === 'tv-trades');
  }
}

function asTold(wire: Record<string, unknown>): Record<string, unknown> {
  const quote = Object.entries(FIELDS).map(([field, name]) => [field, wire[name]]);
  return { ...Object.fromEntries(quote), timestamp: (wire.lp_time as number) * 1000 };
}

function brokenMoves({ messages, left }: Follower): string[] {
  const problems: string[] = [];
  let before: FlowMessage['payload'] = { symbol: messages[0]?.msg.symbol };
  for (const { at, msg } of messages) {
    const { payload, changed = [] } = msg;
    const moved = Object.keys(payload).filter((field) => payload[field] !== before[field]);
    const says = `the quote at ${new Date(at).toISOString()}`;
    if (left !== null && at > left) problems.push(`${says} was told after leaving`);
    if (changed.length === 0) problems.push(`${says} has not changed`);
    // More may be named than differs: what moved and came back while messages were few.
    const silent = moved.filter((field) => field !== 'symbol' && !changed.includes(field));
    if (silent.length > 0) problems.push(`${says} does not name ${silent}`);
    if (Object.keys(before).some((field) => !(field in payload))) problems.push(`${says} has lost a field`);
    before = payload;
  }
  return problems;
}
