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

/** Fields that are texts; the others are numbers. */
const TEXTS: FieldSet = ['currency', 'description', 'exchange', 'type', 'marketSession'].reduce(
  (fields, field) => fields | (1 << placeOf(field as QuoteField)),
  NO_FIELDS,
);

/** A value for each of QUOTE_FIELDS. Numbers are kept as such, for an object of each would cost more than all the rest. */
class QuoteValues {
  /** NaN: no value. */
  readonly numbers = new Float64Array(QUOTE_FIELDS.length).fill(Number.NaN);
  readonly texts = new Array<string | null>(QUOTE_FIELDS.length).fill(null);

  get(place: number): QuoteValue {
    if ((TEXTS & (1 << place)) !== 0) return this.texts[place] as string | null;
    const value = this.numbers[place] as number;
    return Number.isNaN(value) ? null : value;
  }

  set(place: number, value: QuoteValue): void {
    if (typeof value === 'string') this.texts[place] = value;
    else if ((TEXTS & (1 << place)) !== 0) this.texts[place] = null;
    else this.numbers[place] = value ?? Number.NaN;
  }
}

/** What is newly said of a symbol, field by field. One object serves for any number of packets, one after the other. */
export class QuoteChange {
  #fields: FieldSet = NO_FIELDS;
  /** What is not among the fields is left over from before. */
  readonly #values = new QuoteValues();

  /** Nothing is said. */
  clear(): void {
    this.#fields = NO_FIELDS;
  }

  /** @param place among QUOTE_FIELDS; what was said of it before counts no more */
  set(place: number, value: QuoteValue): void {
    this.#fields |= 1 << place;
    this.#values.set(place, value);
  }

  /** Of fields that are numbers, by their places; NaN: no value. Whoever puts one in says so with `says`. */
  get numbers(): Float64Array {
    return this.#values.numbers;
  }

  says(place: number): void {
    this.#fields |= 1 << place;
  }

  /** @returns the fields that this has moved */
  mergeInto(quote: MergedQuote): FieldSet {
    return quote.merge(this.#fields, this.#values);
  }
}

/** All that is known of a symbol, put together from what upstream sends bit by bit. */
export class MergedQuote {
  readonly #symbol: string;
  readonly #values = new QuoteValues();
  #present: FieldSet = NO_FIELDS;

  constructor(symbol: string) {
    this.#symbol = symbol;
  }

  /** Fields that upstream has sent, ever. */
  get present(): FieldSet {
    return this.#present;
  }

  /** Takes the newest values of some fields. @returns those that this has moved */
  merge(fields: FieldSet, values: QuoteValues): FieldSet {
    const { numbers, texts } = this.#values;
    let moved = fields & ~this.#present;
    this.#present |= fields;
    for (let place = 0, rest = fields; rest !== NO_FIELDS; place++, rest >>>= 1) {
      if ((rest & 1) === 0) continue;
      if ((TEXTS & (1 << place)) !== 0) {
        const text = values.texts[place] as string | null;
        if (texts[place] !== text) moved |= 1 << place;
        texts[place] = text;
      } else {
        const value = values.numbers[place] as number;
        const before = numbers[place] as number;
        if (before !== value && !(Number.isNaN(before) && Number.isNaN(value))) moved |= 1 << place;
        numbers[place] = value;
      }
    }
    return moved;
  }

  /** The last value of a field; undefined when it was never sent. */
  value(place: number): QuoteValue | undefined {
    return (this.#present & (1 << place)) === 0 ? undefined : this.#values.get(place);
  }

  /** The whole quote, a new object for each caller, so that what one flow changes never reaches another. */
  copy(): Quote {
    const has = this.#present;
    const { numbers, texts } = this.#values;
    const quote: Quote = { symbol: this.#symbol };
    // Each by its name, for this runs for each packet: keys out of a list take ten times as long. QUOTE_FIELDS has the places.
    if (has & (1 << 0)) quote.price = orNull(numbers[0]);
    if (has & (1 << 1)) quote.timestamp = orNull(numbers[1]);
    if (has & (1 << 2)) quote.change = orNull(numbers[2]);
    if (has & (1 << 3)) quote.changePercent = orNull(numbers[3]);
    if (has & (1 << 4)) quote.volume = orNull(numbers[4]);
    if (has & (1 << 5)) quote.bid = orNull(numbers[5]);
    if (has & (1 << 6)) quote.ask = orNull(numbers[6]);
    if (has & (1 << 7)) quote.bidSize = orNull(numbers[7]);
    if (has & (1 << 8)) quote.askSize = orNull(numbers[8]);
    if (has & (1 << 9)) quote.open = orNull(numbers[9]);
    if (has & (1 << 10)) quote.high = orNull(numbers[10]);
    if (has & (1 << 11)) quote.low = orNull(numbers[11]);
    if (has & (1 << 12)) quote.previousClose = orNull(numbers[12]);
    if (has & (1 << 13)) quote.currency = texts[13] as string | null;
    if (has & (1 << 14)) quote.description = texts[14] as string | null;
    if (has & (1 << 15)) quote.exchange = texts[15] as string | null;
    if (has & (1 << 16)) quote.type = texts[16] as string | null;
    if (has & (1 << 17)) quote.marketSession = texts[17] as string | null;
    if (has & (1 << 18)) quote.delay = orNull(numbers[18]);
    return quote;
  }
}

function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
