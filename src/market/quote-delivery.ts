import { type FieldSet, fieldNames, type MergedQuote, NO_FIELDS, type Quote, type QuoteField } from './quote';
import { Throttle, type ThrottleOptions } from './throttle';

export type QuoteDeliveryOptions = ThrottleOptions;

/**
 * What one subscriber gets of one symbol: the whole quote with the fields that have moved since it was last told, which is all
 * of them the first time. With a throttle the newest state is told at most so often, and the last one is never lost.
 */
export class QuoteDelivery {
  readonly #listener: (quote: Quote, changed: QuoteField[]) => void;
  readonly #throttle: Throttle;
  #quote: MergedQuote | null = null;
  /** Moved, and not told yet. */
  #moved: FieldSet = NO_FIELDS;
  #closed = false;

  /** @param listener gets objects of its own */
  constructor(options: QuoteDeliveryOptions, listener: (quote: Quote, changed: QuoteField[]) => void) {
    this.#listener = listener;
    this.#throttle = new Throttle(options, () => this.#tell());
  }

  /**
   * The quote is as upstream has it now.
   * @param moved what has moved since this was last called
   */
  update(quote: MergedQuote, moved: FieldSet): void {
    if (this.#closed) return;
    this.#moved |= this.#quote ? moved : quote.present;
    this.#quote = quote;
    if (this.#moved !== NO_FIELDS) this.#throttle.moved();
  }

  /** Nothing is told afterwards. */
  close(): void {
    this.#closed = true;
    this.#throttle.close();
  }

  #tell(): void {
    if (!this.#quote) return;
    const changed = fieldNames(this.#moved);
    this.#moved = NO_FIELDS;
    this.#listener(this.#quote.copy(), changed);
  }
}
