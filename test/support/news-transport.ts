import { FeedError } from '../../src/feed/errors';
import type { Failure, Transport } from '../../src/feed/transport';
import type { Clock } from '../../src/market/clock';
import { USER_AGENT } from '../../src/news/endpoints';
import { readNewsRefusal } from '../../src/news/refusal';
import type { PracticeNews } from '../../src/simulator/practice-news';

const GONE: Failure = { error: new FeedError('UNREACHABLE', 'gone') };

/** An article that has come through as a whole, as the server sent it. */
export interface Shown {
  path: string;
  event: string;
  article: { link: string; title: string; description: string; sourceKey: string; category: string };
}

/** Links a client to practice news in memory, both on the same stepped clock. */
export class NewsTransport {
  /** Each try: when, milliseconds since the epoch, and for what. */
  readonly tries: { at: number; path: string }[] = [];
  readonly shown: Shown[] = [];
  /** Cuts what is sent into the pieces in which it comes. */
  split: (text: string) => string[] = (text) => [text];
  /** The next so many events break off in the middle, and the connection with them. */
  tears = 0;
  readonly #news: PracticeNews;
  readonly #clock: Clock;
  readonly #userAgent: string;
  #open = 0;

  constructor(news: PracticeNews, clock: Clock, userAgent = USER_AGENT) {
    this.#news = news;
    this.#clock = clock;
    this.#userAgent = userAgent;
  }

  /** Links that have not ended. */
  get open(): number {
    return this.#open;
  }

  readonly to = (pathOf: () => string): Transport => {
    return (events) => {
      let over = false;
      let leave = () => {};
      let status = 0;
      let retryAfter: string | undefined;
      let body = '';
      this.#open++;
      const end = (failure: Failure) => {
        if (over) return;
        over = true;
        this.#open--;
        leave();
        events.closed(failure);
      };
      const pass = (text: string, path: string) => {
        const torn = this.tears > 0;
        if (torn) this.tears--;
        for (const piece of this.split(torn ? text.slice(0, text.length / 2) : text)) {
          if (over) return;
          events.received(piece);
        }
        if (torn) end(GONE);
        else if (!over) this.shown.push(...shownIn(text, path));
      };
      queueMicrotask(() => {
        if (over) return;
        const path = pathOf();
        this.tries.push({ at: this.#clock.now(), path });
        leave = this.#news.connect(path, this.#userAgent, {
          head: (code, headers) => {
            status = code;
            retryAfter = headers['retry-after'];
            if (code === 200) events.opened();
          },
          write: (text) => {
            if (status === 200) pass(text, path);
            else body += text;
          },
          end: () => end(status === 200 ? GONE : readNewsRefusal(status, retryAfter, body)),
          cut: () => end(GONE),
        });
      });
      return { send: () => {}, close: () => queueMicrotask(() => end(GONE)) };
    };
  };
}

function shownIn(text: string, path: string): Shown[] {
  const [, event = '', data = ''] = /^event: (\w+)\ndata: (.*)\n\n$/.exec(text) ?? [];
  if (event !== 'news' && event !== 'breaking') return [];
  try {
    return JSON.parse(data).articles.map((article: Shown['article']) => ({ path, event, article }));
  } catch {
    // The server has cut it in half.
    return [];
  }
}
