import type { ConnectionState } from '../feed/connection';
import type { FeedError } from '../feed/errors';
import { type SubscriptionState, teller } from '../feed/subscription';
import type { Article } from './article';
import { ArticleChannel } from './article-channel';
import { articleFilter, articleQuery } from './article-filter';
import { Delivered } from './delivered';
import { type ArticleOptions, checkArticleOptions } from './options';
import type { Upstream } from './upstream';

/** What `watchArticles` tells. */
export type ArticleEvent = { event: 'news' | 'breaking'; article: Article } | { event: 'error'; error: FeedError };

export interface WatchArticlesOptions extends ArticleOptions {
  /** Links of articles that have been delivered already, as `delivered` of an earlier subscription gave them. */
  delivered?: readonly string[] | undefined;
  /** Told whenever the subscription's state changes. */
  stateChanged?: ((state: SubscriptionState) => void) | undefined;
}

/** What a user of the client holds. */
export interface ArticleSubscription {
  /** `empty`: live, but the server shows no articles; they come when there are any. */
  readonly state: SubscriptionState;
  /** Of the stream that it shares with equal ones; `live` also while the server replaces it by the next. */
  readonly connection: ConnectionState;
  /** Links of the newest so many articles that were delivered, the newest last. */
  delivered(count: number): string[];
  /** No event comes afterwards. */
  close(): void;
}

/** Articles: one stream for each query. @internal */
export class ArticleService {
  readonly #upstream: Upstream;
  readonly #channels = new Map<string, ArticleChannel>();
  readonly #subscriptions = new Set<ArticleSubscription>();

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  /** @throws FeedError SETTING_INVALID, before anything is sent */
  watch(options: WatchArticlesOptions, listener: (event: ArticleEvent) => void): ArticleSubscription {
    const settings = checkArticleOptions(options);
    const wanted = articleFilter(settings);
    const delivered = new Delivered(options.delivered);
    const channel = this.#channel(articleQuery(settings));
    const { contain } = this.#upstream;
    let open = true;
    let leave = () => {};
    const tell = teller(contain, () => open, listener);
    const subscription: ArticleSubscription = {
      get state() {
        return channel.state;
      },
      get connection() {
        return channel.connection;
      },
      delivered: (count) => delivered.newest(count),
      close: () => {
        if (!open) return;
        open = false;
        this.#subscriptions.delete(subscription);
        leave();
      },
    };
    this.#subscriptions.add(subscription);
    leave = channel.join({
      article: (article) => {
        if (!open || delivered.sees(article.link) || !wanted(article)) return;
        delivered.add(article.link);
        // Each gets one of its own.
        tell({ event: article.breaking ? 'breaking' : 'news', article: structuredClone(article) });
      },
      failed: (error) => tell({ event: 'error', error }),
      stateChanged: (state) => {
        if (open) contain(() => options.stateChanged?.(state));
      },
    });
    // A late-comer is told at once, and may have closed it by now.
    if (!open) leave();
    return subscription;
  }

  close(): void {
    for (const subscription of [...this.#subscriptions]) subscription.close();
  }

  #channel(query: string): ArticleChannel {
    const known = this.#channels.get(query);
    if (known) return known;
    const path = `/api/sse${query && `?${query}`}`;
    const idle = () => {
      if (this.#channels.get(query) === channel) this.#channels.delete(query);
    };
    const channel: ArticleChannel = new ArticleChannel(path, this.#upstream, idle);
    this.#channels.set(query, channel);
    return channel;
  }
}
