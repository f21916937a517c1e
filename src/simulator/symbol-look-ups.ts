import { findInstrument, INSTRUMENTS, type Instrument } from './instruments';
import type { LookUpAnswer, LookUpRequest } from './look-up';

const PAGE = 50;

/** `?text=&hl=1&start=&exchange=&search_type=`: the symbols whose name or description hold the text. */
export function searchSymbols({ query, origin }: LookUpRequest): LookUpAnswer {
  if (!origin) return { status: 403, body: { code: 403, message: 'forbidden' } };
  const text = (query.get('text') ?? '').trim();
  const highlight = query.get('hl') === '1';
  const start = Math.max(0, Math.floor(Number(query.get('start')) || 0));
  const exchange = (query.get('exchange') ?? '').toUpperCase();
  const type = query.get('search_type') ?? 'undefined';
  const found = INSTRUMENTS.filter(
    (one) =>
      holds(one, text.toLowerCase()) &&
      (exchange === '' || one.source.id === exchange) &&
      (type === '' || type === 'undefined' || type === one.type || type === one.market),
  );
  const symbols = found.slice(start, start + PAGE).map((one) => describe(one, text, highlight));
  return { status: 200, body: { symbols_remaining: Math.max(0, found.length - start - PAGE), symbols } };
}

function holds(one: Instrument, text: string): boolean {
  return [one.symbol, one.description, one.localDescription ?? ''].some((field) => field.toLowerCase().includes(text));
}

function describe(one: Instrument, text: string, highlight: boolean): Record<string, unknown> {
  const mark = (field: string) => (highlight ? emphasise(field, text) : field);
  const { source } = one;
  return {
    symbol: mark(one.symbol.slice(one.symbol.indexOf(':') + 1)),
    description: mark(one.description),
    type: one.type,
    exchange: source.name,
    found_by_isin: false,
    found_by_cusip: false,
    currency_code: one.currency,
    provider_id: source.id.toLowerCase(),
    source2: { id: source.id, name: source.name, description: source.description },
    source_id: source.id,
    country: source.country,
    ...(one.type === 'stock' && { is_primary_listing: true }),
    typespecs: one.typespecs,
    // The name of an exchange is not always what stands before the colon.
    ...(source.name !== source.id && { prefix: source.id }),
  };
}

function emphasise(field: string, text: string): string {
  const at = text === '' ? -1 : field.toLowerCase().indexOf(text.toLowerCase());
  if (at === -1) return field;
  const end = at + text.length;
  return `${field.slice(0, at)}<em>${field.slice(at, end)}</em>${field.slice(end)}`;
}

/** `?symbol=EXCHANGE:SYMBOL&fields=market&no_404=false`: whether there is such a symbol. */
export function symbolMarket({ query }: LookUpRequest): LookUpAnswer {
  const one = findInstrument(query.get('symbol') ?? '');
  if (one) return { status: 200, body: { market: one.market } };
  if (query.get('no_404') === 'true') return { status: 200, body: {} };
  return { status: 404, body: { code: 'symbol_not_exists', error: 'Symbol does not exist' } };
}
