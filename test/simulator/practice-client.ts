import assert from 'node:assert/strict';
import type { SteppedClock } from '../../src/market/clock';
import type { Refusal } from '../../src/simulator/conditions';
import { PracticeMarket, type PracticeMarketOptions } from '../../src/simulator/practice-market';
import { decodeFrame, encodePacket, isHeartbeat } from '../../src/tradingview/framing';

export interface Message {
  m: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into packets of every shape
  p: any[];
  t?: number;
  t_ms?: number;
}

/** Keeps the series of one session as a chart would: by time, from whatever packets come. */
export class Chart {
  readonly bars = new Map<number, number[]>();

  take({ m, p }: Message, series = 'sds_1'): void {
    if ((m !== 'du' && m !== 'timescale_update') || !p[1][series]) return;
    for (const { v } of p[1][series].s as { v: number[] }[]) this.bars.set(v[0] as number, v);
  }

  /** Oldest first, with times in seconds, as on the wire. */
  values(): number[][] {
    return [...this.bars.values()].sort((a, b) => (a[0] as number) - (b[0] as number));
  }
}

/** A client of the in-memory connection, on a clock that the test moves. It echoes heartbeats unless told not to. */
export class PracticeClient {
  readonly frames: string[] = [];
  readonly payloads: string[] = [];
  closed: number | undefined;
  refused: Refusal | undefined;
  echo = true;
  /** How many stretches of what came were no packets; only a test that expects some looks away. */
  damaged = 0;
  tolerant = false;
  readonly #clock: SteppedClock;
  readonly #connection;
  #taken = 0;

  constructor(market: PracticeMarket, clock: SteppedClock) {
    this.#clock = clock;
    this.#connection = market.connect(
      (text) => this.#receive(text),
      (code) => {
        this.closed = code;
      },
      (refusal) => {
        this.refused = refusal;
      },
    );
  }

  static on(
    clock: SteppedClock,
    options: PracticeMarketOptions = {},
  ): { market: PracticeMarket; client: PracticeClient } {
    const market = new PracticeMarket({ clock, ...options });
    return { market, client: new PracticeClient(market, clock) };
  }

  call(method: string, ...params: unknown[]): void {
    this.raw(encodePacket(JSON.stringify({ m: method, p: params })));
  }

  raw(text: string): void {
    this.#connection.receive(text);
  }

  end(): void {
    this.#connection.end();
  }

  /** Calls, lets the market answer, and gives what came since the last `take`. */
  ask(method: string, ...params: unknown[]): Message[] {
    this.take();
    this.call(method, ...params);
    this.#clock.advance(0);
    return this.take();
  }

  /** The messages since the last time, without hello and heartbeats. */
  take(): Message[] {
    const fresh = this.payloads.slice(this.#taken);
    this.#taken = this.payloads.length;
    return fresh
      .filter((payload) => !isHeartbeat(payload))
      .flatMap((payload) => this.#read(payload))
      .filter((message) => message.m !== undefined);
  }

  /** Signs on, opens a session with one series, and gives the answers. */
  open(symbol: string, resolution: string, count: number, session = 'cs_1'): Message[] {
    this.take();
    this.call('set_auth_token', 'unauthorized_user_token');
    this.call('chart_create_session', session, '');
    this.call('resolve_symbol', session, 'sds_sym_1', `=${JSON.stringify({ symbol, adjustment: 'splits' })}`);
    this.call('create_series', session, 'sds_1', 's1', 'sds_sym_1', resolution, count, '');
    this.#clock.advance(0);
    return this.take();
  }

  #read(payload: string): Message[] {
    try {
      return [JSON.parse(payload)];
    } catch (error) {
      if (!this.tolerant) throw error;
      this.damaged++;
      return [];
    }
  }

  #receive(text: string): void {
    const { packets, damaged } = decodeFrame(text);
    this.damaged += damaged;
    assert.ok(damaged === 0 || this.tolerant, text);
    this.frames.push(text);
    this.payloads.push(...packets);
    for (const payload of packets) if (isHeartbeat(payload) && this.echo) this.raw(encodePacket(payload));
  }
}

export function methods(messages: readonly Message[]): string[] {
  return messages.map(({ m }) => m);
}

export function only(messages: readonly Message[], method: string): Message {
  const found = messages.filter(({ m }) => m === method);
  assert.equal(found.length, 1, `one ${method} among ${methods(messages).join(', ')}`);
  return found[0] as Message;
}
