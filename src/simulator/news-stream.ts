import type { Clock, Timer } from '../market/clock';
import type { NewsConditions } from './news-conditions';
import type { NewsDesk, PracticeArticle } from './news-desk';

/** Who reads a stream. */
export interface StreamReader {
  /** The answer has begun. */
  head(status: number, headers: Record<string, string>): void;
  write(text: string): void;
  /** The answer is complete. */
  end(): void;
  /** The connection is cut. */
  cut(): void;
}

/** What a stream needs to know of the server it belongs to. */
export interface StreamRules {
  readonly clock: Clock;
  readonly conditions: NewsConditions;
  readonly desk: NewsDesk;
  /** Milliseconds. */
  readonly poll: number;
  /** Milliseconds after which each stream of news is ended. */
  readonly lasts: number;
  /** What the prices of coins are now; one that is not known has none. */
  prices(symbols: readonly string[]): { symbol: string; price: number; change24h: number; timestamp: number }[];
  /** Told of each article that is sent. */
  shown(article: PracticeArticle): void;
}

const PRICES_EVERY = 5_000;
const DEFAULT_COINS = 'bitcoin,ethereum,binancecoin,solana,ripple';

/** One stream of events, as upstream sends it: named events, and neither `id` nor `retry`. */
abstract class EventStream {
  protected readonly rules: StreamRules;
  readonly #reader: StreamReader;
  readonly #ended: () => void;
  readonly #timers = new Set<Timer>();
  #over = false;

  /** @param ended called once, whoever has ended it */
  constructor(rules: StreamRules, reader: StreamReader, ended: () => void) {
    this.rules = rules;
    this.#reader = reader;
    this.#ended = ended;
  }

  /** Cuts it, or ends it in good order. */
  close(how: 'cut' | 'end'): void {
    if (this.#over) return;
    this.gone();
    this.#reader[how]();
  }

  /** The reader has left. */
  gone(): void {
    if (this.#over) return;
    this.#over = true;
    for (const timer of this.#timers) timer.cancel();
    this.#ended();
  }

  /** Says that its time is over, and ends it. */
  finish(): void {
    this.close('end');
  }

  protected send(event: string, data: object): void {
    if (this.#over || this.rules.conditions.inForce.freeze) return;
    const json = JSON.stringify(data);
    const text = this.rules.conditions.malforms() ? json.slice(0, json.length / 2) : json;
    this.#reader.write(`event: ${event}\ndata: ${text}\n\n`);
  }

  protected after(ms: number, run: () => void): void {
    if (this.#over) return;
    const timer = this.rules.clock.after(ms, () => {
      this.#timers.delete(timer);
      run();
    });
    this.#timers.add(timer);
  }

  protected get now(): { timestamp: string } {
    return { timestamp: new Date(this.rules.clock.now()).toISOString() };
  }
}

export type PracticeStream = NewsStream | PriceStream;

/** `/api/sse`: what is new is told at each poll, breaking news at each poll again, and after some minutes it ends. */
export class NewsStream extends EventStream {
  readonly #source: string | undefined;
  readonly #categories: readonly string[];
  readonly #breaking: boolean;
  #newest = '';

  constructor(query: URLSearchParams, rules: StreamRules, reader: StreamReader, ended: () => void) {
    super(rules, reader, ended);
    const sources = query.get('sources')?.split(',') ?? [];
    // An empty parameter is a category without a name, to which nothing belongs.
    this.#categories = query.get('categories')?.split(',') ?? [];
    this.#breaking = query.get('breaking') !== 'false';
    // Of several sources only the first counts.
    this.#source = sources[0] || undefined;
    const config = { sources, categories: this.#categories, includeBreaking: this.#breaking };
    this.send('connected', { message: 'Connected to SSE stream', ...this.now, config });
    this.after(rules.lasts, () => this.finish());
    this.after(0, () => this.#poll());
  }

  override finish(): void {
    this.send('close', { reason: 'max_duration_reached', message: 'Connection closed. Please reconnect.' });
    super.finish();
  }

  #poll(): void {
    if (this.rules.conditions.failsPoll()) this.send('error', { message: 'Error fetching news', ...this.now });
    else this.#tell();
    this.after(this.rules.poll, () => this.#poll());
  }

  #tell(): void {
    const { clock, desk, conditions } = this.rules;
    const { empty } = conditions.inForce;
    const latest = empty ? [] : desk.latest(10, clock.now(), this.#source);
    if (latest[0] && latest[0].link !== this.#newest) {
      this.#newest = latest[0].link;
      const wanted = latest.filter(
        ({ category }) => this.#categories.length === 0 || this.#categories.includes(category),
      );
      this.#show('news', wanted.slice(0, 5));
    }
    if (this.#breaking && !empty) this.#show('breaking', desk.breaking(3, clock.now()));
    this.send('heartbeat', this.now);
  }

  #show(type: 'news' | 'breaking', articles: PracticeArticle[]): void {
    if (articles.length === 0) return;
    this.send(type, { type, articles, ...this.now });
    if (!this.rules.conditions.inForce.freeze) for (const article of articles) this.rules.shown(article);
  }
}

/** `/api/prices/stream`: the prices of the coins every few seconds, without an end. */
export class PriceStream extends EventStream {
  readonly #symbols: readonly string[];

  constructor(query: URLSearchParams, rules: StreamRules, reader: StreamReader, ended: () => void) {
    super(rules, reader, ended);
    const symbols = (query.get('symbols') || DEFAULT_COINS).split(',').map((symbol) => symbol.trim().toLowerCase());
    this.#symbols = symbols.filter(Boolean);
    this.send('connected', { message: 'Connected to price stream', symbols: this.#symbols, ...this.now });
    this.after(0, () => this.#poll());
  }

  #poll(): void {
    const { conditions } = this.rules;
    if (conditions.failsPoll()) this.send('error', { message: 'Error fetching prices', ...this.now });
    else this.send('price', conditions.inForce.empty ? [] : this.rules.prices(this.#symbols));
    this.after(PRICES_EVERY, () => this.#poll());
  }
}
