/**
 * The library: live market data in any Node.js program. The Node-RED nodes are built on exactly this.
 *
 *     const client = new TradingViewClient({ server: 'practice' });
 *     const subscription = client.watchCandles({ symbol: 'BINANCE:BTCUSDT', timeframe: '1m', history: 10 }, console.log);
 *
 *     const news = new NewsClient({ server: 'practice' });
 *     news.watchArticles({ keywords: ['bitcoin'] }, console.log);
 */
import { NewsClient as News, type NewsSurroundings } from './news/client';
import type { NewsClientOptions } from './news/options';
import { practiceEndpoints, practiceNewsEndpoint } from './practice-endpoints';
import { TradingViewClient as Client, type ClientSurroundings } from './tradingview/client';
import type { ClientOptions } from './tradingview/options';

export type { ConnectionState, ConnectionStatus } from './feed/connection';
export { type ErrorCode, FeedError } from './feed/errors';
export type { ProxySettings } from './feed/proxy';
export { checkThrottle } from './feed/settings';
export type { Subscription, SubscriptionState } from './feed/subscription';
export type { Candle } from './market/candle';
export { type Clock, SteppedClock, systemClock, type Timer } from './market/clock';
export type { IndicatorItem } from './market/indicator';
export type { Quote, QuoteField } from './market/quote';
export { normaliseSymbol } from './market/symbol';
export { isTimeframe, TIMEFRAMES, type Timeframe } from './market/timeframe';
export type { Article } from './news/article';
export type { ArticleEvent, ArticleSubscription, WatchArticlesOptions } from './news/article-service';
export type { NewsClientStats, NewsSurroundings } from './news/client';
export {
  type ArticleOptions,
  type ArticleSettings,
  checkArticleOptions,
  type NewsClientOptions,
  normaliseCoin,
  type PriceOptions,
} from './news/options';
export type { Price } from './news/price';
export type { PriceEvent, PriceSubscription, WatchPricesOptions } from './news/price-service';
export { PracticeMarket } from './simulator/practice-market';
export { PracticeNews } from './simulator/practice-news';
export type { CandleStreamEvent, CandleSubscription, WatchOptions } from './tradingview/candle-service';
export type { ClientStats, ClientSurroundings } from './tradingview/client';
export type { HistoryOptions, HistoryProgress } from './tradingview/history-options';
export type { HistoryAnswer } from './tradingview/history-service';
export type { IndicatorInfo, IndicatorInput } from './tradingview/indicator-definition';
export type { FoundIndicator } from './tradingview/indicator-search';
export type {
  IndicatorOptions,
  IndicatorSettings,
  IndicatorStreamEvent,
  IndicatorSubscription,
  WatchIndicatorOptions,
} from './tradingview/indicator-service';
export type {
  CandleOptions,
  ClientOptions,
  QuoteOptions,
  SeriesOptions,
  SeriesSettings,
} from './tradingview/options';
export type { PacketOptions, PacketSubscription, RawPacket } from './tradingview/packet-service';
export type { QuoteEvent, QuoteSubscription, WatchQuotesOptions } from './tradingview/quote-service';
export type { FoundSymbol } from './tradingview/symbol-search';
export type { TokenWarning } from './tradingview/token-schedule';

/** The TradingView client, which also knows where the practice market is. */
export class TradingViewClient extends Client {
  constructor(options: ClientOptions = {}, around: ClientSurroundings = {}) {
    const practice = options.server === 'practice' && !around.endpoints;
    super(options, practice ? { ...around, endpoints: practiceEndpoints } : around);
  }
}

/** The client for crypto news and prices, which also knows where the practice news are. */
export class NewsClient extends News {
  constructor(options: NewsClientOptions = {}, around: NewsSurroundings = {}) {
    const practice = options.server === 'practice' && !around.endpoint;
    super(options, practice ? { ...around, endpoint: practiceNewsEndpoint } : around);
  }
}
