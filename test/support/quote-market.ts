import { Random } from '../../src/simulator/random';
import { decodeFrame } from '../../src/tradingview/framing';
import { hello, packet } from './wire';

const AMOUNT = [0, 0.5, 1, 1.5, 2, 61764.4, 1e-8, -3, null, 1e100];
const TIME = [1734082440, 1734082521, 1734082521.5, null];
const TEXT = ['A', 'B', '삼성전자보통주', '__proto__', null];

/** What each field of the wire may be, what it is called in the contract, and what becomes of its value there. */
const FIELDS: Record<string, { name: string; values: readonly unknown[]; read?: (value: never) => unknown }> = {
  lp: { name: 'price', values: AMOUNT },
  lp_time: { name: 'timestamp', values: TIME, read: (seconds: number) => seconds * 1000 },
  ch: { name: 'change', values: AMOUNT },
  chp: { name: 'changePercent', values: AMOUNT },
  volume: { name: 'volume', values: AMOUNT },
  bid: { name: 'bid', values: AMOUNT },
  ask: { name: 'ask', values: AMOUNT },
  bid_size: { name: 'bidSize', values: AMOUNT },
  ask_size: { name: 'askSize', values: AMOUNT },
  open_price: { name: 'open', values: AMOUNT },
  high_price: { name: 'high', values: AMOUNT },
  low_price: { name: 'low', values: AMOUNT },
  prev_close_price: { name: 'previousClose', values: AMOUNT },
  currency_code: { name: 'currency', values: TEXT },
  description: { name: 'description', values: TEXT },
  exchange: { name: 'exchange', values: TEXT },
  type: { name: 'type', values: TEXT },
  current_session: { name: 'marketSession', values: ['market', 'pre_market', 'out_of_session', null] },
  update_mode: {
    name: 'delay',
    values: ['streaming', 'delayed_streaming_900', 'delayed_streaming_60', null],
    read: (mode: string) => Number(/\d+/.exec(mode) ?? 0),
  },
};
const NAMES = Object.keys(FIELDS);

/** The server's side of one connection. */
export interface QuoteLine {
  receive(text: string): void;
  end(): void;
}

/**
 * A server whose quotes move at random, any of their fields at any time, with values that come again and values that are none;
 * and the model of what a subscriber must have got of it. The first answer about a symbol has all that is known of it.
 */
export class QuoteMarket {
  readonly symbols: readonly string[];
  /** Connections, and quote sessions on them, since the start. */
  readonly ever = { connections: 0, sessions: 0 };
  /** Those that are open, with the symbols of each session. */
  readonly open = new Map<QuoteLine, Map<string, Set<string>>>();
  readonly #random: Random;
  readonly #sends = new Map<QuoteLine, (text: string) => void>();
  readonly #truth = new Map<string, Map<string, unknown>>();

  constructor(count: number, seed: number) {
    this.#random = new Random(seed);
    this.symbols = Array.from({ length: count }, (_, n) => `X:S${n}`);
    for (const symbol of this.symbols) this.#truth.set(symbol, new Map(this.#some(NAMES.length)));
  }

  /** @param send gets each message; not called from within `receive` by whoever hands it in */
  connect(send: (text: string) => void): QuoteLine {
    this.ever.connections++;
    const sessions = new Map<string, Set<string>>();
    const line: QuoteLine = {
      receive: (text) => {
        for (const payload of decodeFrame(text).packets) {
          if (payload.startsWith('{')) this.#call(sessions, send, JSON.parse(payload));
        }
      },
      end: () => {
        this.open.delete(line);
        this.#sends.delete(line);
      },
    };
    this.open.set(line, sessions);
    this.#sends.set(line, send);
    send(hello(Date.UTC(2026, 4, 13)));
    return line;
  }

  /** Something moves, and whoever has asked is told; some of what is told has not moved. @returns of which symbol */
  move(): string {
    const symbol = this.#pick(this.symbols);
    const delta = this.#some(4);
    const truth = this.#truth.get(symbol);
    for (const [name, value] of delta) truth?.set(name, value);
    for (const [line, sessions] of this.open) {
      for (const [id, symbols] of sessions) {
        if (symbols.has(symbol)) this.#sends.get(line)?.(quote(id, symbol, delta));
      }
    }
    return symbol;
  }

  /** What a subscriber must know of a symbol by now. */
  quote(symbol: string): Record<string, unknown> {
    const quote: Record<string, unknown> = { symbol };
    for (const [wire, value] of this.#truth.get(symbol) ?? []) {
      const field = FIELDS[wire];
      if (!field) continue;
      const none = value === null || value === 1e100;
      quote[field.name] = none ? null : field.read ? field.read(value as never) : value;
    }
    return quote;
  }

  #call(sessions: Map<string, Set<string>>, send: (text: string) => void, call: { m: string; p: string[] }): void {
    const [id = '', ...symbols] = call.p;
    switch (call.m) {
      case 'quote_create_session':
        this.ever.sessions++;
        sessions.set(id, new Set());
        break;
      case 'quote_delete_session':
        sessions.delete(id);
        break;
      case 'quote_remove_symbols':
        for (const symbol of symbols) sessions.get(id)?.delete(symbol);
        break;
      case 'quote_add_symbols':
        for (const symbol of symbols) {
          sessions.get(id)?.add(symbol);
          send(quote(id, symbol, [...(this.#truth.get(symbol) ?? [])]) + packet('quote_completed', id, symbol));
        }
    }
  }

  /** Up to so many fields with values, sometimes one that nobody has asked for among them. */
  #some(most: number): [name: string, value: unknown][] {
    const fields: [string, unknown][] = this.#random.next() < 0.1 ? [['rtc', 7]] : [];
    for (let n = 1 + this.#below(most); n > 0; n--) {
      const name = this.#pick(NAMES);
      fields.push([name, this.#pick(FIELDS[name]?.values ?? [])]);
    }
    return fields;
  }

  #pick<T>(values: readonly T[]): T {
    return values[this.#below(values.length)] as T;
  }

  #below(count: number): number {
    return Math.floor(this.#random.next() * count);
  }
}

function quote(id: string, symbol: string, fields: [string, unknown][]): string {
  return packet('qsd', id, { n: symbol, s: 'ok', v: Object.fromEntries(fields) });
}
