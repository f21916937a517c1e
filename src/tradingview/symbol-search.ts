import { FeedError } from '../feed/errors';
import { LookupRefused } from '../feed/lookup';
import { askService } from './ask-service';
import type { Endpoints } from './endpoints';

/** One answer of the symbol search. */
export interface FoundSymbol {
  /** As the nodes and the client take it, `EXCHANGE:SYMBOL`. */
  symbol: string;
  description: string;
  /** `stock`, `spot`, `index`, `forex`, … in upstream's words. */
  type: string;
  exchange: string;
}

/** More would not be read by anybody. */
const MOST = 50;

/**
 * Looks for symbols whose name or description match.
 * @throws FeedError UNREACHABLE, TIMEOUT, RATE_LIMITED or PROTOCOL
 */
export async function searchSymbols(endpoints: Endpoints, text: string): Promise<FoundSymbol[]> {
  try {
    const query = new URLSearchParams({ text, hl: '0', exchange: '', lang: 'en', start: '0', domain: 'production' });
    return readSymbols(await askService(endpoints, 'symbol-search', `symbol_search/v3/?${query}`));
  } catch (error) {
    if (!(error instanceof LookupRefused)) throw error;
    if (error.status === 429) throw new FeedError('RATE_LIMITED', 'Too many searches in a short time. Wait a little.');
    throw new FeedError('PROTOCOL', `The symbol search refuses to answer (HTTP ${error.status}). Try again later.`);
  }
}

interface SearchRow {
  symbol?: unknown;
  description?: unknown;
  type?: unknown;
  exchange?: unknown;
  prefix?: unknown;
  source_id?: unknown;
}

function readSymbols(answer: unknown): FoundSymbol[] {
  const rows = (answer as { symbols?: unknown } | null)?.symbols;
  if (!Array.isArray(rows)) throw new FeedError('PROTOCOL', 'The symbol search gave an answer that cannot be read.');
  return rows
    .filter((row): row is SearchRow => typeof row === 'object' && row !== null && typeof row.symbol === 'string')
    .slice(0, MOST)
    .map((row) => ({
      symbol: `${plain(row.prefix) || plain(row.source_id) || plain(row.exchange)}:${plain(row.symbol)}`.toUpperCase(),
      description: plain(row.description),
      type: plain(row.type),
      exchange: plain(row.exchange),
    }));
}

/** Matches come wrapped in `<em>` even where this was not asked for. */
function plain(value: unknown): string {
  return typeof value === 'string' ? value.replace(/<\/?em>/g, '') : '';
}
