import type { RawData, WebSocket } from 'ws';
import type { Bar } from '../market/candle';
import { type Clock, systemClock } from '../market/clock';
import type { Timeframe } from '../market/timeframe';
import type { CandleSource } from './candle-source';
import { Conditions, type Refusal } from './conditions';
import { ControlServer } from './control-server';
import { Faults } from './faults';
import { INSTRUMENTS } from './instruments';
import { readLookUp } from './look-up';
import { LookUps } from './look-ups';
import { hangUp, LoopbackServer } from './loopback-server';
import { MarketTruth } from './market-truth';
import type { Addresses, QuoteFields, SentAnswer, StudyValue } from './practice-answers';
import { ABORTED, type MarketRules, PracticeConnection } from './practice-connection';
import type { PracticeMarketOptions, PracticeMarketStats } from './practice-options';
import { Pulse } from './pulse';
import { acceptsToken } from './token-check';

/** How many different methods are counted by name; a client may send any. */
const METHODS_COUNTED = 200;

export type { PracticeMarketOptions, PracticeMarketStats } from './practice-options';

/** A connection without a socket. */
export interface MemoryConnection {
  /** One message from the client: frames, as they would go over the wire. */
  receive(text: string): void;
  /** The client is gone. */
  end(): void;
}

/**
 * The built-in simulator: a market with invented prices that speaks TradingView's protocol over a real WebSocket on the
 * loopback interface, with the look-ups on the same port. Prices are a function of seed, symbol and time, so history, live data
 * and a restart agree with each other. Nothing runs while nobody is connected.
 */
export class PracticeMarket {
  /** Makes things go wrong, for tests. */
  readonly faults: Faults;
  readonly #conditions: Conditions;
  readonly #clock: Clock;
  readonly #truth: MarketTruth;
  readonly #rules: MarketRules;
  readonly #lookUps: LookUps;
  readonly #pulse: Pulse;
  readonly #connections = new Set<PracticeConnection>();
  readonly #received = new Map<string, number>();
  #connectionsEver = 0;
  #server: LoopbackServer | undefined;
  #control: ControlServer | undefined;

  constructor(options: PracticeMarketOptions = {}) {
    const clock = options.clock ?? systemClock;
    const truth = new MarketTruth(options.seed ?? 1, clock);
    this.#truth = truth;
    this.#clock = clock;
    const conditions = new Conditions(() => clock.now(), options.expiredToken ?? 'silent');
    this.#conditions = conditions;
    const { maxCandles = 5001, acceptToken = (token) => acceptsToken(token, clock.now()) } = options;
    this.#rules = {
      clock,
      conditions,
      get maxCandles() {
        return Math.min(maxCandles, conditions.inForce.limitHistory ?? maxCandles);
      },
      secondsAllowed: options.secondsAllowed ?? true,
      seriesPerSession: options.seriesPerSession ?? 1,
      studiesPerSeries: options.studiesPerSeries ?? 2,
      acceptToken: (token) => !conditions.refusesToken(token) && acceptToken(token),
      source: (spec) => truth.source(spec),
      quoted: (symbol) => truth.quoted(symbol),
      counted: (method) => this.#count(method),
    };
    const { acceptCookies = (id, sign) => id !== '' && sign !== '' } = options;
    this.#lookUps = new LookUps({
      clock,
      conditions,
      tokenLife: options.tokenLife ?? 4 * 3600,
      signedIn: ({ cookies }) => acceptCookies(cookies.get('sessionid') ?? '', cookies.get('sessionid_sign') ?? ''),
    });
    this.#pulse = new Pulse(clock, () => {
      for (const connection of [...this.#connections]) connection.tick();
    });
    this.faults = new Faults({
      conditions,
      now: () => clock.now(),
      connections: () => [...this.#connections],
      source: (symbol) => truth.source({ symbol, session: 'regular' }) as CandleSource,
      shut: () => this.#server?.shut(),
      reopen: async () => this.#server?.reopen(),
    });
  }

  /** The symbols that can be had, as `EXCHANGE:SYMBOL`; one of them, ECONOMICS:USM2, is always refused. */
  static readonly symbols: readonly string[] = INSTRUMENTS.map(({ symbol }) => symbol);

  /**
   * Opens the port; it must not be open already.
   * @param port 0 for any that is free
   * @param options `control`: opens another port, over which other processes can work the fault switches; for tests only
   */
  async listen(port?: number): Promise<Addresses>;
  async listen(port: number, options: { control: true }): Promise<Addresses & { controlUrl: string }>;
  async listen(port = 0, options = { control: false }): Promise<Addresses & { controlUrl?: string }> {
    if (this.#server) throw new Error('the practice market is listening already');
    const server = new LoopbackServer({
      refusal: () => this.#conditions.inForce.refuse,
      serve: (client) => this.#serve(client),
      lookUp: (request, send) => this.#lookUps.answer(request, send),
    });
    this.#server = server;
    try {
      const addresses = await server.open(port);
      if (this.#conditions.inForce.refuse?.how === 'connection') server.shut();
      if (!options.control) return addresses;
      const control = new ControlServer(this);
      const controlUrl = await control.open();
      this.#control = control;
      return { ...addresses, controlUrl };
    } catch (error) {
      this.#server = undefined;
      await server.close();
      throw error;
    }
  }

  /** Ends every connection at once (1006) and frees the ports. Closing twice does no harm. */
  async close(): Promise<void> {
    for (const connection of [...this.#connections]) connection.hangUp(ABORTED);
    this.#lookUps.close();
    const closing = [this.#server?.close(), this.#control?.close()];
    this.#server = undefined;
    this.#control = undefined;
    await Promise.all(closing);
  }

  /**
   * A connection without a socket, for tests on a stepped clock. The same code answers; nothing is sent from within `receive`,
   * but when the clock next moves (`advance(0)` will do).
   * @param send gets each WebSocket message of the server
   * @param close called when the server ends the connection, with the close code; not after `end()`
   * @param refused called, when the clock next moves, if nobody is let in; by default `close` is, with 1006
   */
  connect(
    send: (text: string) => void,
    close: (code: number) => void,
    refused: (how: Refusal) => void = () => close(ABORTED),
  ): MemoryConnection {
    const refusal = this.#conditions.inForce.refuse;
    if (refusal) {
      const timer = this.#clock.after(0, () => refused(refusal));
      return { receive: () => {}, end: () => timer.cancel() };
    }
    const connection = this.#open(send, close);
    return {
      receive: (text) => connection.receive(text),
      end: () => this.#drop(connection),
    };
  }

  /**
   * A look-up without a socket, by the same code: resolves with status and text, when the clock has come to it; under the
   * fault `silence` never.
   * @param url path and query
   */
  lookUp(url: string, headers: { origin?: string; cookie?: string } = {}): Promise<SentAnswer> {
    return new Promise((resolve) => this.#lookUps.answer(readLookUp('GET', url, headers), resolve));
  }

  stats(): PracticeMarketStats {
    const open = [...this.#connections];
    return {
      sockets: open.length,
      sessions: open.reduce((sum, connection) => sum + connection.sessionCount, 0),
      series: open.reduce((sum, connection) => sum + connection.seriesCount, 0),
      studies: open.reduce((sum, connection) => sum + connection.studyCount, 0),
      quoteSessions: open.reduce((sum, connection) => sum + connection.quoteSessionCount, 0),
      quotes: open.reduce((sum, connection) => sum + connection.quoteCount, 0),
      connectionsEver: this.#connectionsEver,
      received: new Map(this.#received),
    };
  }

  /**
   * The truth: the candles that open in `[from, to)`, as far as the market has come (the last may be forming), oldest first.
   * What clients are told is this.
   * @param from milliseconds since the epoch
   * @param to milliseconds since the epoch
   */
  candles(
    symbol: string,
    timeframe: Timeframe,
    from: number,
    to: number,
    session: 'regular' | 'extended' = 'regular',
  ): Bar[] {
    return this.#truth.candles(symbol, timeframe, from, to, session);
  }

  /** When the candle that opened at `openTime` closes; undefined when there is none. All times are milliseconds. */
  closeTime(symbol: string, timeframe: Timeframe, openTime: number): number | undefined {
    return this.#truth.closeTime(symbol, timeframe, openTime);
  }

  /**
   * The truth: the whole quote of a symbol as it is now, by the names of the wire (`lp`, `bid`, …); null where there is no value.
   * What clients are told is this.
   */
  quote(symbol: string): QuoteFields {
    return this.#truth.quote(symbol);
  }

  /**
   * The truth: the values of a study at the candles that open in `[from, to)`, as far as the market has come, oldest first.
   * It is computed from the 100th candle before `loadedFrom` on, as it is for a series whose oldest loaded candle opened then.
   * @param study `STD;RSI`, or the full id of a built-in one, `Volume@tv-basicstudies-246`
   * @param inputs by id, over the defaults
   * @param from milliseconds since the epoch, as all times
   * @returns the plots in upstream's order, colours and alert conditions among them
   */
  studyValues(
    symbol: string,
    timeframe: Timeframe,
    study: string,
    inputs: Readonly<Record<string, unknown>>,
    from: number,
    to: number,
    loadedFrom: number = from,
  ): StudyValue[] {
    return this.#truth.studyValues(symbol, timeframe, study, inputs, from, to, loadedFrom);
  }

  #count(method: string): void {
    const known = this.#received.get(method);
    if (known === undefined && this.#received.size >= METHODS_COUNTED) return;
    this.#received.set(method, (known ?? 0) + 1);
  }

  #serve(client: WebSocket): void {
    const connection = this.#open(
      (text) => client.send(text),
      (code) => hangUp(client, code),
    );
    client.on('message', (data: RawData, binary: boolean) => {
      if (!binary) connection.receive(data.toString());
    });
    client.on('close', () => this.#drop(connection));
    // A close follows.
    client.on('error', () => {});
  }

  #open(send: (text: string) => void, close: (code: number) => void): PracticeConnection {
    this.#connectionsEver++;
    const line = {
      send,
      close: (code: number) => {
        this.#drop(connection);
        close(code);
      },
    };
    const connection: PracticeConnection = new PracticeConnection(this.#rules, line, this.#connectionsEver);
    this.#connections.add(connection);
    this.#pulse.start();
    return connection;
  }

  #drop(connection: PracticeConnection): void {
    connection.end();
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#pulse.stop();
  }
}
