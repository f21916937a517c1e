import { numberedInstrument } from './numbered-instruments';
import type { Character } from './price-model';
import { type Spread, spreadInstrument } from './spread';
import type { Hours } from './trading-calendar';

/** One symbol of the practice market. */
export interface Instrument {
  /** `EXCHANGE:SYMBOL`, as people ask for it. */
  symbol: string;
  /** What it resolves to, where that is another name. */
  fullName?: string;
  description: string;
  /** In the script of its country. */
  localDescription?: string;
  language?: string;
  type: 'spot' | 'swap' | 'stock' | 'index' | 'forex' | 'economic' | 'spread';
  typespecs: readonly string[];
  /** What the `/symbol` look-up calls its market. */
  market: string;
  source: Source;
  currency: string;
  baseCurrency?: string;
  hours: Hours;
  /** Trading hours with pre-market and after-hours, where a user may ask for them. */
  extendedSession?: string;
  character: Character;
  /** Another symbol whose price this one has, for the two are the same asset. */
  priceOf?: string;
  /** How its price is computed from those of other symbols. */
  spread?: Spread;
  /** The price moves in steps of `minmov / pricescale`. */
  pricescale: number;
  minmov: number;
  minmove2?: number;
  /** Lots to one unit of volume; null where the market has no volume. */
  lotsPerUnit: number | null;
  /** Seconds between two updates; 0 means each trade, which here is once a second. */
  updatePeriod: number;
  /** Seconds by which its data are behind the market. */
  delay: number;
  /** false: updates never say when the bar closes. */
  closeTimeKnown: boolean;
  /** false: nothing shorter than a day. */
  intraday: boolean;
  /** The subscription that would be needed; it is refused without. */
  paidGroup?: string;
}

/** Who trades it; the fields are those of the wire. */
export interface Source {
  id: string;
  name: string;
  description: string;
  country: string;
  url: string;
}

const source = (id: string, name: string, country: string, host: string): Source => ({
  id,
  name,
  description: name,
  country,
  url: `https://${host}/`,
});
const BINANCE = source('BINANCE', 'Binance', 'KY', 'www.binance.com');
const BYBIT = source('BYBIT', 'Bybit', 'SG', 'www.bybit.com');
const COINBASE = source('COINBASE', 'Coinbase', 'US', 'www.coinbase.com');
const BITSTAMP = source('BITSTAMP', 'Bitstamp', 'GB', 'www.bitstamp.net');
const NASDAQ = source('NASDAQ', 'NASDAQ', 'US', 'www.nasdaq.com');
const NYSE = source('NYSE', 'NYSE', 'US', 'www.nyse.com');
const SP = source('SP', 'SP', 'US', 'www.spglobal.com');
const FXCM = source('FX', 'FXCM', 'GB', 'www.fxcm.com');
const HOSE = source('HOSE', 'HOSE', 'VN', 'www.hsx.vn');
const KRX = source('KRX', 'KRX', 'KR', 'global.krx.co.kr');
const TSE = source('TSE', 'TSE', 'JP', 'www.jpx.co.jp');
const INDEX = source('INDEX', 'INDEX', 'US', 'www.barchart.com');
const ECONOMICS = source('ECONOMICS', 'Economics', 'US', 'tradingeconomics.com');

const roundTheClock = (listed: string): Hours => ({ timezone: 'Etc/UTC', session: '24x7', holidays: [], listed });
const newYork = (listed: string): Hours => ({
  timezone: 'America/New_York',
  session: '0930-1600',
  holidays: ['0101', '0704', '1225'],
  listed,
});
const PRE_AND_AFTER_MARKET = '0400-2000';

const usual = { minmov: 1, updatePeriod: 1, delay: 0, closeTimeKnown: true, intraday: true } as const;
const crypto = {
  ...usual,
  type: 'spot',
  typespecs: ['crypto'],
  market: 'crypto',
  lotsPerUnit: 100_000,
} as const;
const stock = {
  ...usual,
  type: 'stock',
  typespecs: ['common'],
  market: 'america',
  currency: 'USD',
  pricescale: 100,
  lotsPerUnit: 1,
} as const;

export const INSTRUMENTS: readonly Instrument[] = [
  {
    ...crypto,
    symbol: 'BINANCE:BTCUSDT',
    description: 'Bitcoin / TetherUS',
    source: BINANCE,
    currency: 'USDT',
    baseCurrency: 'BTC',
    hours: roundTheClock('2017-08-17'),
    character: { base: 68_000, dailyMove: 0.024, dailyLots: 2_400_000_000 },
    pricescale: 100,
  },
  {
    ...crypto,
    symbol: 'BINANCE:ETHUSDT',
    description: 'Ethereum / TetherUS',
    source: BINANCE,
    currency: 'USDT',
    baseCurrency: 'ETH',
    hours: roundTheClock('2017-08-17'),
    character: { base: 1_900, dailyMove: 0.03, dailyLots: 3_000_000_000 },
    pricescale: 100,
    lotsPerUnit: 10_000,
  },
  {
    ...crypto,
    symbol: 'BINANCE:SOLUSDT',
    description: 'SOL / TetherUS',
    source: BINANCE,
    currency: 'USDT',
    baseCurrency: 'SOL',
    hours: roundTheClock('2020-08-11'),
    character: { base: 150, dailyMove: 0.038, dailyLots: 3_000_000_000 },
    pricescale: 100,
    lotsPerUnit: 1000,
  },
  {
    ...crypto,
    symbol: 'BYBIT:BTCUSDT.P',
    description: 'BTCUSDT Perpetual Contract',
    type: 'swap',
    typespecs: ['crypto', 'perpetual'],
    source: BYBIT,
    currency: 'USDT',
    baseCurrency: 'BTC',
    hours: roundTheClock('2020-03-25'),
    character: { base: 68_000, dailyMove: 0.024, dailyLots: 90_000_000 },
    priceOf: 'BINANCE:BTCUSDT',
    pricescale: 10,
    lotsPerUnit: 1000,
    updatePeriod: 0,
  },
  {
    ...crypto,
    symbol: 'COINBASE:LTCUSD',
    description: 'Litecoin / U.S. Dollar, updates every 5 seconds',
    source: COINBASE,
    currency: 'USD',
    baseCurrency: 'LTC',
    hours: roundTheClock('2017-05-03'),
    character: { base: 95, dailyMove: 0.03, dailyLots: 100_000_000 },
    pricescale: 100,
    lotsPerUnit: 1000,
    updatePeriod: 5,
  },
  {
    ...crypto,
    symbol: 'BITSTAMP:XRPUSD',
    description: 'XRP / U.S. Dollar, without close times',
    source: BITSTAMP,
    currency: 'USD',
    baseCurrency: 'XRP',
    hours: roundTheClock('2017-01-16'),
    character: { base: 1.4, dailyMove: 0.032, dailyLots: 900_000_000 },
    pricescale: 100_000,
    lotsPerUnit: 100,
    closeTimeKnown: false,
  },
  {
    ...stock,
    symbol: 'NASDAQ:AAPL',
    description: 'Apple Inc.',
    source: NASDAQ,
    hours: newYork('1980-12-12'),
    extendedSession: PRE_AND_AFTER_MARKET,
    character: { base: 190, dailyMove: 0.015, dailyLots: 160_000_000 },
  },
  {
    ...stock,
    symbol: 'NYSE:IBM',
    description: 'International Business Machines Corporation',
    source: NYSE,
    hours: newYork('1972-01-03'),
    extendedSession: PRE_AND_AFTER_MARKET,
    character: { base: 210, dailyMove: 0.013, dailyLots: 14_000_000 },
  },
  {
    ...usual,
    symbol: 'SP:SPX',
    description: 'S&P 500 Index',
    type: 'index',
    typespecs: ['main'],
    market: 'america',
    source: SP,
    currency: 'USD',
    hours: newYork('1972-01-03'),
    character: { base: 5_400, dailyMove: 0.009, dailyLots: 1000 },
    pricescale: 100,
    lotsPerUnit: null,
  },
  {
    ...usual,
    symbol: 'FX:EURUSD',
    description: 'Euro / U.S. Dollar',
    type: 'forex',
    typespecs: [],
    market: 'forex',
    source: FXCM,
    currency: 'USD',
    baseCurrency: 'EUR',
    hours: { timezone: 'America/New_York', session: '1700-1700', holidays: ['0101', '1225'], listed: '1999-01-04' },
    character: { base: 1.12, dailyMove: 0.0045, dailyLots: 1000 },
    pricescale: 100_000,
    minmove2: 10,
    lotsPerUnit: null,
  },
  {
    ...stock,
    symbol: 'HOSE:VCB',
    fullName: 'HOSE_DLY:VCB',
    description: 'Joint Stock Commercial Bank for Foreign Trade of Vietnam',
    localDescription: 'Ngân hàng TMCP Ngoại thương Việt Nam',
    language: 'vi',
    market: 'vietnam',
    source: HOSE,
    currency: 'VND',
    hours: {
      timezone: 'Asia/Ho_Chi_Minh',
      session: '0900-1130,1300-1500',
      holidays: ['0101', '0430', '0501', '0902'],
      listed: '2009-06-30',
    },
    character: { base: 62_000, dailyMove: 0.014, dailyLots: 9_000_000 },
    pricescale: 1,
    minmov: 100,
    delay: 900,
  },
  {
    ...stock,
    symbol: 'KRX:005930',
    description: 'Samsung Electronics Co., Ltd.',
    localDescription: '삼성전자보통주',
    language: 'ko',
    market: 'korea',
    source: KRX,
    currency: 'KRW',
    hours: {
      timezone: 'Asia/Seoul',
      session: '0900-1530',
      holidays: ['0101', '0301', '0505', '0815', '1003', '1225'],
      listed: '1975-06-11',
    },
    character: { base: 72_000, dailyMove: 0.015, dailyLots: 50_000_000 },
    pricescale: 1,
    minmov: 100,
  },
  {
    ...stock,
    symbol: 'TSE:7203',
    description: 'Toyota Motor Corporation',
    localDescription: 'トヨタ自動車',
    language: 'ja',
    market: 'japan',
    source: TSE,
    currency: 'JPY',
    hours: {
      timezone: 'Asia/Tokyo',
      session: '0900-1130,1230-1530',
      holidays: ['0101', '0102', '0103', '0503', '0504', '1231'],
      listed: '1974-01-04',
    },
    character: { base: 2_800, dailyMove: 0.013, dailyLots: 80_000_000 },
    pricescale: 10,
    minmov: 5,
  },
  {
    ...usual,
    symbol: 'INDEX:NDFI',
    description: 'Nasdaq 100 Stocks Above 50-Day Average, daily only',
    type: 'index',
    typespecs: [],
    market: 'america',
    source: INDEX,
    currency: 'USD',
    hours: newYork('2002-01-02'),
    character: { base: 45, dailyMove: 0.02, dailyLots: 1000 },
    pricescale: 100,
    lotsPerUnit: null,
    intraday: false,
  },
  {
    ...usual,
    symbol: 'ECONOMICS:USM2',
    description: 'United States Money Supply M2, not in this plan',
    type: 'economic',
    typespecs: [],
    market: 'economics',
    source: ECONOMICS,
    currency: 'USD',
    hours: newYork('1980-01-02'),
    character: { base: 21_000, dailyMove: 0.001, dailyLots: 1000 },
    pricescale: 100,
    lotsPerUnit: null,
    intraday: false,
    paidGroup: 'economics_paid',
  },
];

const bySymbol = new Map(
  INSTRUMENTS.flatMap((one) => [one.symbol, one.fullName ?? one.symbol].map((key) => [key, one])),
);

/** By the symbol that people ask for, or the one that it resolves to, or an expression of such; in capitals or not. */
export function findInstrument(symbol: string): Instrument | undefined {
  const name = symbol.toUpperCase();
  return findOne(name) ?? spreadInstrument(name, findOne);
}

function findOne(name: string): Instrument | undefined {
  return bySymbol.get(name) ?? numberedInstrument(name);
}

/** The nearest price that the symbol can have. Rounding never turns the order of two prices round. */
export function toTick({ minmov, pricescale, spread }: Instrument, price: number): number {
  const steps = Math.round((price * pricescale) / minmov);
  // Only what is computed may be nothing or less.
  return ((spread ? steps : Math.max(1, steps)) * minmov) / pricescale;
}
