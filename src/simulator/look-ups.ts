import type { IncomingMessage, ServerResponse } from 'node:http';
import { findInstrument, INSTRUMENTS, type Instrument } from './instruments';

/** What a route gets to see. */
interface Request {
  query: URLSearchParams;
  origin: string | undefined;
}

interface Answer {
  status: number;
  body: unknown;
}

type Route = (request: Request) => Answer;

const PAGE = 50;

/** The look-ups by path, as the real services have them. */
const ROUTES: Readonly<Record<string, Route>> = {
  '/symbol_search/v3/': searchSymbols,
  '/symbol': symbolMarket,
};

/** Answers one HTTP request; never throws. */
export function answerLookUp(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const { status, body } = route(request);
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

function route(request: IncomingMessage): Answer {
  const [path = '', ...query] = (request.url ?? '').split('?');
  const handler = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  if (!handler) return { status: 404, body: { code: 404, message: 'not found' } };
  if (request.method !== 'GET') return { status: 405, body: { code: 405, message: 'method not allowed' } };
  return handler({ query: new URLSearchParams(query.join('?')), origin: request.headers.origin });
}

/** `?text=&hl=1&start=&exchange=&search_type=`: the symbols whose name or description hold the text. */
function searchSymbols({ query, origin }: Request): Answer {
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
function symbolMarket({ query }: Request): Answer {
  const one = findInstrument(query.get('symbol') ?? '');
  if (one) return { status: 200, body: { market: one.market } };
  if (query.get('no_404') === 'true') return { status: 200, body: {} };
  return { status: 404, body: { code: 'symbol_not_exists', error: 'Symbol does not exist' } };
}
