import { SteppedClock } from '../../src/market/clock';
import { PracticeNews, type PracticeNewsOptions } from '../../src/simulator/practice-news';

const START = Date.UTC(2026, 4, 13, 14);
const STEP = 250;

/** Practice news behind real sockets whose time runs some two hundred times as fast as ours. */
export class FastNews {
  readonly clock = new SteppedClock(START);
  readonly news: PracticeNews;
  url = '';
  #running: NodeJS.Timeout | null = null;

  private constructor(options: PracticeNewsOptions) {
    this.news = new PracticeNews({ ...options, clock: this.clock });
  }

  static async open(options: PracticeNewsOptions = {}): Promise<FastNews> {
    const fast = new FastNews(options);
    fast.url = await fast.news.listen();
    fast.#running = setInterval(() => fast.clock.advance(STEP), 1);
    return fast;
  }

  /** Waits until so many seconds of its time have passed. */
  async pass(seconds: number): Promise<void> {
    await new Promise<void>((resolve) => this.clock.after(seconds * 1000, resolve));
  }

  async close(): Promise<void> {
    if (this.#running) clearInterval(this.#running);
    await this.news.close();
  }
}
