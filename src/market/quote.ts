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

/** Lists that were made already: the same few fields move again and again. */
const namesOf = new Map<FieldSet, readonly QuoteField[]>();
const MOST_LISTS = 1_000;

/** Names of the fields, in the order of the contract; a new list for each caller. */
export function fieldNames(fields: FieldSet): QuoteField[] {
  let names = namesOf.get(fields);
  if (!names) {
    names = QUOTE_FIELDS.filter((_, place) => (fields & (1 << place)) !== 0);
    if (namesOf.size < MOST_LISTS) namesOf.set(fields, names);
  }
  return names.slice();
}

/** What is newly said of a symbol, field by field. One object serves for any number of packets, one after the other. */
export class QuoteChange {
  #fields: FieldSet = NO_FIELDS;
  /** By place; what is not among the fields is left over from before. */
  readonly #values = new Array<QuoteValue>(QUOTE_FIELDS.length).fill(null);

  /** Nothing is said. */
  clear(): void {
    this.#fields = NO_FIELDS;
  }

  /** @param place among QUOTE_FIELDS; what was said of it before counts no more */
  set(place: number, value: QuoteValue): void {
    this.#fields |= 1 << place;
    this.#values[place] = value;
  }

  /** @returns the fields that this has moved */
  mergeInto(quote: MergedQuote): FieldSet {
    let moved = NO_FIELDS;
    for (let place = 0, rest = this.#fields; rest !== NO_FIELDS; place++, rest >>>= 1) {
      if ((rest & 1) !== 0) moved |= quote.merge(place, this.#values[place] as QuoteValue);
    }
    return moved;
  }
}

type ValuesOf<Fields extends readonly QuoteField[]> = {
  [Place in keyof Fields]: Exclude<Quote[Fields[Place]], undefined>;
};

/** All that is known of a symbol, put together from what upstream sends bit by bit. */
export class MergedQuote {
  readonly #symbol: string;
  /** By place. */
  readonly #values: QuoteValue[] = new Array(QUOTE_FIELDS.length).fill(null);
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
    const has = this.#present;
    const value = this.#values as unknown as ValuesOf<typeof QUOTE_FIELDS>;
    const quote: Quote = { symbol: this.#symbol };
    // Each by its name, for this runs for each packet: keys out of a list take ten times as long. QUOTE_FIELDS has the places.
    if (has & (1 << 0)) quote.price = value[0];
    if (has & (1 << 1)) quote.timestamp = value[1];
    if (has & (1 << 2)) quote.change = value[2];
    if (has & (1 << 3)) quote.changePercent = value[3];
    if (has & (1 << 4)) quote.volume = value[4];
    if (has & (1 << 5)) quote.bid = value[5];
    if (has & (1 << 6)) quote.ask = value[6];
    if (has & (1 << 7)) quote.bidSize = value[7];
    if (has & (1 << 8)) quote.askSize = value[8];
    if (has & (1 << 9)) quote.open = value[9];
    if (has & (1 << 10)) quote.high = value[10];
    if (has & (1 << 11)) quote.low = value[11];
    if (has & (1 << 12)) quote.previousClose = value[12];
    if (has & (1 << 13)) quote.currency = value[13];
    if (has & (1 << 14)) quote.description = value[14];
    if (has & (1 << 15)) quote.exchange = value[15];
    if (has & (1 << 16)) quote.type = value[16];
    if (has & (1 << 17)) quote.marketSession = value[17];
    if (has & (1 << 18)) quote.delay = value[18];
    return quote;
  }
}
