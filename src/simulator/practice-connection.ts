import type { Clock, Timer } from '../market/clock';
import { decodeFrame, isHeartbeat } from '../tradingview/framing';
import type { CandleSource } from './candle-source';
import { packet, unknownSession } from './chart-packets';
import { type ChartHost, ChartSession } from './chart-session';
import { Outbox } from './outbox';
import type { SymbolSpec } from './symbol-spec';

/** A heartbeat every so many seconds; so many unanswered ones, 30 seconds' worth, and the connection is given up. */
const HEARTBEAT_SECONDS = 5;
const HEARTBEATS_UNANSWERED = 6;

/** The connection ends without a closing handshake. */
export const ABORTED = 1006;
const NORMAL = 1000;

/** What a connection needs to know of the market it belongs to. */
export interface MarketRules {
  readonly clock: Clock;
  readonly maxCandles: number;
  readonly secondsAllowed: boolean;
  readonly seriesPerSession: number;
  acceptToken(token: string): boolean;
  source(spec: SymbolSpec): CandleSource | undefined;
  /** Told of every method that a client calls, known or not. */
  counted(method: string): void;
}

/** The far end of a connection: text out, and the end of it with a WebSocket close code (1006: no closing handshake). */
export interface Line {
  send(text: string): void;
  close(code: number): void;
}

/**
 * The server's side of one connection: hello, heartbeats, the token, and which session a packet is for. It knows nothing of
 * sockets. Nothing that a client sends makes it throw.
 */
export class PracticeConnection {
  readonly #rules: MarketRules;
  readonly #line: Line;
  readonly #outbox: Outbox;
  readonly #host: ChartHost;
  readonly #sessions = new Map<string, ChartSession>();
  readonly #unanswered = new Set<number>();
  #seconds = 0;
  #beats = 0;
  #ended = false;
  #closing: Timer | undefined;

  /** @param number counts the connections of this market, for the hello */
  constructor(rules: MarketRules, line: Line, number: number) {
    this.#rules = rules;
    this.#line = line;
    this.#outbox = new Outbox(
      rules.clock,
      (text) => this.#line.send(text),
      () => this.#settle(),
    );
    this.#host = {
      now: () => rules.clock.now(),
      post: (payload) => this.#outbox.post(payload),
      wake: () => this.#outbox.wake(),
      source: (spec) => rules.source(spec),
      maxCandles: rules.maxCandles,
      secondsAllowed: rules.secondsAllowed,
      seriesPerSession: rules.seriesPerSession,
    };
    this.#outbox.post(hello(rules.clock.now(), number));
  }

  get sessionCount(): number {
    return this.#alive().length;
  }

  get seriesCount(): number {
    return this.#alive().reduce((sum, session) => sum + session.seriesCount, 0);
  }

  /** One WebSocket text message from the client. */
  receive(text: string): void {
    const { packets, damaged } = decodeFrame(text);
    for (const payload of packets) {
      if (this.#ended || this.#closing) return;
      if (isHeartbeat(payload)) this.#unanswered.delete(Number(payload.slice(3)));
      else this.#read(payload);
    }
    if (damaged > 0) this.#refuse('wrong data');
  }

  /** The client is gone, or the market closes: no further word, and no timer left. */
  end(): void {
    this.#ended = true;
    this.#closing?.cancel();
    this.#outbox.close();
    this.#sessions.clear();
  }

  /** Ends it from the server's side. */
  hangUp(code: number): void {
    if (this.#ended) return;
    this.end();
    this.#line.close(code);
  }

  /** Called at every whole second of the clock: live data and heartbeats, now and then joined in one message. */
  tick(): void {
    if (this.#ended || this.#closing) return;
    this.#seconds++;
    const beat = this.#seconds % HEARTBEAT_SECONDS === 0 ? this.#nextBeat() : undefined;
    if (this.#ended) return;
    // Before the data, alone, and after them, in turn.
    const manner = (['after', 'before', 'alone'] as const)[(beat ?? 0) % 3];
    if (beat && manner !== 'after') this.#outbox.post(`~h~${beat}`);
    if (beat && manner === 'alone') this.#outbox.flush();
    for (const session of this.#sessions.values()) session.advance();
    if (beat && manner === 'after') this.#outbox.post(`~h~${beat}`);
    this.#outbox.flush();
  }

  /** The number of the heartbeat that is due; hangs up when too many were left unanswered. */
  #nextBeat(): number {
    this.#beats++;
    if (this.#beats - this.#firstUnanswered() >= HEARTBEATS_UNANSWERED) this.hangUp(ABORTED);
    this.#unanswered.add(this.#beats);
    return this.#beats;
  }

  #firstUnanswered(): number {
    // A set keeps the order in which its members came.
    return this.#unanswered.values().next().value ?? this.#beats;
  }

  #alive(): ChartSession[] {
    return [...this.#sessions.values()].filter(({ ended }) => !ended);
  }

  #settle(): void {
    for (const session of this.#sessions.values()) session.settle();
  }

  #read(payload: string): void {
    const call = parseCall(payload);
    if (!call) {
      this.#refuse('wrong data');
      return;
    }
    this.#rules.counted(call.method);
    this.#dispatch(call.method, call.params);
  }

  #dispatch(method: string, params: unknown[]): void {
    switch (method) {
      case 'set_auth_token': {
        const token = params[0];
        if (typeof token !== 'string' || !this.#rules.acceptToken(token)) this.#refuse('bad auth token');
        return;
      }
      case 'chart_create_session':
        this.#createSession(params);
        return;
      case 'chart_delete_session': {
        const session = this.#find(method, params);
        if (session) this.#sessions.delete(session.id);
        return;
      }
      case 'switch_timezone':
      case 'resolve_symbol':
      case 'create_series':
      case 'modify_series':
      case 'remove_series':
      case 'request_more_data':
        this.#find(method, params)?.handle(method, params.slice(1));
    }
  }

  #createSession([id, ...rest]: unknown[]): void {
    if (typeof id !== 'string' || id === '') {
      this.#refuse('wrong data');
      return;
    }
    const existing = this.#sessions.get(id);
    if (existing) existing.end('duplicate id', 'chart_create_session', rest);
    else this.#sessions.set(id, new ChartSession(id, this.#host));
  }

  #find(method: string, [id, ...rest]: unknown[]): ChartSession | undefined {
    const session = typeof id === 'string' ? this.#sessions.get(id) : undefined;
    if (!session) this.#refuse(unknownSession(method, String(id), rest));
    return session;
  }

  /** A protocol error, which is the last thing that a connection hears. */
  #refuse(reason: string): void {
    if (this.#closing || this.#ended) return;
    this.#outbox.post(packet('protocol_error', [reason]));
    this.#closing = this.#rules.clock.after(0, () => {
      this.#outbox.flush();
      this.hangUp(NORMAL);
    });
  }
}

/** The first packet, which has no method. */
function hello(now: number, number: number): string {
  const ms = Math.floor(now);
  return JSON.stringify({
    session_id: `0.${number}.0_practice`,
    timestamp: Math.floor(ms / 1000),
    timestampMs: ms,
    release: 'release_209-13',
    studies_metadata_hash: 'e83d502c47c9dcaaf540a8138caf93ae84c6a945',
    auth_scheme_vsn: 2,
    protocol: 'json',
    via: '127.0.0.1:443',
    javastudies: ['3.66'],
  });
}

function parseCall(payload: string): { method: string; params: unknown[] } | undefined {
  try {
    const json: unknown = JSON.parse(payload);
    if (typeof json !== 'object' || json === null || !('m' in json) || typeof json.m !== 'string') return undefined;
    const params = 'p' in json ? json.p : [];
    return Array.isArray(params) ? { method: json.m, params } : undefined;
  } catch {
    return undefined;
  }
}
