import { type Article, readArticle } from './article';
import { type Price, readPrice } from './price';

/** What the server says, by the names of its events. */
export type NewsMessage =
  | { kind: 'connected' | 'heartbeat' }
  /** In the order in which they were published, the oldest first. */
  | { kind: 'articles'; articles: Article[]; damaged: number }
  | { kind: 'prices'; prices: Price[]; damaged: number }
  /** The server itself could not get what it was to tell; the stream goes on. */
  | { kind: 'error'; reason: string }
  /** The server ends the stream, as it does with each after some minutes. */
  | { kind: 'close' }
  | { kind: 'unknown' }
  | { kind: 'malformed' };

/** @param now milliseconds since the epoch */
export function readMessage(event: string, data: string, now: number): NewsMessage {
  switch (event) {
    case 'connected':
    case 'heartbeat':
    case 'close':
      return { kind: event };
    case 'news':
    case 'breaking': {
      const { articles } = Object(parse(data));
      if (!Array.isArray(articles)) return { kind: 'malformed' };
      const read = articles.map((raw) => readArticle(raw, event === 'breaking')).filter((one) => one !== undefined);
      return { kind: 'articles', articles: read.reverse(), damaged: articles.length - read.length };
    }
    case 'price': {
      const raw = parse(data);
      if (!Array.isArray(raw)) return { kind: 'malformed' };
      const prices = raw.map((one) => readPrice(one, now)).filter((one) => one !== undefined);
      return { kind: 'prices', prices, damaged: raw.length - prices.length };
    }
    case 'error': {
      const { message } = Object(parse(data));
      return { kind: 'error', reason: typeof message === 'string' ? message.slice(0, 200) : '' };
    }
    default:
      return { kind: 'unknown' };
  }
}

/** undefined for what is no JSON. */
function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
