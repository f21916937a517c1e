import { type MergedQuote, placeOf, type QuoteChange, type QuoteField, type QuoteValue } from '../market/quote';

/** What TradingView says of a symbol, by the names of the wire: the first time all, later only what has changed. */
export type WireFields = Record<string, unknown>;

type Reader = (value: unknown) => QuoteValue;

/** A value beyond this is TradingView's way of saying that there is none (it writes 1e+100, as for the volume of an index). */
export const NO_VALUE = 1e99;

const number: Reader = (value) => (typeof value === 'number' && Math.abs(value) < NO_VALUE ? value : null);
const text: Reader = (value) => (typeof value === 'string' && value !== '' ? value : null);
/** Seconds on the wire. */
const time: Reader = (value) => {
  const seconds = number(value);
  return typeof seconds === 'number' ? Math.round(seconds * 1000) : null;
};
/** `streaming`, `delayed_streaming_900`; of what does not stream (`endofday`) no delay is known. */
const delay: Reader = (value) => {
  if (value === 'streaming') return 0;
  const late = typeof value === 'string' ? /^delayed_streaming_(\d{1,9})$/.exec(value) : null;
  return late ? Number(late[1]) : null;
};

const FIELDS: readonly [wire: string, field: QuoteField, read: Reader][] = [
  ['lp', 'price', number],
  ['lp_time', 'timestamp', time],
  ['ch', 'change', number],
  ['chp', 'changePercent', number],
  ['volume', 'volume', number],
  ['bid', 'bid', number],
  ['ask', 'ask', number],
  ['bid_size', 'bidSize', number],
  ['ask_size', 'askSize', number],
  ['open_price', 'open', number],
  ['high_price', 'high', number],
  ['low_price', 'low', number],
  ['prev_close_price', 'previousClose', number],
  ['currency_code', 'currency', text],
  ['description', 'description', text],
  ['exchange', 'exchange', text],
  ['type', 'type', text],
  ['current_session', 'marketSession', text],
  ['update_mode', 'delay', delay],
];

/** What a quote session is asked for; without a list upstream would send some hundred fields. */
export const WIRE_FIELDS: readonly string[] = FIELDS.map(([wire]) => wire);

/** Those that are numbers on the wire, and how many of ours one of theirs makes: times come in seconds. */
export const NUMBER_FIELDS = FIELDS.filter(([, , read]) => read === number || read === time).map(
  ([wire, field, read]) => ({ wire, place: placeOf(field), factor: read === time ? 1_000 : 1 }),
);

// A Map, for a server may name a field anything, `__proto__` too.
const READERS = new Map(FIELDS.map(([wire, field, read]) => [wire, { place: placeOf(field), read }]));

/** Takes what a packet says. */
export function readWireFields(fields: WireFields, change: QuoteChange): void {
  change.clear();
  for (const name in fields) {
    const reader = READERS.get(name);
    if (reader) change.set(reader.place, reader.read(fields[name]));
  }
}

const SESSION = placeOf('marketSession');

/** Whether upstream says that nobody trades just now: `out_of_session` or `holiday`. Before and after hours people do. */
export function saysClosed(quote: MergedQuote): boolean {
  const session = quote.value(SESSION);
  return session === 'out_of_session' || session === 'holiday';
}
