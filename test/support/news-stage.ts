import { SteppedClock } from '../../src/market/clock';
import type { Article } from '../../src/news/article';
import type { ArticleEvent, ArticleSubscription, WatchArticlesOptions } from '../../src/news/article-service';
import { NewsClient } from '../../src/news/client';
import type { NewsClientOptions } from '../../src/news/options';
import { PracticeNews, type PracticeNewsOptions } from '../../src/simulator/practice-news';
import { NewsTransport } from './news-transport';

const START = Date.UTC(2026, 4, 13, 14);

/** What one watcher was told. */
export interface Told {
  subscription: ArticleSubscription;
  articles: Article[];
  errors: string[];
  states: string[];
}

/** A client and practice news in memory, on one stepped clock. Random is 1, so that pauses are whole seconds. */
export class NewsStage {
  readonly clock = new SteppedClock(START);
  readonly news: PracticeNews;
  readonly transport: NewsTransport;
  readonly client: NewsClient;
  readonly states: string[] = [];
  readonly logs: string[] = [];

  constructor(options: PracticeNewsOptions & NewsClientOptions & { userAgent?: string } = {}) {
    this.news = new PracticeNews({ clock: this.clock, ...options });
    this.transport = new NewsTransport(this.news, this.clock, options.userAgent);
    this.client = new NewsClient(
      { idleTimeout: options.idleTimeout },
      {
        clock: this.clock,
        random: () => 1,
        transport: this.transport.to,
        log: (text) => this.logs.push(text),
      },
    );
    this.client.on('state', (state) => {
      if (this.states.at(-1) !== state) this.states.push(state);
    });
  }

  watch(options: WatchArticlesOptions = {}, listener: (event: ArticleEvent) => void = () => {}): Told {
    const told: Omit<Told, 'subscription'> = { articles: [], errors: [], states: [] };
    const stateChanged = (state: string) => void told.states.push(state);
    const subscription = this.client.watchArticles({ ...options, stateChanged }, (event) => {
      if (event.event === 'error') told.errors.push(event.error.code);
      else told.articles.push(event.article);
      listener(event);
    });
    return { ...told, subscription };
  }

  /** Lets time pass, in steps, between which promises are kept. */
  async pass(seconds: number): Promise<void> {
    await settled();
    for (let rest = seconds; rest > 0; rest -= 1) {
      this.clock.advance(Math.min(rest, 1) * 1000);
      await settled();
    }
  }

  async close(): Promise<void> {
    await this.client.close();
    await this.news.close();
  }
}

async function settled(): Promise<void> {
  for (let turns = 0; turns < 4; turns++) await Promise.resolve();
}
