import { FeedError } from '../feed/errors';
import type { Service } from '../feed/subscription';
import { Turnstile } from '../feed/turnstile';
import { type Candle, toCandle } from '../market/candle';
import type { Timer } from '../market/clock';
import type { Timeframe } from '../market/timeframe';
import { checkHistoryOptions, type HistoryOptions } from './history-options';
import { HistoryRequest } from './history-request';
import type { Upstream } from './upstream';

/** What `history` gives; times are milliseconds since the epoch, UTC. */
export interface HistoryAnswer {
  symbol: string;
  timeframe: Timeframe;
  /** Closed candles, oldest first; the index counts from 0. */
  candles: Candle[];
  /** false when a limit has cut it. */
  complete: boolean;
  /** What has cut it. */
  reason?: string;
}

/** So many requests load at a time; the others wait in the order in which they came. */
const AT_A_TIME = 3;
/** How long a request waits for a connection, milliseconds. */
const WITHOUT_CONNECTION = 600_000;

/** Past candles on request. @internal */
export class HistoryService implements Service {
  readonly #upstream: Upstream;
  readonly #turnstile = new Turnstile(AT_A_TIME);
  readonly #loading = new Set<HistoryRequest>();
  /** Ends each request that is under way. */
  readonly #enders = new Set<(error: unknown) => void>();
  /** Runs while there is no connection and somebody waits for one. */
  #waiting: Timer | null = null;

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  get channels(): number {
    return this.#loading.size;
  }

  get subscriptions(): number {
    return this.#enders.size;
  }

  /** @throws FeedError what is wrong with the options, before anything is sent; or why it cannot be had */
  async ask(options: HistoryOptions): Promise<HistoryAnswer> {
    const settings = checkHistoryOptions(options, this.#upstream.settings.limits);
    const { symbol, timeframe } = settings;
    const { signal, onProgress } = options;
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const finish = () => {
        this.#enders.delete(fail);
        this.#loading.delete(request);
        signal?.removeEventListener('abort', abort);
        if (this.#enders.size === 0) this.#stopWaiting();
        leave();
        letGo();
      };
      const fail = (error: unknown) => {
        request.end();
        finish();
        reject(error);
      };
      const abort = () => fail(signal?.reason);
      const request = new HistoryRequest({
        settings,
        upstream: this.#upstream,
        progressed: (progress) => this.#upstream.contain(() => onProgress?.(progress)),
        answered: (bars, reason) => {
          finish();
          const candles = bars.map((bar, index) => toCandle(bar, index, true));
          resolve({ symbol, timeframe, candles, complete: reason === undefined, ...(reason && { reason }) });
        },
        failed: fail,
      });
      this.#enders.add(fail);
      signal?.addEventListener('abort', abort, { once: true });
      const letGo = this.#upstream.hold();
      const leave = this.#turnstile.pass(() => {
        this.#loading.add(request);
        if (this.#upstream.status().state === 'live') request.connected();
      });
      const { state, error } = this.#upstream.status();
      if (state === 'stopped') fail(error);
      else if (state !== 'live') this.#waitForConnection();
    });
  }

  connected(): void {
    this.#stopWaiting();
    for (const request of [...this.#loading]) request.connected();
  }

  disconnected(): void {
    for (const request of [...this.#loading]) request.disconnected();
    if (this.#enders.size > 0) this.#waitForConnection();
  }

  /** The connection needs a person: what was asked for will not come. */
  stopped(error: FeedError): void {
    this.#failAll(error);
  }

  close(): void {
    this.#failAll(new FeedError('UNREACHABLE', 'The connection was closed before the history had come.'));
  }

  #waitForConnection(): void {
    this.#waiting ??= this.#upstream.clock.after(WITHOUT_CONNECTION, () => {
      const minutes = WITHOUT_CONNECTION / 60_000;
      const sentence = `There has been no connection for ${minutes} minutes. Ask for the history again when there is one.`;
      this.#failAll(new FeedError('UNREACHABLE', sentence));
    });
  }

  #stopWaiting(): void {
    this.#waiting?.cancel();
    this.#waiting = null;
  }

  #failAll(error: FeedError): void {
    for (const fail of [...this.#enders]) fail(error);
  }
}
