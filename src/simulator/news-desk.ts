import { hashText, mix } from './random';

/** An article, by the names of the wire. */
export interface PracticeArticle {
  title: string;
  link: string;
  description: string;
  /** ISO. */
  pubDate: string;
  source: string;
  sourceKey: string;
  category: string;
  timeAgo: string;
  contentType: string;
  credibility: number;
}

/** What can be said of an article that is published on request; the rest is made up. */
export type GivenArticle = Partial<Omit<PracticeArticle, 'pubDate' | 'timeAgo'>> & { breaking?: boolean };

interface Written extends PracticeArticle {
  time: number;
  breaking: boolean;
}

const SOURCES: readonly [key: string, name: string, category: string][] = [
  ['coindesk', 'CoinDesk', 'general'],
  ['cointelegraph', 'CoinTelegraph', 'general'],
  ['decrypt', 'Decrypt', 'general'],
  ['theblock', 'The Block', 'general'],
  ['blockworks', 'Blockworks', 'general'],
  ['bitcoinmagazine', 'Bitcoin Magazine', 'bitcoin'],
  ['defiant', 'The Defiant', 'defi'],
  ['messari', 'Messari', 'research'],
  ['slowmist', 'SlowMist Blog', 'security'],
];
const COINS = ['Bitcoin', 'Ethereum', 'Solana', 'Litecoin', 'XRP'];
const EVENTS = [
  ['rises on quiet trading', 'Nothing in particular is said to be the reason.'],
  ['falls on quiet trading', 'Those who were asked had expected it, or the contrary.'],
  ['holders move old coins', 'The wallets had not been heard of for years.'],
  ['fees are the lowest of the month', 'A transfer costs less than a stamp.'],
  ['upgrade is put off once more', 'The developers name no new date.'],
  ['fund reports inflows', 'It is the third week in a row.'],
] as const;

/** At most one article is written in each, milliseconds. */
const SLOT = 30_000;
/** Of ten slots so many have one. */
const OF_TEN = 6;
/** One article in so many is breaking news; it is so for two hours. */
const BREAKING = 8;
const BREAKING_FOR = 2 * 3_600_000;
/** Further back nobody looks, slots. */
const FURTHEST = 2_000;

/** All articles there are: a function of seed and time, and what has been published on request. Times are milliseconds. */
export class NewsDesk {
  readonly #seed: number;
  readonly #published: Written[] = [];

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Writes one article more, now. @returns it */
  publish({ breaking = false, ...given }: GivenArticle, now: number): PracticeArticle {
    const count = this.#published.length + 1;
    const made = this.#write(Math.floor(now / SLOT));
    const written = { ...made, title: `Practice: extra ${count}`, link: `${made.link}-extra-${count}`, ...given };
    this.#published.push({ ...written, time: now, pubDate: new Date(now).toISOString(), breaking });
    return told(this.#published.at(-1) as Written, now);
  }

  /** The newest articles, the newest first. @param source its key; all of them unless given */
  latest(count: number, now: number, source?: string): PracticeArticle[] {
    return this.#find(count, now, (article) => source === undefined || article.sourceKey === source);
  }

  /** The newest breaking news, the newest first. */
  breaking(count: number, now: number): PracticeArticle[] {
    return this.#find(count, now, ({ breaking, time }) => breaking && now - time < BREAKING_FOR);
  }

  #find(count: number, now: number, wanted: (article: Written) => boolean): PracticeArticle[] {
    const found = this.#published.filter(({ time }) => time <= now).filter(wanted);
    const newest = Math.floor(now / SLOT);
    let written = 0;
    for (let slot = newest; slot > newest - FURTHEST && written < count; slot--) {
      if (mix(this.#seed, slot) % 10 >= OF_TEN) continue;
      const article = this.#write(slot);
      if (article.time > now || !wanted(article)) continue;
      written++;
      found.push(article);
    }
    found.sort((a, b) => b.time - a.time);
    return found.slice(0, count).map((article) => told(article, now));
  }

  #write(slot: number): Written {
    const roll = (what: string, sides: number) => mix(hashText(what, this.#seed), slot) % sides;
    const [sourceKey, source, category] = SOURCES[roll('source', SOURCES.length)] as (typeof SOURCES)[number];
    const [event, description] = EVENTS[roll('event', EVENTS.length)] as (typeof EVENTS)[number];
    const time = slot * SLOT + roll('time', SLOT / 1000) * 1000;
    return {
      title: `Practice: ${COINS[roll('coin', COINS.length)]} ${event}`,
      link: `https://news.invalid/${sourceKey}/${slot}`,
      description,
      pubDate: new Date(time).toISOString(),
      source,
      sourceKey,
      category,
      timeAgo: '',
      contentType: 'news',
      credibility: (60 + roll('credibility', 40)) / 100,
      time,
      breaking: roll('breaking', BREAKING) === 0,
    };
  }
}

/** As it goes over the wire. */
function told({ time, breaking: _, ...article }: Written, now: number): PracticeArticle {
  return { ...article, timeAgo: `${Math.floor((now - time) / 60_000)}m ago` };
}
