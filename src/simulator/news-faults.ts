import { anObject, count, oneOf } from './fault-arguments';
import type { NewsConditions, NewsInForce } from './news-conditions';
import type { GivenArticle, PracticeArticle } from './news-desk';
import type { PracticeStream } from './news-stream';

/** What the switches act on. @internal */
export interface FaultyNews {
  readonly conditions: NewsConditions;
  streams(): readonly PracticeStream[];
  publish(article: GivenArticle): PracticeArticle;
  /** Closes the port, where there is one; streams stay. */
  shut(): void;
  /** Opens the same port again. */
  reopen(): Promise<void>;
}

/**
 * The fault switches of the practice news, as those of the practice market: each holds until `clear()`, unless it says otherwise,
 * by the server's clock, alike for sockets and for streams in memory. All refuse nonsense with a RangeError.
 */
export class NewsFaults {
  readonly #news: FaultyNews;
  readonly #inForce: NewsInForce;

  /** @internal */
  constructor(news: FaultyNews) {
    this.#news = news;
    this.#inForce = news.conditions.inForce;
  }

  /** The switches that hold at the moment. */
  get active(): (keyof NewsInForce)[] {
    return Object.keys(this.#inForce) as (keyof NewsInForce)[];
  }

  /** Ends one switch, or all. @returns when the port is open again, if it was closed */
  async clear(fault?: keyof NewsInForce): Promise<void> {
    for (const name of this.active) if (fault === undefined || fault === name) delete this.#inForce[name];
    if (!this.#inForce.refuse) await this.#news.reopen();
  }

  /** Cuts all open streams, now. New ones are welcome. */
  drop(): void {
    for (const stream of this.#news.streams()) stream.close('cut');
  }

  /** Ends all open streams, now, as when their time is over: with the event `close`, where they have one. */
  end(): void {
    for (const stream of this.#news.streams()) stream.finish();
  }

  /** Not a byte is sent, also not on new streams beyond the head, until `thaw()`; connections stay open. */
  freeze(): void {
    this.#inForce.freeze = true;
  }

  thaw(): void {
    delete this.#inForce.freeze;
  }

  /** New streams get 503 with `Retry-After`. @param times only the next so many; without it all do until `clear()` */
  full(retryAfter = 30, times?: number): void {
    if (times !== undefined) count('times', times, 1);
    this.#inForce.full = { retryAfter: count('retryAfter', retryAfter, 0), times };
  }

  /** Closes the port until `clear()`; open streams stay. */
  refuse(): void {
    this.#inForce.refuse = true;
    this.#news.shut();
  }

  /** Whoever asks is taken for a robot, and gets 403. */
  robots(on = true): void {
    this.#switch('robots', on);
  }

  /** There are neither articles nor prices. */
  empty(on = true): void {
    this.#switch('empty', on);
  }

  /** The next polls, one unless said otherwise, fail with the server's own event `error`, and without a heartbeat. */
  failPolls(times = 1): void {
    this.#inForce.failPolls = { times: count('times', times, 1) };
  }

  /** The data of the next events, one unless said otherwise, are cut in half. */
  malform(times = 1): void {
    this.#inForce.malform = { times: count('times', times, 1) };
  }

  /** Writes one article more, now; the streams have it from their next poll on. Whatever is not given is made up. */
  publish(article: GivenArticle = {}): PracticeArticle {
    return this.#news.publish(anObject('article', article));
  }

  #switch(fault: 'robots' | 'empty', on: boolean): void {
    if (oneOf('on', on, [true, false])) this.#inForce[fault] = true;
    else delete this.#inForce[fault];
  }
}
