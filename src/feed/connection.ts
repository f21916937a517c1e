import type { Clock, Timer } from '../market/clock';
import { backoffDelay } from './backoff';
import { FeedError } from './errors';
import type { Failure, Link, Transport } from './transport';

/**
 * `idle`: nobody needs it · `connecting`, `authenticating`: on the way · `live` · `waiting`: until the next try ·
 * `stopped`: refused in a way that only a person can mend.
 */
export type ConnectionState = 'idle' | 'connecting' | 'authenticating' | 'live' | 'waiting' | 'stopped';

/** What a protocol can say to the connection that it talks over. After the link is gone nothing of it has an effect. */
export interface LinkControl {
  send(text: string): void;
  /** Login is done. */
  live(): void;
  /** Something came that proves the other side to be there. */
  alive(): void;
  /** Data came as they should: the next failure begins the backoff anew. */
  healthy(): void;
  /** The conversation has failed; the link is closed. */
  fail(failure: Failure): void;
  /** Connects anew at once, as when the server names another address. */
  again(): void;
  /** The other side has ended all in good order: connects anew at once; what was short-lived counts as a failure. */
  ended(failure: Failure): void;
}

/** One conversation over one link. Nothing that it throws gets further than the connection's log. */
export interface Conversation {
  received(data: string | Buffer): void;
}

export interface ConnectionOptions {
  /** Opens one link; called for each try. */
  transport: Transport;
  /** Begins a conversation on a link that has opened: login, heartbeats, and what counts as life, health and failure. */
  protocol: (control: LinkControl) => Conversation;
  clock: Clock;
  random: () => number;
  /** From the start of a try until `live`, milliseconds; 20 s unless given. */
  loginTimeout?: number;
  /** Without a sign of life for this long a live link is given up, milliseconds. */
  silenceTimeout: number;
  /** How long the link is kept after the last holder has left, milliseconds; 5 s unless given. */
  linger?: number;
  changed: (status: ConnectionStatus) => void;
  log: (text: string) => void;
}

export interface ConnectionStatus {
  state: ConnectionState;
  /** Since when, milliseconds since the epoch. */
  since: number;
  /** What ended the last link; null while all is well. */
  error: FeedError | null;
  /** Tries that failed in a row, without healthy data between. */
  failures: number;
}

/** One try to have a link. What comes from a try that is no longer the current one is ignored. */
interface Attempt {
  link: Link;
  conversation: Conversation | null;
  begun: number;
  lastSign: number;
  healthy: boolean;
  ended: boolean;
}

const LOGIN_TIMEOUT = 20_000;
const LINGER = 5_000;

/** A healthy link that ends sooner than this was short-lived, milliseconds. */
const LASTING = 10_000;

/**
 * Keeps one link to a server for as long as somebody holds it: lazily opened, watched, and opened again for ever with growing
 * pauses. It knows nothing of what is said over the link; transport and protocol are handed in.
 */
export class Connection {
  readonly #options: Required<ConnectionOptions>;
  #status: ConnectionStatus;
  #holders = 0;
  #attempt: Attempt | null = null;
  /** Watches the present link: first for its login, then for silence. */
  #watch: Timer | null = null;
  /** The pause before the next try. */
  #retry: Timer | null = null;
  /** The time that the link is kept after the last holder has left. */
  #linger: Timer | null = null;
  #closed = false;
  /** Healthy links in a row that were short-lived: a server that gives data and hangs up must not be besieged. */
  #shortLived = 0;
  #established = 0;
  #lastSign: number | null = null;
  readonly #closing = new Set<Attempt>();
  readonly #whenClosed: (() => void)[] = [];

  constructor(options: ConnectionOptions) {
    this.#options = { loginTimeout: LOGIN_TIMEOUT, linger: LINGER, ...options };
    this.#status = { state: 'idle', since: Math.round(options.clock.now()), error: null, failures: 0 };
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  /** How often a link was lost and had again. */
  get reconnects(): number {
    return Math.max(0, this.#established - 1);
  }

  /** When the last sign of life came, milliseconds since the epoch; null before the first. */
  get lastSign(): number | null {
    return this.#lastSign;
  }

  /**
   * Asks for the link; the first holder opens it.
   * @returns lets go of it; the last to let go ends the link after the linger
   */
  hold(): () => void {
    this.#holders++;
    this.#linger?.cancel();
    this.#linger = null;
    if (this.#status.state === 'idle') this.#connect();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holders--;
      if (this.#holders > 0 || this.#closed) return;
      this.#linger = this.#options.clock.after(this.#options.linger, () => this.#rest());
    };
  }

  /** Sends over the current link; without one it does nothing. */
  send(text: string): void {
    this.#attempt?.link.send(text);
  }

  /**
   * Drops the link, if there is one, and connects at once; also ends `stopped` and the pause of the backoff. Opens nothing that
   * nobody holds.
   */
  reconnect(): void {
    if (this.#closed || (this.#holders === 0 && this.#status.state !== 'stopped')) return;
    this.#abandon();
    // Somebody wants a fresh start: what failed before counts no more.
    this.#status = { ...this.#status, error: null, failures: 0 };
    this.#shortLived = 0;
    if (this.#holders > 0) this.#connect();
    else this.#set('idle', null, 0);
  }

  /** Connects anew at once where there is a link, as when something else is to be asked for. A pause goes on. */
  renew(): void {
    if (!this.#attempt) return;
    this.#abandon();
    this.#connect();
  }

  /** Drops the link and opens it again after the usual pause, as if the other side had closed it. */
  drop(error: FeedError): void {
    if (this.#attempt) this.#failed(this.#attempt, { error });
  }

  /** Drops the link and opens none until `reconnect`: only a person can mend what is wrong. */
  stop(error: FeedError): void {
    if (this.#attempt) this.#failed(this.#attempt, { error, stop: true });
  }

  /** Ends the link for good. Resolves when the socket is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#linger?.cancel();
    this.#rest();
    if (this.#closing.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenClosed.push(resolve);
    });
  }

  #rest(): void {
    this.#linger = null;
    if (this.#status.state === 'stopped' && !this.#closed) return;
    this.#abandon();
    this.#set('idle', null, 0);
  }

  #connect(): void {
    if (this.#closed) return;
    this.#retry?.cancel();
    this.#retry = null;
    const attempt: Attempt = {
      link: { send: () => {}, close: () => {} },
      conversation: null,
      begun: this.#options.clock.now(),
      lastSign: this.#options.clock.now(),
      healthy: false,
      ended: false,
    };
    this.#attempt = attempt;
    this.#set('connecting', this.#status.error, this.#status.failures);
    if (this.#attempt !== attempt) return;
    this.#closing.add(attempt);
    attempt.link = this.#options.transport({
      opened: () => this.#guard(attempt, () => this.#opened(attempt)),
      received: (data) => this.#guard(attempt, () => attempt.conversation?.received(data)),
      closed: (failure) => {
        this.#closing.delete(attempt);
        if (this.#closing.size === 0) for (const tell of this.#whenClosed.splice(0)) tell();
        this.#failed(attempt, failure);
      },
    });
    if (attempt.ended) attempt.link.close();
    else this.#expectLogin(attempt);
  }

  #opened(attempt: Attempt): void {
    attempt.lastSign = this.#options.clock.now();
    this.#set('authenticating', this.#status.error, this.#status.failures);
    if (this.#attempt !== attempt) return;
    const whileCurrent = (act: () => void) => {
      if (this.#attempt === attempt) act();
    };
    attempt.conversation = this.#options.protocol({
      send: (text) => whileCurrent(() => attempt.link.send(text)),
      live: () => whileCurrent(() => this.#becameLive(attempt)),
      alive: () => {
        attempt.lastSign = this.#options.clock.now();
        this.#lastSign = attempt.lastSign;
      },
      healthy: () => whileCurrent(() => this.#becameHealthy(attempt)),
      fail: (failure) => this.#failed(attempt, failure),
      again: () => whileCurrent(() => this.renew()),
      ended: (failure) =>
        whileCurrent(() => {
          if (attempt.healthy && this.#lasted(attempt)) this.renew();
          else this.#failed(attempt, failure);
        }),
    });
  }

  #becameLive(attempt: Attempt): void {
    if (this.#status.state !== 'authenticating') return;
    this.#established++;
    this.#watchSilence(attempt);
    this.#set('live', null, this.#status.failures);
  }

  #becameHealthy(attempt: Attempt): void {
    if (attempt.healthy) return;
    attempt.healthy = true;
    if (this.#status.failures > 0) this.#set(this.#status.state, this.#status.error, 0);
  }

  /** Ends the attempt if it is not live in time, whatever signs of life it gives. */
  #expectLogin(attempt: Attempt): void {
    const limit = this.#options.loginTimeout;
    this.#watch = this.#options.clock.after(limit, () => this.#timedOut(attempt, 'The server does not answer', limit));
  }

  /** Ends the attempt if its last sign is too old, and looks again when it would be. A timer per packet would cost more. */
  #watchSilence(attempt: Attempt): void {
    this.#watch?.cancel();
    const limit = this.#options.silenceTimeout;
    const rest = attempt.lastSign + limit - this.#options.clock.now();
    this.#watch = this.#options.clock.after(rest, () => {
      if (this.#options.clock.now() < attempt.lastSign + limit) this.#watchSilence(attempt);
      else this.#timedOut(attempt, 'The server has fallen silent', limit);
    });
  }

  #timedOut(attempt: Attempt, what: string, limit: number): void {
    this.#failed(attempt, { error: new FeedError('TIMEOUT', `${what} (${limit / 1000} s). It is tried again.`) });
  }

  #failed(attempt: Attempt, failure: Failure): void {
    if (this.#attempt !== attempt) return;
    const failures = attempt.healthy ? 0 : this.#status.failures + 1;
    if (attempt.healthy) this.#shortLived = this.#lasted(attempt) ? 0 : this.#shortLived + 1;
    this.#abandon();
    if (failure.stop) return this.#set('stopped', failure.error, failures);
    // The failure that ends a healthy link is no failed try: its first pause is the shortest.
    const step = Math.max(failures, this.#shortLived, 1) - 1;
    const pause = Math.max(backoffDelay(step, this.#options.random()), failure.minWait ?? 0);
    this.#retry = this.#options.clock.after(pause, () => this.#connect());
    this.#set('waiting', failure.error, failures);
  }

  #lasted({ begun }: Attempt): boolean {
    return this.#options.clock.now() - begun >= LASTING;
  }

  /** Lets go of the current link and of everything that is pending for it. */
  #abandon(): void {
    const attempt = this.#attempt;
    this.#attempt = null;
    this.#watch?.cancel();
    this.#retry?.cancel();
    this.#watch = null;
    this.#retry = null;
    if (!attempt) return;
    attempt.ended = true;
    attempt.link.close();
  }

  #set(state: ConnectionState, error: FeedError | null, failures: number): void {
    const since = state === this.#status.state ? this.#status.since : Math.round(this.#options.clock.now());
    this.#status = { state, since, error, failures };
    this.#options.changed(this.#status);
  }

  #guard(attempt: Attempt, act: () => void): void {
    if (this.#attempt !== attempt) return;
    try {
      act();
    } catch (error) {
      this.#options.log(`A handler failed and was contained: ${error instanceof Error ? error.stack : error}`);
    }
  }
}
