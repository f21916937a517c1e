export {
  type MemoryConnection,
  PracticeMarket,
  type PracticeMarketOptions,
  type PracticeMarketStats,
} from './practice-market';
