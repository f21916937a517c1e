import { FeedError } from '../feed/errors';
import { LookupRefused } from '../feed/lookup';
import { type AskOptions, askService } from './ask-service';
import type { Endpoints } from './endpoints';

/** One answer of the indicator search. */
export interface FoundIndicator {
  /** As the nodes and the client take it, `STD;RSI`. */
  id: string;
  /** `last` where upstream does not tell. */
  version: string;
  name: string;
  author: string;
}

/** Upstream's own scripts have no author. */
const UPSTREAM = 'TradingView';
/** More would not be read by anybody. */
const MOST = 50;

/**
 * Looks for indicators by name: TradingView's own ones first, then what others have published, and with session cookies also
 * the user's own.
 * @throws FeedError UNREACHABLE, TIMEOUT, RATE_LIMITED or PROTOCOL
 */
export async function searchIndicators(
  endpoints: Endpoints,
  text: string,
  options: AskOptions,
): Promise<FoundIndicator[]> {
  const ask = (service: 'pine-facade' | 'www', path: string) => askService(endpoints, service, path, options);
  try {
    const [standard, own, published] = await Promise.all([
      ask('pine-facade', 'pine-facade/list/?filter=standard'),
      options.cookies ? ask('pine-facade', 'pine-facade/list/?filter=saved') : [],
      text.trim() === '' ? {} : ask('www', `pubscripts-suggest-json/?${new URLSearchParams({ search: text.trim() })}`),
    ]);
    const sought = text.trim().toLowerCase();
    const listed = [...readList(own, ''), ...readList(standard, UPSTREAM)].filter(
      ({ id, name }) => id.toLowerCase().includes(sought) || name.toLowerCase().includes(sought),
    );
    return [...listed, ...readPublished(published)].slice(0, MOST);
  } catch (error) {
    if (!(error instanceof LookupRefused)) throw error;
    if (error.status === 429) throw new FeedError('RATE_LIMITED', 'Too many searches in a short time. Wait a little.');
    throw new FeedError('PROTOCOL', `The indicator search refuses to answer (HTTP ${error.status}). Try again later.`);
  }
}

/** `[{scriptIdPart, scriptName, version}]` */
function readList(answer: unknown, author: string): FoundIndicator[] {
  return rows(answer).map((row) => ({
    id: row.scriptIdPart,
    version: text(row.version) || 'last',
    name: text(row.scriptName) || row.scriptIdPart,
    author,
  }));
}

/** `{results: [{scriptIdPart, scriptName, version, author: {username}}]}` */
function readPublished(answer: unknown): FoundIndicator[] {
  const { results } = (answer ?? {}) as { results?: unknown };
  return rows(results).map((row) => ({
    id: row.scriptIdPart,
    version: text(row.version) || 'last',
    name: text(row.scriptName) || row.scriptIdPart,
    author: text((row.author as { username?: unknown } | undefined)?.username),
  }));
}

interface Row {
  scriptIdPart: string;
  scriptName?: unknown;
  version?: unknown;
  author?: unknown;
}

function rows(answer: unknown): Row[] {
  const isRow = (row: unknown): row is Row =>
    typeof row === 'object' && row !== null && typeof (row as Partial<Row>).scriptIdPart === 'string';
  return Array.isArray(answer) ? answer.filter(isRow) : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
