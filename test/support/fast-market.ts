import { SteppedClock } from '../../src/market/clock';
import { PracticeMarket, type PracticeMarketOptions } from '../../src/simulator/practice-market';

/** A Wednesday on which the markets of all time zones trade at one hour or another. */
export const START = Date.UTC(2026, 4, 13, 14, 0, 0);

const STEP = 250;

/**
 * A practice market behind a real socket whose time runs some two hundred times as fast as ours, so that tests can wait for
 * what happens instead of for the clock.
 */
export class FastMarket {
  readonly clock = new SteppedClock(START);
  readonly market: PracticeMarket;
  url = '';
  httpUrl = '';
  #running: NodeJS.Timeout | null = null;

  private constructor(options: PracticeMarketOptions) {
    this.market = new PracticeMarket({ ...options, clock: this.clock });
  }

  static async open(options: PracticeMarketOptions = {}): Promise<FastMarket> {
    const fast = new FastMarket(options);
    Object.assign(fast, await fast.market.listen());
    fast.#running = setInterval(() => fast.clock.advance(STEP), 1);
    return fast;
  }

  async close(): Promise<void> {
    if (this.#running) clearInterval(this.#running);
    await this.market.close();
  }

  /** How often clients have called a method. */
  received(method: string): number {
    return this.market.stats().received.get(method) ?? 0;
  }
}
