import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { SteppedClock } from '../../src/market/clock';
import { PracticeMarket, type PracticeMarketOptions } from '../../src/simulator/practice-market';

/** A Wednesday on which the markets of all time zones trade at one hour or another. */
export const START = Date.UTC(2026, 4, 13, 14, 0, 0);

const STEP = 250;
/** Steps of a client in the same process, too: long enough to let minutes pass, and far shorter than any time-out. */
const STEP_TOGETHER = 1_000;

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
  #ownTime: SinonFakeTimers | null = null;
  #still = false;

  private constructor(options: PracticeMarketOptions) {
    this.market = new PracticeMarket({ ...options, clock: this.clock });
  }

  static async open(options: PracticeMarketOptions = {}): Promise<FastMarket> {
    const fast = new FastMarket(options);
    Object.assign(fast, await fast.market.listen());
    fast.#run(STEP);
    return fast;
  }

  /**
   * As `open`, but the time of this process runs in step with the market's until it is closed: a client's time-outs and pauses
   * are as long, beside the candles, as they truly are. Sockets and everything else of Node.js stay real.
   */
  static async openTogether(options: PracticeMarketOptions = {}): Promise<FastMarket> {
    const fast = new FastMarket(options);
    Object.assign(fast, await fast.market.listen());
    fast.#ownTime = useFakeTimers({ now: START, toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    fast.#run(STEP_TOGETHER);
    return fast;
  }

  async close(): Promise<void> {
    if (this.#running) clearInterval(this.#running);
    this.#ownTime?.restore();
    await this.market.close();
  }

  /** Waits until the market's time has come to a moment, milliseconds since the epoch. */
  async until(moment: number): Promise<void> {
    await new Promise<void>((resolve) => this.clock.after(moment - this.clock.now(), resolve));
  }

  /** Does something that takes no time by this clock. */
  async still(act: () => Promise<void>): Promise<void> {
    this.#still = true;
    await act().finally(() => {
      this.#still = false;
    });
  }

  /** How often clients have called a method. */
  received(method: string): number {
    return this.market.stats().received.get(method) ?? 0;
  }

  #run(step: number): void {
    this.#running = setInterval(() => {
      if (this.#still) return;
      this.clock.advance(step);
      this.#ownTime?.tick(step);
    }, 1);
  }
}
