import type { Clock, Timer } from './clock';
import { type Pace, unhurried, type Waiting } from './pace';
import { type FieldSet, fieldNames, type MergedQuote, NO_FIELDS, type Quote, type QuoteField } from './quote';

export interface QuoteDeliveryOptions {
  clock: Clock;
  /** Milliseconds between two tellings at the least; 0: each move is told. */
  throttle: number;
  /** Asked before a quote is built; what moves while it is false is told with the first move after. */
  wants?: (() => boolean) | undefined;
  /** Says when it may be told; at once unless given. */
  pace?: Pace | undefined;
}

/**
 * What one subscriber gets of one symbol: the whole quote with the fields that have moved since it was last told, which is all
 * of them the first time. With a throttle the newest state is told at most so often, and the last one is never lost.
 */
export class QuoteDelivery implements Waiting {
  readonly #options: QuoteDeliveryOptions;
  readonly #listener: (quote: Quote, changed: QuoteField[]) => void;
  /** Moved, and not told yet. */
  #moved: FieldSet = NO_FIELDS;
  #started = false;
  /** Milliseconds since the epoch. */
  #lastTold = Number.NEGATIVE_INFINITY;
  #pause: Timer | null = null;
  #closed = false;
  readonly #pace: Pace;
  /** What waits until there is pace for it. */
  #waiting: MergedQuote | null = null;

  /** @param listener gets objects of its own */
  constructor(options: QuoteDeliveryOptions, listener: (quote: Quote, changed: QuoteField[]) => void) {
    this.#options = options;
    this.#listener = listener;
    this.#pace = options.pace ?? unhurried;
  }

  /**
   * The quote is as upstream has it now.
   * @param moved what has moved since this was last called
   */
  update(quote: MergedQuote, moved: FieldSet): void {
    if (this.#closed) return;
    this.#moved |= this.#started ? moved : quote.present;
    this.#started = true;
    if (this.#moved !== NO_FIELDS && !this.#pause) this.#tell(quote);
  }

  release(): void {
    const quote = this.#waiting;
    this.#waiting = null;
    if (quote) this.#tellNow(quote);
  }

  /** Nothing is told afterwards. */
  close(): void {
    this.#closed = true;
    this.#pause?.cancel();
    this.#pause = null;
    this.#waiting = null;
  }

  #tell(quote: MergedQuote): void {
    const { clock, throttle, wants } = this.#options;
    if (wants?.() === false) return;
    if (throttle > 0) {
      const rest = this.#lastTold + throttle - clock.now();
      if (rest > 0) {
        this.#pause = clock.after(rest, () => {
          this.#pause = null;
          this.#tell(quote);
        });
        return;
      }
    }
    this.#waiting = quote;
    if (this.#pace.mayTell(this)) this.release();
  }

  #tellNow(quote: MergedQuote): void {
    if (this.#options.throttle > 0) this.#lastTold = this.#options.clock.now();
    const changed = fieldNames(this.#moved);
    this.#moved = NO_FIELDS;
    this.#listener(quote.copy(), changed);
  }
}
