import { backoffDelay } from '../feed/backoff';
import { FeedError } from '../feed/errors';
import type { SubscriptionState } from '../feed/subscription';
import type { Timer } from '../market/clock';
import { type QuoteAnswers, QuoteSession } from './quote-session';
import { QuoteSilence } from './quote-silence';
import type { Upstream } from './upstream';

/** One symbol, as the quote session sees it. */
export interface QuoteMember extends QuoteAnswers {
  /** The text by which the symbol is added upstream. */
  readonly key: string;
  readonly state: SubscriptionState;
  /** It has been asked for: an answer is due. */
  asked(): void;
  /** Upstream has ended the session; the symbol is added again to a fresh one. @param again it was not the first time */
  lost(again: boolean): void;
  failed(error: FeedError): void;
  /** The link is gone. */
  disconnected(): void;
}

/** A session that has lasted so long was a good one, milliseconds: what ends it begins the pauses anew. */
const LASTING = 10_000;

/** A session that has fallen silent is made anew at most so often, milliseconds: perhaps nobody trades. */
const BETWEEN_RENEWALS = 300_000;

/**
 * All symbols of a connection in one upstream quote session, which is open for as long as there is a symbol to quote. What comes
 * and goes together is asked for together. Each link, and each session that upstream has ended, is followed by a fresh session
 * with all symbols. A server may also lose a session without a word; so one that has fallen silent is made anew.
 */
export class QuoteMultiplexer {
  readonly #upstream: Upstream;
  readonly #members = new Map<string, QuoteMember>();
  /** Those that upstream has been asked for. */
  readonly #asked = new Map<string, QuoteMember>();
  readonly #joining = new Set<string>();
  readonly #leaving = new Set<string>();
  readonly #silence: QuoteSilence;
  #connected = false;
  #session: QuoteSession | null = null;
  #begun = 0;
  #failures = 0;
  #flush: Timer | null = null;
  #retry: Timer | null = null;

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
    this.#silence = new QuoteSilence({
      clock: upstream.clock,
      expects: () => [...this.#members.values()].some(({ state }) => state === 'live'),
      silent: () => this.#renew(),
    });
  }

  /** Whether there is a link to ask over. */
  get connected(): boolean {
    return this.#connected;
  }

  /** A symbol is wanted. One member a key: whoever comes later takes its place. */
  join(member: QuoteMember): void {
    this.#members.set(member.key, member);
    if (this.#asked.has(member.key)) this.#asked.set(member.key, member);
    this.#joining.add(member.key);
    this.#flushSoon();
  }

  /** A symbol is not wanted any more. */
  leave(member: QuoteMember): void {
    const { key } = member;
    if (this.#members.get(key) !== member) return;
    this.#members.delete(key);
    this.#joining.delete(key);
    if (this.#asked.delete(key)) this.#leaving.add(key);
    this.#flushSoon();
  }

  /** The connection is live. Does nothing when that has been said already. */
  connect(): void {
    if (this.#connected) return;
    this.#connected = true;
    this.#failures = 0;
    this.#open();
  }

  /** The connection is gone, and the session with it. */
  disconnect(): void {
    if (!this.#connected) return;
    this.#connected = false;
    this.#session?.abandon();
    this.#end();
    for (const member of [...this.#members.values()]) member.disconnected();
  }

  /** Ends the session, if there is one, and leaves nothing pending. */
  close(): void {
    this.#connected = false;
    this.#end();
  }

  /** What comes at the same moment goes in the same requests. */
  #flushSoon(): void {
    if (!this.#connected || this.#flush) return;
    this.#flush = this.#upstream.clock.after(0, () => {
      this.#flush = null;
      if (this.#members.size === 0) this.#end();
      else if (this.#session) this.#exchange(this.#session);
      else if (!this.#retry) this.#open();
    });
  }

  #open(patience?: number): void {
    this.#retry = null;
    if (this.#members.size === 0) return;
    this.#begun = this.#upstream.clock.now();
    const session = this.#upstream.sessions.open(
      'qs',
      (id, send) =>
        new QuoteSession(id, send, {
          asker: (key) => this.#asker(key),
          failed: (reason) => this.#failed(session, reason),
        }),
    );
    this.#session = session;
    for (const key of this.#members.keys()) this.#joining.add(key);
    this.#exchange(session);
    this.#silence.start(patience);
  }

  #renew(): void {
    this.#end();
    this.#open(BETWEEN_RENEWALS);
  }

  #exchange(session: QuoteSession): void {
    const [left, joined] = [[...this.#leaving], [...this.#joining]];
    this.#leaving.clear();
    this.#joining.clear();
    const members = joined.flatMap((key) => this.#members.get(key) ?? []);
    for (const member of members) this.#asked.set(member.key, member);
    session.remove(left);
    session.add(joined);
    for (const member of members) member.asked();
  }

  /** Whom an answer is for; nobody, where it answers what was asked before the symbol left and came again. */
  #asker(key: string): QuoteMember | undefined {
    this.#silence.heard();
    return this.#asked.get(key);
  }

  /** Begins anew with a fresh session: at once the first time, then with growing pauses until one has lasted. */
  #failed(session: QuoteSession, reason: string): void {
    if (this.#session !== session) return;
    const { clock, random } = this.#upstream;
    if (clock.now() - this.#begun >= LASTING) this.#failures = 0;
    this.#end();
    this.#failures++;
    const again = this.#failures > 1;
    this.#retry = clock.after(again ? backoffDelay(this.#failures - 1, random()) : 0, () => this.#open());
    const members = [...this.#members.values()];
    for (const member of members) member.lost(again);
    if (this.#failures !== 2) return;
    const sentence = `TradingView has ended the quotes: ${reason.slice(0, 200)}. It is tried again.`;
    const error = new FeedError('PROTOCOL', sentence);
    for (const member of members) member.failed(error);
  }

  /** Lets go of the session and of everything that is pending for it. */
  #end(): void {
    const session = this.#session;
    this.#session = null;
    this.#asked.clear();
    this.#joining.clear();
    this.#leaving.clear();
    this.#flush?.cancel();
    this.#flush = null;
    this.#retry?.cancel();
    this.#retry = null;
    this.#silence.stop();
    if (session) this.#upstream.sessions.close(session);
  }
}
