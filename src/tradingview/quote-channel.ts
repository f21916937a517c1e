import { Audience } from '../feed/audience';
import { backoffDelay } from '../feed/backoff';
import type { Channel } from '../feed/channel-registry';
import { FeedError } from '../feed/errors';
import type { Subscriber, SubscriptionState } from '../feed/subscription';
import type { Timer } from '../market/clock';
import { MergedQuote, NO_FIELDS, type QuoteChange } from '../market/quote';
import type { QuoteDelivery } from '../market/quote-delivery';
import { isExpression } from '../market/symbol';
import { readQuoteFailure } from './quote-failures';
import { saysClosed } from './quote-fields';
import type { QuoteMember, QuoteMultiplexer } from './quote-multiplexer';
import type { QuoteFailure } from './quote-session';
import type { Upstream } from './upstream';

/** One who listens to a channel. */
export interface QuoteSubscriber extends Subscriber {
  delivery: QuoteDelivery;
}

const ANSWER_TIMEOUT = 30_000;

/**
 * The quote of one symbol, shared by all who want it: merges what upstream sends, hands it to the subscribers, and notices when
 * upstream refuses the symbol or does not answer. Over an outage the quote stays, so that afterwards only what has moved is told.
 */
export class QuoteChannel implements Channel, QuoteMember {
  readonly key: string;
  readonly #symbol: string;
  readonly #multiplexer: QuoteMultiplexer;
  readonly #upstream: Upstream;
  readonly #retire: () => void;
  readonly #quote: MergedQuote;
  readonly #audience: Audience<QuoteSubscriber>;
  /** Whether upstream has answered since it was asked last: what is known is of now. */
  #answered = false;
  #failures = 0;
  /** Until the answer must have come, or until it is asked for again. */
  #timer: Timer | null = null;

  /** @param retire called when it is refused for good: who asks next opens a new one */
  constructor(symbol: string, multiplexer: QuoteMultiplexer, upstream: Upstream, retire: () => void) {
    this.key = isExpression(symbol) ? `=${JSON.stringify({ symbol })}` : symbol;
    this.#symbol = symbol;
    this.#multiplexer = multiplexer;
    this.#upstream = upstream;
    this.#retire = retire;
    this.#quote = new MergedQuote(symbol);
    this.#audience = new Audience(multiplexer.connected ? 'loading' : 'waiting');
    multiplexer.join(this);
  }

  get state(): SubscriptionState {
    return this.#audience.state;
  }

  /** Whoever comes late gets the whole quote at once. */
  add(subscriber: QuoteSubscriber): void {
    this.#audience.add(subscriber);
    if (this.#answered) subscriber.delivery.update(this.#quote, NO_FIELDS);
  }

  remove(subscriber: QuoteSubscriber): void {
    subscriber.delivery.close();
    this.#audience.remove(subscriber);
  }

  close(): void {
    this.#stopTimer();
    this.#multiplexer.leave(this);
  }

  asked(): void {
    this.#answered = false;
    if (this.#audience.state === 'waiting') this.#audience.setState('loading');
    this.#setTimer(ANSWER_TIMEOUT, () => this.#fail(this.#unanswered()));
  }

  data(change: QuoteChange): void {
    const moved = change.mergeInto(this.#quote);
    this.completed();
    for (const { delivery } of this.#audience.members) delivery.update(this.#quote, moved);
  }

  completed(): void {
    if (!this.#answered) {
      this.#answered = true;
      this.#failures = 0;
      this.#stopTimer();
    }
    this.#audience.setState(saysClosed(this.#quote) ? 'closed' : 'live');
  }

  refused(failure: QuoteFailure): void {
    const { error, final } = readQuoteFailure(failure, this.#symbol);
    if (final) this.#refuse(error);
    else this.#fail(error);
  }

  lost(again: boolean): void {
    this.#interrupt(again ? 'failed' : 'loading');
  }

  disconnected(): void {
    this.#failures = 0;
    this.#interrupt('waiting');
  }

  failed(error: FeedError): void {
    this.#audience.failed(error);
  }

  #interrupt(state: SubscriptionState): void {
    this.#answered = false;
    this.#stopTimer();
    this.#audience.setState(state);
  }

  /** Upstream will not give this symbol: told once, and not tried again. */
  #refuse(error: FeedError): void {
    this.#retire();
    this.close();
    this.#audience.setState('refused');
    this.failed(error);
  }

  /** Asks for this symbol again, after growing pauses; told once until an answer comes. */
  #fail(error: FeedError): void {
    this.#answered = false;
    this.#failures++;
    const pause = backoffDelay(this.#failures - 1, this.#upstream.random());
    this.#setTimer(pause, () => {
      this.#multiplexer.leave(this);
      this.#multiplexer.join(this);
    });
    this.#audience.setState('failed');
    if (this.#failures === 1) this.failed(error);
  }

  #unanswered(): FeedError {
    const sentence = `No quote of ${this.#symbol} in ${ANSWER_TIMEOUT / 1000} s. It is tried again.`;
    return new FeedError('TIMEOUT', sentence, this.#symbol);
  }

  #setTimer(ms: number, run: () => void): void {
    this.#stopTimer();
    this.#timer = this.#upstream.clock.after(ms, run);
  }

  #stopTimer(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }
}
