/**
 * The latest trade information of a symbol. It has only the fields that upstream has sent; null: upstream says that there is
 * no value.
 */
export interface Quote {
  symbol: string;
  /** Of the last trade. */
  price?: number | null;
  /** When that was, milliseconds since the epoch, UTC. */
  timestamp?: number | null;
  /** Since the previous close, in price. */
  change?: number | null;
  /** Since the previous close, in per cent. */
  changePercent?: number | null;
  /** Of the day so far. */
  volume?: number | null;
  bid?: number | null;
  ask?: number | null;
  bidSize?: number | null;
  askSize?: number | null;
  /** Of the day. */
  open?: number | null;
  high?: number | null;
  low?: number | null;
  previousClose?: number | null;
  currency?: string | null;
  description?: string | null;
  exchange?: string | null;
  type?: string | null;
  /** `market`, `pre_market`, `post_market`, `out_of_session`, `holiday`. */
  marketSession?: string | null;
  /** Seconds by which the data are behind the market; 0 in real time. */
  delay?: number | null;
}

export type QuoteField = Exclude<keyof Quote, 'symbol'>;
export type QuoteValue = number | string | null;

/** In the order of the contract. */
export const QUOTE_FIELDS = [
  'price',
  'timestamp',
  'change',
  'changePercent',
  'volume',
  'bid',
  'ask',
  'bidSize',
  'askSize',
  'open',
  'high',
  'low',
  'previousClose',
  'currency',
  'description',
  'exchange',
  'type',
  'marketSession',
  'delay',
] as const satisfies readonly QuoteField[];

/**
 * Any number of fields, one bit for each of QUOTE_FIELDS: whatever comes of hundreds of symbols is merged and compared without
 * making an object.
 */
export type FieldSet = number;

export const NO_FIELDS: FieldSet = 0;

/** The place of a field among QUOTE_FIELDS, which MergedQuote asks for. */
export function placeOf(field: QuoteField): number {
  return QUOTE_FIELDS.indexOf(field);
}

/** Names of the fields, in the order of the contract; a new list for each caller. */
export function fieldNames(fields: FieldSet): QuoteField[] {
  return QUOTE_FIELDS.filter((_, place) => (fields & (1 << place)) !== 0);
}

/** All that is known of a symbol, put together from what upstream sends bit by bit. */
export class MergedQuote {
  readonly #symbol: string;
  /** By place. */
  readonly #values = new Array<QuoteValue>(QUOTE_FIELDS.length).fill(null);
  #present: FieldSet = NO_FIELDS;

  constructor(symbol: string) {
    this.#symbol = symbol;
  }

  /** Fields that upstream has sent, ever. */
  get present(): FieldSet {
    return this.#present;
  }

  /**
   * Takes the newest value of a field.
   * @param place among QUOTE_FIELDS
   * @returns the field if that has moved it, else no field
   */
  merge(place: number, value: QuoteValue): FieldSet {
    const field = 1 << place;
    if ((this.#present & field) !== 0 && this.#values[place] === value) return NO_FIELDS;
    this.#present |= field;
    this.#values[place] = value;
    return field;
  }

  /** The last value of a field; undefined when it was never sent. */
  value(place: number): QuoteValue | undefined {
    return (this.#present & (1 << place)) === 0 ? undefined : this.#values[place];
  }

  /** The whole quote, a new object for each caller, so that what one flow changes never reaches another. */
  copy(): Quote {
    const quote: Record<string, QuoteValue> = { symbol: this.#symbol };
    for (let place = 0; place < QUOTE_FIELDS.length; place++) {
      if ((this.#present & (1 << place)) !== 0) quote[QUOTE_FIELDS[place] as QuoteField] = this.#values[place] ?? null;
    }
    return quote as unknown as Quote;
  }
}
