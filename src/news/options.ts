import { FeedError } from '../feed/errors';
import type { ProxySettings } from '../feed/proxy';
import {
  address,
  checkProxy,
  checkThrottle,
  invalid,
  numberBetween,
  oneOf,
  SERVERS,
  type Server,
} from '../feed/settings';

/** Options of a news client, as given. All are optional; a number may come as text. */
export interface NewsClientOptions {
  /** `live` unless given. */
  server?: string | undefined;
  /** With `custom`: base address of a server with the same paths. */
  url?: string | undefined;
  /** Seconds without a byte after which a stream is given up; 150 unless given. The server polls once a minute. */
  idleTimeout?: number | string | undefined;
  /** In place of the proxy that the environment names. */
  proxy?: ProxySettings | undefined;
}

/** The same, checked and complete. */
export interface NewsSettings {
  server: Server;
  /** Without a slash at the end. */
  url: string | null;
  /** Milliseconds. */
  idleTimeout: number;
  proxy: ProxySettings | null;
}

/** Which articles are wanted. What is empty leaves nothing out. */
export interface ArticleOptions {
  /** Keys of sources, such as `coindesk`. */
  sources?: readonly string[] | undefined;
  /** Such as `bitcoin` or `defi`. */
  categories?: readonly string[] | undefined;
  /** One of them must be in the title or the description, as a part of a word too; in quotation marks only as a whole word. */
  keywords?: readonly string[] | undefined;
  /** false unless given. */
  breakingOnly?: boolean | undefined;
}

/** Each text once, trimmed; sources and categories in small letters. */
export interface ArticleSettings {
  sources: string[];
  categories: string[];
  keywords: string[];
  breakingOnly: boolean;
}

/** What can be chosen of prices. */
export interface PriceOptions {
  /** Ids of coins, such as `bitcoin`. */
  symbols: readonly string[];
  /** Milliseconds between two prices of a coin at the least, the newest each; 0 unless given: every change. */
  throttle?: number | string | undefined;
}

export interface PriceSettings {
  /** Each once. */
  symbols: string[];
  throttle: number;
}

/** @throws FeedError SETTING_INVALID that names the option */
export function checkNewsOptions(options: NewsClientOptions): NewsSettings {
  const server = oneOf('server', options.server, SERVERS, 'live');
  const url = server === 'custom' ? address('url', options.url, ['http:', 'https:']).replace(/\/+$/, '') : null;
  if (url?.includes('?')) throw invalid('url', 'must be a base address: nothing may follow a ?');
  return {
    server,
    url,
    idleTimeout: numberBetween('idleTimeout', options.idleTimeout, 1, 3_600, 150) * 1000,
    proxy: checkProxy(options.proxy),
  };
}

/** @throws FeedError SETTING_INVALID that names the option */
export function checkArticleOptions(options: ArticleOptions): ArticleSettings {
  return {
    sources: words('sources', options.sources),
    categories: words('categories', options.categories),
    keywords: texts('keywords', options.keywords),
    breakingOnly: options.breakingOnly ?? false,
  };
}

/** @throws FeedError SYMBOL_INVALID, or SETTING_INVALID that names the option */
export function checkPriceOptions({ symbols, throttle }: PriceOptions): PriceSettings {
  if (!Array.isArray(symbols) || symbols.length === 0) throw invalid('symbols', 'must be a list of coins');
  return { symbols: [...new Set(symbols.map(checkCoin))], throttle: checkThrottle(throttle) };
}

/** @returns the id of a coin in small letters; undefined for a text that is none */
export function normaliseCoin(text: unknown): string | undefined {
  const coin = typeof text === 'string' ? text.trim().toLowerCase() : '';
  return /^[a-z0-9][a-z0-9._-]{0,99}$/.test(coin) ? coin : undefined;
}

function checkCoin(text: unknown): string {
  const coin = normaliseCoin(text);
  if (coin !== undefined) return coin;
  const shown = typeof text === 'string' ? text.trim().slice(0, 80) : '';
  const given = shown ? `“${shown}” is no coin` : 'The coin is empty';
  const sentence = `${given}. Coins are written as their ids, such as bitcoin, ethereum or avalanche-2.`;
  throw new FeedError('SYMBOL_INVALID', sentence, shown || undefined);
}

/** What stands in a query, in small letters; a comma would begin another. */
function words(option: string, given: readonly unknown[] | undefined): string[] {
  const found = texts(option, given);
  if (found.every((text) => /^[^\s,&?#]+$/.test(text))) return [...new Set(found.map((text) => text.toLowerCase()))];
  throw invalid(option, 'must be a list of names without blanks, such as coindesk or bitcoin; empty: all');
}

function texts(option: string, given: readonly unknown[] | undefined): string[] {
  if (given === undefined || given === null) return [];
  const isList = Array.isArray(given) && given.every((text) => typeof text === 'string' && text.length <= 200);
  if (!isList) throw invalid(option, 'must be a list of texts of 200 characters at most');
  return [...new Set(given.map((text) => String(text).trim()).filter((text) => text !== ''))];
}
