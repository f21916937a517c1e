import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Bar } from '../market/candle';
import { type Clock, systemClock } from '../market/clock';
import type { Timeframe } from '../market/timeframe';
import { CandleSource, type MarketBar } from './candle-source';
import { findInstrument, INSTRUMENTS } from './instruments';
import { answerLookUp } from './look-ups';
import { ABORTED, type MarketRules, PracticeConnection } from './practice-connection';
import { Pulse } from './pulse';
import { resolutionOf } from './resolution';
import type { SymbolSpec } from './symbol-spec';
import { acceptsToken } from './token-check';

/** Where a client connects; upstream's path. */
const SOCKET_PATH = '/socket.io/websocket';
const HOST = '127.0.0.1';
/** No request of a client is anywhere near as long. */
const LONGEST_REQUEST = 1024 * 1024;
/** How many different methods are counted by name; a client may send any. */
const METHODS_COUNTED = 200;

export interface PracticeMarketOptions {
  /** The same seed gives the same prices, for ever; default 1. */
  seed?: number;
  /** Where the market's time comes from; default real time. */
  clock?: Clock;
  /** How far back history goes, in candles from the newest of a series, as a plan would limit it; default 5000. */
  maxCandles?: number;
  /** Which tokens are taken; default: anonymous ones, and whatever looks like a JWT that has not expired. */
  acceptToken?: (token: string) => boolean;
  /** Whether timeframes under a minute are given, which takes a paid plan upstream; default true, so that people see life. */
  secondsAllowed?: boolean;
  /** How many series may live in one chart session; default 1, as for a visitor without an account. */
  seriesPerSession?: number;
}

export interface PracticeMarketStats {
  /** Connections that are open, by socket or in memory. */
  sockets: number;
  /** Chart sessions that are alive. */
  sessions: number;
  /** Series that are alive. */
  series: number;
  connectionsEver: number;
  /** How often clients called each method. */
  received: ReadonlyMap<string, number>;
}

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
  readonly #seed: number;
  readonly #clock: Clock;
  readonly #rules: MarketRules;
  readonly #pulse: Pulse;
  readonly #connections = new Set<PracticeConnection>();
  readonly #sources = new Map<string, CandleSource>();
  readonly #received = new Map<string, number>();
  #connectionsEver = 0;
  #http: Server | undefined;
  #sockets: WebSocketServer | undefined;

  constructor(options: PracticeMarketOptions = {}) {
    const clock = options.clock ?? systemClock;
    this.#seed = options.seed ?? 1;
    this.#clock = clock;
    this.#rules = {
      clock,
      maxCandles: options.maxCandles ?? 5000,
      secondsAllowed: options.secondsAllowed ?? true,
      seriesPerSession: options.seriesPerSession ?? 1,
      acceptToken: options.acceptToken ?? ((token) => acceptsToken(token, clock.now())),
      source: (spec) => this.#source(spec),
      counted: (method) => this.#count(method),
    };
    this.#pulse = new Pulse(clock, () => {
      for (const connection of [...this.#connections]) connection.tick();
    });
  }

  /** The symbols that can be had, as `EXCHANGE:SYMBOL`; one of them, ECONOMICS:USM2, is always refused. */
  static readonly symbols: readonly string[] = INSTRUMENTS.map(({ symbol }) => symbol);

  /**
   * Opens the port; it must not be open already.
   * @param port 0 for any that is free
   * @returns the WebSocket address, and the base address of the look-ups
   */
  async listen(port = 0): Promise<{ url: string; httpUrl: string }> {
    if (this.#http) throw new Error('the practice market is listening already');
    const sockets = new WebSocketServer({ noServer: true, maxPayload: LONGEST_REQUEST, perMessageDeflate: false });
    const http = createServer(answerLookUp);
    http.on('upgrade', (request, socket, head) => this.#upgrade(sockets, request, socket, head));
    this.#http = http;
    this.#sockets = sockets;
    try {
      await new Promise<void>((resolve, reject) => {
        http.on('error', reject);
        http.listen(port, HOST, resolve);
      });
    } catch (error) {
      this.#http = undefined;
      this.#sockets = undefined;
      throw error;
    }
    const address = `${HOST}:${(http.address() as AddressInfo).port}`;
    return { url: `ws://${address}${SOCKET_PATH}`, httpUrl: `http://${address}` };
  }

  /** Ends every connection at once (1006) and frees the port. Closing twice does no harm. */
  async close(): Promise<void> {
    for (const connection of [...this.#connections]) connection.hangUp(ABORTED);
    const { http, sockets } = { http: this.#http, sockets: this.#sockets };
    this.#http = undefined;
    this.#sockets = undefined;
    for (const socket of sockets?.clients ?? []) socket.terminate();
    if (!http) return;
    await new Promise<void>((resolve) => {
      http.close(() => resolve());
      http.closeAllConnections();
    });
  }

  /**
   * A connection without a socket, for tests on a stepped clock. The same code answers; nothing is sent from within `receive`,
   * but when the clock next moves (`advance(0)` will do).
   * @param send gets each WebSocket message of the server
   * @param close called when the server ends the connection, with the close code; not after `end()`
   */
  connect(send: (text: string) => void, close: (code: number) => void): MemoryConnection {
    const connection = this.#open(send, close);
    return {
      receive: (text) => connection.receive(text),
      end: () => this.#drop(connection),
    };
  }

  stats(): PracticeMarketStats {
    const open = [...this.#connections];
    return {
      sockets: open.length,
      sessions: open.reduce((sum, connection) => sum + connection.sessionCount, 0),
      series: open.reduce((sum, connection) => sum + connection.seriesCount, 0),
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
    return this.#bars(symbol, timeframe, from, to, session).map(({ closeTime: _, ...bar }) => bar);
  }

  /** When the candle that opened at `openTime` closes; undefined when there is none. All times are milliseconds. */
  closeTime(symbol: string, timeframe: Timeframe, openTime: number): number | undefined {
    return this.#bars(symbol, timeframe, openTime, openTime + 1, 'regular')[0]?.closeTime;
  }

  #bars(symbol: string, timeframe: Timeframe, from: number, to: number, session: SymbolSpec['session']): MarketBar[] {
    const source = this.#source({ symbol, session });
    if (!source) throw new RangeError(`the practice market has no ${symbol}`);
    return source.forward(resolutionOf(timeframe), from, this.#clock.now(), to);
  }

  #source({ symbol, session }: SymbolSpec): CandleSource | undefined {
    const instrument = findInstrument(symbol);
    if (!instrument) return undefined;
    const key = `${instrument.symbol} ${session}`;
    const known = this.#sources.get(key);
    if (known) return known;
    const source = CandleSource.of(instrument, this.#seed, session);
    this.#sources.set(key, source);
    return source;
  }

  #count(method: string): void {
    const known = this.#received.get(method);
    if (known === undefined && this.#received.size >= METHODS_COUNTED) return;
    this.#received.set(method, (known ?? 0) + 1);
  }

  #upgrade(sockets: WebSocketServer, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const path = (request.url ?? '').split('?')[0];
    if (path !== SOCKET_PATH) refuse(socket, '404 Not Found');
    else if (!request.headers.origin) refuse(socket, '403 Forbidden');
    else sockets.handleUpgrade(request, socket, head, (client) => this.#serve(client));
  }

  #serve(client: WebSocket): void {
    const connection = this.#open(
      (text) => client.send(text),
      (code) => (code === ABORTED ? client.terminate() : client.close(code)),
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

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
