import { QUOTE_FIELDS } from '../../src/market/quote';

type Values = Record<string, unknown>;

const CANDLE = ['index', 'timestamp', 'open', 'high', 'low', 'close', 'volume', 'closed'];
const ARTICLE = ['title', 'link', 'description', 'source', 'sourceKey', 'category', 'timestamp', 'breaking'];
const PRICE = ['symbol', 'price', 'change24h', 'timestamp'];
const ITEM = ['index', 'timestamp', 'closed', 'values', 'plots', 'alerts'];

/** What each event's message has beside `event` and `payload`, by the contract. */
const PROPERTIES: Record<string, string[]> = {
  'tv-ohlc': ['topic', 'symbol', 'timeframe'],
  'tv-ohlc list': ['timeframe'],
  'tv-indicator': ['topic', 'symbol', 'timeframe'],
  'tv-indicator list': ['timeframe'],
  'tv-trades': ['topic', 'symbol', 'changed'],
  'tv-trades list': [],
  'tv-history': ['topic', 'symbol', 'timeframe', 'complete'],
  'tv-packets': ['topic'],
  'tv-packets list': [],
  'news-articles': ['topic'],
  'news-articles list': [],
  'news-prices': ['topic', 'symbol'],
  'news-prices list': [],
};
const LISTED: Record<string, string[]> = {
  'tv-ohlc': ['symbol', 'timeframe', 'state'],
  'tv-indicator': ['symbol', 'timeframe', 'state'],
  'tv-trades': ['symbol', 'state'],
  'tv-packets': ['methods', 'state'],
  'news-articles': ['sources', 'categories', 'keywords', 'breakingOnly', 'state'],
  'news-prices': ['symbol', 'state'],
};

/** What is wrong with a message that a help text shows, by the contract. */
export function checkMessage(type: string, message: Values): string[] {
  const { event, payload, ...properties } = message;
  const wanted = PROPERTIES[`${type} ${event}`] ?? PROPERTIES[type] ?? [];
  const problems = compareKeys(`the message ${event}`, properties, wanted);
  if ('symbol' in properties && properties.topic !== properties.symbol) problems.push('topic and symbol differ');
  return [...problems, ...checkPayload(type, String(event), payload, message)];
}

function checkPayload(type: string, event: string, payload: unknown, message: Values): string[] {
  const values = payload as Values;
  if (event === 'list')
    return rows(payload).flatMap((row) => compareKeys('a row of the list', row, LISTED[type] ?? []));
  if (event === 'gap') return [...compareKeys('the gap', values, ['from', 'to']), ...ordered(values.from, values.to)];
  if (event === 'packet') {
    return [
      ...compareKeys('the packet', values, ['m', 'p']),
      ...(values.m === message.topic ? [] : ['topic is not m']),
    ];
  }
  if (type === 'news-articles') return checkArticle(values, message);
  if (event === 'price') return compareKeys('the price', values, PRICE);
  if (event === 'quote') return checkQuote(values, message);
  const items = event === 'history' ? rows(payload) : [values];
  const closed = event !== 'forming';
  return items.flatMap((item) => (type === 'tv-indicator' ? checkItem(item, closed) : checkCandle(item, closed)));
}

function checkCandle(candle: Values, closed: boolean): string[] {
  const problems = compareKeys('the candle', candle, CANDLE);
  const { low, open, close, high } = candle as Record<string, number>;
  if (candle.closed !== closed) problems.push('closed is not as the event says');
  return [
    ...problems,
    ...ordered(low, Math.min(open as number, close as number)),
    ...ordered(Math.max(open as number, close as number), high),
  ];
}

function checkItem(item: Values, closed: boolean): string[] {
  const problems = compareKeys('the item', item, ITEM);
  if (item.closed !== closed) problems.push('closed is not as the event says');
  const plots = rows(item.plots);
  for (const value of Object.values(item.values as Values)) {
    if (!plots.includes(value as Values)) problems.push(`the value ${value} is none of the plots`);
  }
  return problems;
}

function checkArticle(article: Values, { event, topic }: Values): string[] {
  const problems = compareKeys('the article', article, ARTICLE);
  if (topic !== `news/${article.sourceKey}`) problems.push('topic is not that of the source');
  if (article.breaking !== (event === 'breaking')) problems.push('breaking is not as the event says');
  return problems;
}

function checkQuote(quote: Values, { changed, symbol }: Values): string[] {
  const problems = compareKeys('the quote', quote, ['symbol', ...QUOTE_FIELDS]);
  if (quote.symbol !== symbol) problems.push('the symbols differ');
  for (const field of rows(changed)) {
    if (!(QUOTE_FIELDS as readonly unknown[]).includes(field)) problems.push(`${field} is no field of a quote`);
  }
  return problems;
}

const rows = (value: unknown) => (Array.isArray(value) ? (value as Values[]) : []);
const ordered = (first: unknown, second: unknown) =>
  Number(first) <= Number(second) ? [] : [`${first} is not below ${second}`];

function compareKeys(what: string, values: Values, wanted: string[]): string[] {
  const keys = Object.keys(values ?? {});
  return [
    ...wanted.filter((key) => !keys.includes(key)).map((key) => `${what} has no ${key}`),
    ...keys.filter((key) => !wanted.includes(key)).map((key) => `${what} must not have ${key}`),
  ];
}
