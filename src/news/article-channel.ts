import { Audience } from '../feed/audience';
import type { Connection, ConnectionState, ConnectionStatus } from '../feed/connection';
import type { Subscriber, SubscriptionState } from '../feed/subscription';
import type { Clock, Timer } from '../market/clock';
import type { Article } from './article';
import type { NewsMessage } from './messages';
import { Renewal } from './renewal';
import { serverFailure } from './server-failure';
import type { Upstream } from './upstream';

/** One who listens to a channel. */
export interface ArticleSubscriber extends Subscriber {
  article(article: Article): void;
}

/** What a late-comer is told of: as much as the server would show on a stream of its own, and some more. */
const RECENT = 50;

/** A poll that nothing ends is over after this long, milliseconds. */
const LONGEST_POLL = 2_000;

/** The articles of one query, over one stream, shared by all who want them. */
export class ArticleChannel {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #idle: () => void;
  readonly #audience = new Audience<ArticleSubscriber>('waiting');
  #connectionState: ConnectionState = 'idle';
  readonly #renewal = new Renewal();
  /** By link, each as it came last. */
  readonly #recent = new Map<string, Article>();
  /** By link, what the present poll has shown: the server tells what is new, and only then which of it is breaking news. */
  #polled = new Map<string, Article>();
  #pollEnds: Timer | null = null;
  /** Whether the present stream has shown anything. */
  #shown = false;
  /** Whether the server's own error has been told, and nothing else has come since. */
  #failing = false;

  /** @param idle called when nobody needs it any more; who asks next opens a new one */
  constructor(path: string, upstream: Upstream, idle: () => void) {
    this.#idle = idle;
    this.#clock = upstream.clock;
    this.#connection = upstream.stream({
      path: () => path,
      message: (message) => this.#take(message),
      changed: (status) => this.#changed(status),
    });
  }

  get state(): SubscriptionState {
    return this.#audience.state;
  }

  /** `live` also while one stream is followed by the next. */
  get connection(): ConnectionState {
    return this.#connectionState;
  }

  /** Whoever comes late is told at once what has been shown of late. @returns leaves */
  join(subscriber: ArticleSubscriber): () => void {
    this.#audience.add(subscriber);
    const letGo = this.#connection.hold();
    for (const article of [...this.#recent.values()]) {
      if (this.#audience.members.includes(subscriber)) subscriber.article(article);
    }
    return () => {
      this.#audience.remove(subscriber);
      letGo();
    };
  }

  #take(message: NewsMessage): void {
    switch (message.kind) {
      case 'articles':
        this.#failing = false;
        for (const article of message.articles) this.#collect(article);
        return this.#audience.setState('live');
      case 'heartbeat':
        this.#failing = false;
        this.#endPoll();
        return this.#audience.setState(this.#shown ? 'live' : 'empty');
      case 'error':
        this.#endPoll();
        return this.#fail(message.reason);
    }
  }

  #collect(article: Article): void {
    this.#shown = true;
    if (!this.#polled.get(article.link)?.breaking) this.#polled.set(article.link, article);
    this.#pollEnds ??= this.#clock.after(LONGEST_POLL, () => this.#endPoll());
  }

  #endPoll(): void {
    this.#pollEnds?.cancel();
    this.#pollEnds = null;
    const polled = this.#polled;
    this.#polled = new Map();
    for (const article of polled.values()) this.#tell(article);
  }

  #tell(article: Article): void {
    this.#recent.delete(article.link);
    this.#recent.set(article.link, article);
    const [oldest] = this.#recent.keys();
    if (this.#recent.size > RECENT && oldest !== undefined) this.#recent.delete(oldest);
    for (const subscriber of this.#audience.members) subscriber.article(article);
  }

  /** Told once, until the server has news again, be it on another stream. */
  #fail(reason: string): void {
    this.#audience.setState('failed');
    if (this.#failing) return;
    this.#failing = true;
    this.#audience.failed(serverFailure('news', reason));
  }

  #changed(status: ConnectionStatus): void {
    this.#connectionState = this.#renewal.see(status);
    this.#endPoll();
    if (status.state === 'idle') this.#idle();
    if (status.state === 'live') this.#shown = false;
    if (this.#connectionState !== 'live') this.#audience.setState('waiting');
    else if (this.#audience.state === 'waiting') this.#audience.setState('loading');
  }
}
