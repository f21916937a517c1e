import type { CandleSource } from './candle-source';
import type { Instrument } from './instruments';
import type { MarketBar } from './market-bar';
import type { QuoteFields } from './practice-answers';
import { hashText, mix } from './random';
import type { Resolution } from './resolution';
import { symbolInfo } from './symbol-info';

const SECOND: Resolution = { kind: 'intraday', length: 1000, seconds: true };
const DAY: Resolution = { kind: 'day' };

/** Upstream's other way of saying that there is no value, seen for the volume of indices. */
const NO_VALUE = 1e100;

/** The order book comes apart from the rest. */
const BOOK = ['bid', 'ask', 'bid_size', 'ask_size', 'trade_loaded'] as const;

/** Both halves of a quote, as they are told one after the other. */
export interface QuoteState {
  trades: QuoteFields;
  book: QuoteFields;
}

/** The candles that a quote is taken from. */
export interface QuoteSources {
  regular: CandleSource;
  /** With pre-market and after-hours, where the symbol has them; else the same as `regular`. */
  extended: CandleSource;
}

/**
 * The quote of a symbol at a time: its last trade is the close of its candles then, the figures of the day are those of the
 * newest daily candle.
 * @param now milliseconds since the epoch
 */
export function quoteState({ regular, extended }: QuoteSources, now: number): QuoteState {
  const { instrument } = regular;
  const until = regular.shownUntil(now);
  const [before, today] = lastTwo(regular.back(DAY, 2, now));
  const [last] = regular.back(SECOND, 1, now);
  const [late] = extended.back(SECOND, 1, now);
  const price = today?.close ?? null;
  const trading = last !== undefined && last.time === until - 1000;
  const hours = trading ? 'market' : outsideHours(last, late, until, regular, now);
  const afterHours = hours === 'pre_market' || hours === 'post_market' ? (late?.close ?? null) : null;
  const previous = before?.close ?? null;
  return {
    trades: {
      ...standing(instrument),
      current_session: hours,
      lp: price,
      lp_time: last ? last.time / 1000 : null,
      ...change(instrument, 'ch', 'chp', price, previous),
      volume: today && instrument.lotsPerUnit !== null ? today.volume : instrument.intraday ? null : NO_VALUE,
      open_price: today?.open ?? null,
      high_price: today?.high ?? null,
      low_price: today?.low ?? null,
      prev_close_price: previous,
      open_time: today ? today.time / 1000 : null,
      rtc: afterHours,
      rtc_time: afterHours === null || !late ? null : late.time / 1000,
      ...change(instrument, 'rch', 'rchp', afterHours, price),
    },
    book: { ...book(instrument, trading ? price : null, until), trade_loaded: true },
  };
}

export function isBookField(field: string): boolean {
  return (BOOK as readonly string[]).includes(field);
}

function lastTwo(days: readonly MarketBar[]): [before: MarketBar | undefined, today: MarketBar | undefined] {
  return [days.at(-2), days.at(-1)];
}

/** Upstream's word for the time of day, when regular trading rests. */
function outsideHours(
  last: MarketBar | undefined,
  late: MarketBar | undefined,
  until: number,
  regular: CandleSource,
  now: number,
): 'pre_market' | 'post_market' | 'out_of_session' {
  if (!late || late.time !== until - 1000 || late.time === last?.time) return 'out_of_session';
  const [next] = regular.future(DAY, 1, now);
  const sinceClose = late.time - (last?.time ?? 0);
  return next === undefined || sinceClose < next - late.time ? 'post_market' : 'pre_market';
}

const standingFields = new WeakMap<Instrument, QuoteFields>();

/** What of a quote never changes here. */
function standing(instrument: Instrument): QuoteFields {
  const known = standingFields.get(instrument);
  if (known) return known;
  // Only the list of holidays depends on the time, and quotes do not have it.
  const info = symbolInfo(instrument, 'regular', 0);
  const { delay, source } = instrument;
  const fields = {
    pro_name: info.pro_name,
    original_name: info.full_name,
    short_name: info.name,
    description: info.description,
    ...(instrument.localDescription && { local_description: instrument.localDescription }),
    ...(instrument.language && { language: instrument.language }),
    exchange: source.name,
    listed_exchange: source.id,
    provider_id: info.provider_id,
    country_code: source.country,
    type: instrument.type,
    typespecs: instrument.typespecs,
    currency_code: instrument.currency,
    currency_id: info.currency_id,
    ...(instrument.baseCurrency && { base_currency_id: info.base_currency_id }),
    timezone: info.timezone,
    update_mode: delay > 0 ? `delayed_streaming_${delay}` : 'streaming',
    is_tradable: info.is_tradable,
    format: 'price',
    pricescale: instrument.pricescale,
    minmov: instrument.minmov,
    minmove2: instrument.minmove2 ?? 0,
    fractional: false,
    variable_tick_size: '',
  };
  standingFields.set(instrument, fields);
  return fields;
}

/** The change between two prices, in price and in per cent, rounded as upstream has it. */
function change(
  { pricescale }: Instrument,
  absolute: string,
  relative: string,
  price: number | null,
  reference: number | null,
): QuoteFields {
  if (price === null || reference === null) return { [absolute]: null, [relative]: null };
  const difference = price - reference;
  return {
    [absolute]: Math.round(difference * pricescale) / pricescale,
    [relative]: Math.round((difference / reference) * 10_000) / 100,
  };
}

/** Nobody deals in what is computed. */
function hasBook({ type }: Instrument): boolean {
  return type !== 'index' && type !== 'spread';
}

/** Bid and ask lie a few steps about the price; nobody quotes while trading rests. */
function book(instrument: Instrument, price: number | null, until: number): QuoteFields {
  if (price === null || !hasBook(instrument)) return { bid: null, ask: null, bid_size: null, ask_size: null };
  const { minmov, pricescale, lotsPerUnit } = instrument;
  const chance = mix(hashText(instrument.symbol), until / 1000);
  const steps = (count: number) => Math.round(price * pricescale + count * minmov) / pricescale;
  const size = (bits: number) => (lotsPerUnit === null ? null : (1 + (bits % 997)) / lotsPerUnit);
  return {
    bid: steps(-1 - (chance % 3)),
    ask: steps(1 + ((chance >>> 4) % 3)),
    bid_size: size(chance >>> 8),
    ask_size: size(chance >>> 16),
  };
}
