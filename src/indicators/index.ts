/** Formulas of technical analysis that follow a forming candle; pure, without any data of their own. */
export { BollingerBands, type BollingerOptions, type BollingerValue } from './bollinger-bands';
export { Ema, Rma } from './exponential';
export type { Indicator, MovingAverage } from './indicator';
export { Macd, type MacdOptions, type MacdValue } from './macd';
export { type AverageKind, movingAverage } from './moving-average';
export { isPriceSource, PRICE_SOURCES, type PriceSource, type Prices, priceOf } from './price-source';
export { Rsi } from './rsi';
export { Sma } from './sma';
export { Volume, type VolumeValue } from './volume';
export { Vwma, Wma } from './weighted';
