import { ACTIONS, readControl } from '../../nodes/shared/control';
import { resolved } from '../../nodes/shared/settings';
import { type ClientOptions, FeedError, TradingViewClient } from '../../src/index';
import { checkArticleOptions, checkNewsOptions, checkPriceOptions } from '../../src/news/options';
import { readNewsRefusal } from '../../src/news/refusal';
import { readChartFailure, sayLimit } from '../../src/tradingview/failures';
import { checkHistoryOptions } from '../../src/tradingview/history-options';
import { checkIndicatorId } from '../../src/tradingview/indicator-lookup';
import { checkSymbol, checkTimeframe } from '../../src/tradingview/options';
import { planLimits } from '../../src/tradingview/plan';
import { readQuoteFailure } from '../../src/tradingview/quote-failures';
import { Secrets } from '../../src/tradingview/secrets';
import { TokenKeeper } from '../../src/tradingview/token-keeper';

const MINUTES = { symbol: 'NYSE:AAPL', timeframe: '1m' } as const;
const SECONDS = { symbol: 'NASDAQ:AAPL', timeframe: '5s' } as const;
const RSI = { symbol: 'BINANCE:BTCUSDT', name: 'STD;RSI' };

/** What the code says to the mistake. */
function said(mistake: () => unknown): string {
  try {
    const answer = mistake();
    if (answer instanceof FeedError) return answer.message;
  } catch (error) {
    if (error instanceof FeedError) return error.message;
    throw error;
  }
  throw new Error(`This is no mistake: ${mistake}`);
}

const keeper = (token: string) =>
  new TokenKeeper({ token, fetch: null, secrets: new Secrets(), serverTime: () => Date.now() });
const connect = (options: ClientOptions) => new TradingViewClient(options).close();

const noSymbol = said(() => checkSymbol('BTCUSDT'));
const noTimeframe = said(() => checkTimeframe('60'));
const unknownSymbol = said(() => readChartFailure({ scope: 'symbol', reason: 'invalid symbol' }, MINUTES).error);
const paidTimeframe = said(
  () => readChartFailure({ scope: 'series', reason: 'resolution_not_entitled' }, SECONDS).error,
);
const noAction = said(() => readControl({}, ACTIONS, ''));

/** The messages of the common mistakes of each node, as the code gives them. */
export const MISTAKES: Record<string, string[]> = {
  'tv-connection': [
    said(() => keeper('abc').refusal().error),
    said(() => keeper('abc').expired().error),
    said(() => connect({ sessionId: 'abc' })),
    said(() => resolved('token', ['$', '{TOKEN}'].join(''))),
  ],
  'tv-ohlc': [noSymbol, unknownSymbol, noTimeframe, paidTimeframe, noAction],
  'tv-indicator': [
    said(() => sayLimit(RSI, 2, ['STD;MACD', 'STD;EMA'])),
    said(() => checkIndicatorId('RSI')),
    noSymbol,
    noTimeframe,
    noAction,
  ],
  'tv-history': [
    noSymbol,
    unknownSymbol,
    noTimeframe,
    said(() => checkHistoryOptions({ symbol: 'A:B', timeframe: '1m', from: '01.02.2026' }, planLimits('free'))),
  ],
  'tv-trades': [
    noSymbol,
    said(() => readQuoteFailure({ status: 'error', reason: 'no_such_symbol' }, 'NYSE:AAPL').error),
    noAction,
  ],
  'tv-packets': [said(() => readControl({ action: 'subscribe' }, ['list', 'reconnect'], ''))],
  'news-connection': [
    said(() => checkNewsOptions({ server: 'custom', url: 'ws://127.0.0.1/' })),
    said(() => readNewsRefusal(403, undefined, '{"code": "BOT_BLOCKED"}').error),
  ],
  'news-articles': [
    said(() => checkArticleOptions({ sources: ['The Block'] })),
    said(() => readControl({ action: 'subscribe' }, ['set', 'list', 'reconnect'], '')),
  ],
  'news-prices': [said(() => checkPriceOptions({ symbols: ['BINANCE:BTCUSDT'] })), noAction],
};
