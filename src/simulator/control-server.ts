import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bar } from '../market/candle';
import type { Timeframe } from '../market/timeframe';
import type { Faults } from './faults';
import { LOOPBACK } from './loopback-port';

/** No order is anywhere near as long. */
const LONGEST_ORDER = 64 * 1024;

/** What may be called from outside. */
const SWITCHES: ReadonlySet<string> = new Set<Exclude<keyof Faults, 'active'>>([
  'accept',
  'badToken',
  'ban',
  'clear',
  'correct',
  'drop',
  'duplicate',
  'expireToken',
  'failLookUps',
  'freeze',
  'freezeQuote',
  'freezeSymbol',
  'insert',
  'leaveOut',
  'limitHistory',
  'loseQuoteSessions',
  'loseSessions',
  'malform',
  'refuse',
  'reorder',
  'restart',
  'skipBars',
  'slow',
  'slowLookUps',
  'smallPages',
  'stallStudies',
  'straggler',
  'studyError',
  'thaw',
  'tooManyConnections',
]);

/** The market behind the switches. */
export interface ControlledMarket {
  readonly faults: Faults;
  stats(): { readonly received: ReadonlyMap<string, number> };
  candles(symbol: string, timeframe: Timeframe, from: number, to: number): Bar[];
  quote(symbol: string): unknown;
}

/**
 * Works the fault switches from another process, for tests. It has a port of its own, for that of the market may be closed by
 * one of them. `POST /faults` with `{"fault": "drop", "args": [1006]}` → `{"ok": true}`, or 400 with `{"error": sentence}`;
 * `GET /faults` → what holds; `GET /stats`; `GET /candles?symbol=&timeframe=&from=&to=` → the truth, times in milliseconds;
 * `GET /quote?symbol=` → the true quote.
 */
export class ControlServer {
  readonly #market: ControlledMarket;
  readonly #http: Server;

  constructor(market: ControlledMarket) {
    this.#market = market;
    this.#http = createServer((request, response) => void this.#answer(request, response));
  }

  /** @returns its base address */
  async open(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen(0, LOOPBACK, resolve);
    });
    return `http://${LOOPBACK}:${(this.#http.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#http.close(() => resolve());
      this.#http.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      say(response, 200, await this.#carryOut(request));
    } catch (error) {
      // Whatever goes wrong here comes from the order.
      say(response, 400, { error: error instanceof Error ? error.message : String(error) });
    }
  }

  async #carryOut(request: IncomingMessage): Promise<unknown> {
    // Browsers say where they come from, and no web page is to work the switches.
    if (request.headers.origin) throw new RangeError('orders from web pages are refused');
    const [path = '', query = ''] = (request.url ?? '').split('?');
    switch (`${request.method} ${path}`) {
      case 'POST /faults':
        await this.#switch(await read(request));
        return { ok: true };
      case 'GET /faults':
        return this.#market.faults.active;
      case 'GET /stats': {
        const { received, ...counts } = this.#market.stats();
        return { ...counts, received: Object.fromEntries(received) };
      }
      case 'GET /candles':
        return this.#candles(new URLSearchParams(query));
      case 'GET /quote':
        return this.#market.quote(new URLSearchParams(query).get('symbol') ?? '');
      default:
        throw new RangeError(`there is no ${request.method} ${path}`);
    }
  }

  async #switch(text: string): Promise<void> {
    const order: unknown = JSON.parse(text);
    const { fault, args = [] } = (order ?? {}) as { fault?: unknown; args?: unknown };
    if (typeof fault !== 'string' || !SWITCHES.has(fault)) {
      throw new RangeError(`there is no fault ${JSON.stringify(fault)}; there are ${[...SWITCHES].join(', ')}`);
    }
    if (!Array.isArray(args)) throw new RangeError('args must be a list');
    const faults = this.#market.faults as unknown as Record<string, (...args: unknown[]) => void | Promise<void>>;
    await faults[fault]?.(...args);
  }

  #candles(query: URLSearchParams): unknown {
    const number = (name: string): number => {
      const value = query.get(name);
      if (value && Number.isFinite(Number(value))) return Number(value);
      throw new RangeError(`${name} must be milliseconds since the epoch`);
    };
    const timeframe = query.get('timeframe') as Timeframe;
    return this.#market.candles(query.get('symbol') ?? '', timeframe, number('from'), number('to'));
  }
}

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > LONGEST_ORDER) throw new RangeError('the order is too long');
  }
  return text;
}

function say(response: ServerResponse, status: number, body: unknown): void {
  // Who works the switches may stop this process for a while: a connection that was kept would be closed as it is used again.
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', connection: 'close' });
  response.end(JSON.stringify(body));
}
