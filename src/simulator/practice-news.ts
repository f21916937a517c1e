import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Clock, systemClock } from '../market/clock';
import { LoopbackPort } from './loopback-port';
import { MarketTruth } from './market-truth';
import { NewsConditions } from './news-conditions';
import { NewsDesk, type PracticeArticle } from './news-desk';
import { NewsFaults } from './news-faults';
import { NewsStream, type PracticeStream, PriceStream, type StreamReader, type StreamRules } from './news-stream';

/** How a practice news server is to be. */
export interface PracticeNewsOptions {
  /** The same seed gives the same articles and prices, for ever; default 1. */
  seed?: number;
  /** Where its time comes from; default real time. */
  clock?: Clock;
  /** Seconds between two polls for news; default 60, as upstream. */
  poll?: number;
  /** Seconds after which a stream of news is ended; default 300, as upstream. */
  lasts?: number;
  /** How many streams may be open; default 500. */
  capacity?: number;
  /** Told of each article that is sent, each time. */
  shown?: (article: PracticeArticle) => void;
}

/** What goes on in a practice news server. */
export interface PracticeNewsStats {
  /** Streams that are open, by socket or in memory. */
  streams: number;
  streamsEver: number;
  /** Path and query of each open stream. */
  open: string[];
}

/** Upstream's check. */
const ROBOT = /bot|crawler|spider|scraper|wget|curl|alphahunter/i;

/** The instruments of the practice market from which the coins have their prices. */
const COINS: Readonly<Record<string, string>> = {
  bitcoin: 'BINANCE:BTCUSDT',
  ethereum: 'BINANCE:ETHUSDT',
  solana: 'BINANCE:SOLUSDT',
  litecoin: 'COINBASE:LTCUSD',
  ripple: 'BITSTAMP:XRPUSD',
};

const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/**
 * The built-in news server: invented articles, and the prices of the practice market, over event streams on the loopback
 * interface, with the habits of the real one. Articles are a function of seed and time. Nothing runs while nobody listens.
 */
export class PracticeNews {
  /** Makes things go wrong, for tests. */
  readonly faults: NewsFaults;
  readonly #clock: Clock;
  readonly #conditions = new NewsConditions();
  readonly #capacity: number;
  readonly #rules: StreamRules;
  readonly #streams = new Map<PracticeStream, string>();
  readonly #port: LoopbackPort;
  #streamsEver = 0;
  #listens = false;

  constructor(options: PracticeNewsOptions = {}) {
    const { seed = 1, clock = systemClock, poll = 60, lasts = 300, capacity = 500 } = options;
    const desk = new NewsDesk(seed);
    const truth = new MarketTruth(seed, clock);
    this.#clock = clock;
    this.#capacity = capacity;
    this.#rules = {
      clock,
      conditions: this.#conditions,
      desk,
      poll: poll * 1000,
      lasts: lasts * 1000,
      prices: (symbols) => symbols.flatMap((symbol) => priceOf(symbol, truth, Math.round(clock.now()))),
      shown: (article) => options.shown?.(article),
    };
    const http = createServer((request, response) => this.#serve(request, response));
    this.#port = new LoopbackPort(http);
    this.faults = new NewsFaults({
      conditions: this.#conditions,
      streams: () => [...this.#streams.keys()],
      publish: (article) => desk.publish(article, clock.now()),
      shut: () => this.#port.shut(),
      reopen: async () => {
        if (this.#listens) await this.#port.reopen();
      },
    });
  }

  /** Opens the port. @param port 0 for any that is free @returns its base address */
  async listen(port = 0): Promise<string> {
    if (this.#listens) throw new Error('the practice news are listening already');
    this.#listens = true;
    return `http://${await this.#port.open(port)}`;
  }

  /** Cuts every stream and frees the port. */
  async close(): Promise<void> {
    this.faults.drop();
    this.#listens = false;
    await this.#port.close();
  }

  /**
   * A request without a socket, for tests on a stepped clock. The same code answers; nothing is said from within the call, but when
   * the clock next moves.
   * @param url path and query
   * @returns what the reader calls to leave
   */
  connect(url: string, userAgent: string, reader: StreamReader): () => void {
    let left = false;
    let leave = () => {};
    const timer = this.#clock.after(0, () => {
      if (this.#conditions.inForce.refuse) return reader.cut();
      leave = this.#answer(url, userAgent, reader);
      // It may have left while it was being answered.
      if (left) leave();
    });
    return () => {
      left = true;
      timer.cancel();
      leave();
    };
  }

  stats(): PracticeNewsStats {
    return { streams: this.#streams.size, streamsEver: this.#streamsEver, open: [...this.#streams.values()] };
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const leave = this.#answer(request.url ?? '', request.headers['user-agent'] ?? '', {
      head: (status, headers) => {
        response.writeHead(status, headers);
        response.flushHeaders();
      },
      write: (text) => void response.write(text),
      end: () => void response.end(),
      cut: () => void response.destroy(),
    });
    response.on('error', () => {});
    response.on('close', leave);
  }

  /** @returns what the reader calls to leave */
  #answer(url: string, userAgent: string, reader: StreamReader): () => void {
    const [path = '', query = ''] = url.split('?');
    const say = (status: number, body: object, headers: Record<string, string> = {}) => {
      reader.head(status, { 'content-type': 'application/json', ...headers });
      reader.write(JSON.stringify(body));
      reader.end();
      return () => {};
    };
    const known = path === '/api/sse' || path === '/api/prices/stream' || path === '/api/ws';
    if (!known) return say(404, { error: 'Not found' });
    if (this.#conditions.inForce.robots || ROBOT.test(userAgent)) {
      return say(403, { error: 'Automated access is not allowed', code: 'BOT_BLOCKED', requestId: 'practice' });
    }
    if (path === '/api/ws') return say(200, information());
    const retryAfter = this.#conditions.full() ?? (this.#streams.size >= this.#capacity ? 30 : undefined);
    if (retryAfter !== undefined) {
      const body = { error: 'Too many SSE connections', code: 'SSE_CAPACITY', retryAfter };
      return say(503, body, { 'retry-after': String(retryAfter) });
    }
    reader.head(200, STREAM_HEADERS);
    const Stream = path === '/api/sse' ? NewsStream : PriceStream;
    const ended = () => void this.#streams.delete(stream);
    const stream: PracticeStream = new Stream(new URLSearchParams(query), this.#rules, reader, ended);
    this.#streamsEver++;
    this.#streams.set(stream, url);
    return () => stream.gone();
  }
}

function priceOf(symbol: string, truth: MarketTruth, timestamp: number) {
  const instrument = COINS[symbol];
  if (!instrument) return [];
  const { lp, chp } = truth.quote(instrument);
  return [{ symbol, price: Number(lp), change24h: Number(chp), timestamp }];
}

function information(): object {
  return {
    message: 'WebSockets are not available here; use server-sent events.',
    instructions: { sse: 'GET /api/sse' },
    endpoints: { sse: '/api/sse', polling: '/api/news', wsServer: null },
    example: "new EventSource('/api/sse')",
  };
}
