import type { Clock, Timer } from '../market/clock';
import { decodeFrame, isHeartbeat } from '../tradingview/framing';
import { hello, parseCall } from './calls';
import type { CandleSource } from './candle-source';
import { packet } from './chart-packets';
import type { Conditions, Flow } from './conditions';
import { Inbox } from './inbox';
import type { LiveSeries } from './live-series';
import type { MarketBar } from './market-bar';
import { Outbox } from './outbox';
import type { SignedOn } from './practice-token';
import type { QuoteSources } from './quote-state';
import { Random } from './random';
import type { Resolution } from './resolution';
import { type SessionKind, Sessions } from './sessions';
import { type LateWord, Stragglers } from './stragglers';
import type { SymbolSpec } from './symbol-spec';
import { expiryOf, isAnonymous } from './token-check';
import { Wire } from './wire';

/** A heartbeat every so many seconds; so many unanswered ones, 30 seconds' worth, and the connection is given up. */
const HEARTBEAT_SECONDS = 5;
const HEARTBEATS_UNANSWERED = 6;

/** The connection ends without a closing handshake. */
export const ABORTED = 1006;
const NORMAL = 1000;

/** What a connection needs to know of the market it belongs to. */
export interface MarketRules {
  readonly clock: Clock;
  readonly conditions: Conditions;
  readonly maxCandles: number;
  readonly secondsAllowed: boolean;
  readonly seriesPerSession: number;
  readonly studiesPerSeries: number;
  acceptToken(token: string): boolean;
  source(spec: SymbolSpec): CandleSource | undefined;
  quoted(symbol: string): QuoteSources | undefined;
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
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #stragglers: Stragglers;
  readonly #sessions: Sessions;
  readonly #unanswered = new Set<number>();
  #token: SignedOn | undefined;
  #seconds = 0;
  #beats = 0;
  #ended = false;
  #closing: Timer | undefined;

  /** @param number counts the connections of this market, for the hello */
  constructor(rules: MarketRules, line: Line, number: number) {
    this.#rules = rules;
    this.#line = line;
    const { conditions } = rules;
    this.#inbox = new Inbox(rules.clock);
    this.#stragglers = new Stragglers(conditions);
    this.#outbox = new Outbox(
      rules.clock,
      new Wire(conditions, () => this.#flow(), new Random(number)),
      (text) => this.#line.send(text),
      () => this.#sessions.settle(),
    );
    const streams = (symbol: string) => this.#flow() === 'all' && conditions.streams(symbol);
    const host = {
      now: () => rules.clock.now(),
      post: (payload: string) => this.#outbox.post(payload),
      wake: () => this.#outbox.wake(),
      source: (spec: SymbolSpec) => rules.source(spec),
      streams,
      quoted: (symbol: string) => rules.quoted(symbol),
      streamsQuote: (symbol: string) => streams(symbol) && conditions.streamsQuote(symbol),
      retire: (word: LateWord) => this.#stragglers.retire(word),
      get maxCandles() {
        return rules.maxCandles;
      },
      get mostAtOnce() {
        return conditions.inForce.smallPages ?? Number.POSITIVE_INFINITY;
      },
      secondsAllowed: rules.secondsAllowed,
      seriesPerSession: rules.seriesPerSession,
      studiesPerSeries: rules.studiesPerSeries,
      signedIn: () => this.#token !== undefined && !isAnonymous(this.#token.text),
      studyTrouble: () => conditions.studyTrouble(),
    };
    this.#sessions = new Sessions(host, (reason) => this.#refuse(reason));
    this.#outbox.post(hello(rules.clock.now(), number));
    const objection = conditions.objection();
    if (objection !== undefined) this.#refuse(objection);
  }

  get sessionCount(): number {
    return this.#sessions.charts().length;
  }

  get seriesCount(): number {
    return this.#sessions.charts().reduce((sum, { seriesCount }) => sum + seriesCount, 0);
  }

  get studyCount(): number {
    return this.#sessions.charts().reduce((sum, { studyCount }) => sum + studyCount, 0);
  }

  get quoteSessionCount(): number {
    return this.#sessions.quotes().length;
  }

  /** How many symbols are being quoted. */
  get quoteCount(): number {
    return this.#sessions.quotes().reduce((sum, { symbolCount }) => sum + symbolCount, 0);
  }

  /** What the series that are alive hold. */
  live(): LiveSeries[] {
    return this.#sessions.charts().flatMap((session) => session.live());
  }

  /** One WebSocket text message from the client. */
  receive(text: string): void {
    const { packets, damaged } = decodeFrame(text);
    for (const payload of packets) {
      if (isHeartbeat(payload)) this.#unanswered.delete(Number(payload.slice(3)));
      else this.#take(payload);
    }
    if (damaged > 0) this.#take('');
  }

  /** Forgets sessions without a word, as a server does that was restarted behind a connection that stays. */
  loseSessions(kind: SessionKind): void {
    this.#sessions.lose(kind);
  }

  /** Tells of a bar that was changed or inserted after the event. */
  amend(source: CandleSource, resolution: Resolution, bar: MarketBar, inserted: boolean): void {
    this.#sessions.amend(source, resolution, bar, inserted);
  }

  /** The client is gone, or the market closes: no further word, and no timer left. */
  end(): void {
    this.#ended = true;
    this.#closing?.cancel();
    this.#inbox.close();
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
    if (this.#rules.conditions.expels(this.#token)) {
      this.#refuse('bad auth token');
      return;
    }
    this.#seconds++;
    const due = this.#seconds % HEARTBEAT_SECONDS === 0 && this.#flow() !== 'nothing';
    const beat = due ? this.#nextBeat() : undefined;
    if (this.#ended) return;
    // Before the data, alone, and after them, in turn.
    const manner = (['after', 'before', 'alone'] as const)[(beat ?? 0) % 3];
    if (beat && manner !== 'after') this.#outbox.post(`~h~${beat}`);
    if (beat && manner === 'alone') this.#outbox.flush();
    this.#sessions.advance();
    for (const late of this.#stragglers.take(this.#rules.clock.now())) this.#outbox.post(late);
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

  #flow(): Flow {
    return this.#rules.conditions.flow(this.#token);
  }

  /** @param payload a request; what is none is answered as such */
  #take(payload: string): void {
    if (this.#ended || this.#closing) return;
    const call = parseCall(payload);
    if (call) this.#rules.counted(call.method);
    const { conditions } = this.#rules;
    this.#inbox.take(conditions.inForce.slow ?? 0, () => {
      if (this.#ended || this.#closing || !conditions.hears(call?.method, this.#token)) return;
      if (call) this.#dispatch(call.method, call.params);
      else this.#refuse('wrong data');
    });
  }

  #dispatch(method: string, params: unknown[]): void {
    if (method === 'set_auth_token') this.#signOn(params[0]);
    else this.#sessions.handle(method, params);
  }

  #signOn(token: unknown): void {
    if (typeof token !== 'string' || !this.#rules.acceptToken(token)) this.#refuse('bad auth token');
    else this.#token = { text: token, expires: expiryOf(token) };
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
