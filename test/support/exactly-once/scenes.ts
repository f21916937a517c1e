/** Where and when a schedule plays. */
export interface Scene {
  name: string;
  /** Milliseconds since the epoch. */
  start: number;
  /** What can be watched; `sleep` goes by the hours of the first one. */
  symbols: readonly string[];
  /** Nothing else but what has the same hours is watched, so that a long sleep costs little. */
  sleeps?: true;
}

const BTC = 'BINANCE:BTCUSDT';
const WITHOUT_CLOSE_TIME = 'BITSTAMP:XRPUSD';
const WITHOUT_VOLUME = 'FX:EURUSD';
const EVERY_TRADE = 'BYBIT:BTCUSDT.P';
const EVERY_FIVE_SECONDS = 'COINBASE:LTCUSD';
const DELAYED = 'HOSE:VCB';

const usual: Scene = {
  name: 'a Wednesday on which New York trades',
  start: Date.UTC(2026, 4, 13, 14, 0),
  symbols: [BTC, 'NASDAQ:AAPL', WITHOUT_CLOSE_TIME, WITHOUT_VOLUME, EVERY_TRADE, EVERY_FIVE_SECONDS],
};
const lunches: Scene[] = [
  {
    name: 'before the lunch break in Saigon, whose data come a quarter of an hour late',
    start: Date.UTC(2026, 4, 13, 4, 38),
    symbols: [DELAYED, BTC, WITHOUT_CLOSE_TIME, DELAYED, WITHOUT_VOLUME],
  },
  {
    name: 'before the lunch break in Tokyo',
    start: Date.UTC(2026, 4, 13, 2, 22),
    symbols: ['TSE:7203', WITHOUT_CLOSE_TIME, 'TSE:7203', BTC],
  },
];
const openings: Scene[] = [
  {
    name: 'before New York opens',
    start: Date.UTC(2026, 4, 13, 13, 24),
    symbols: ['NASDAQ:AAPL', 'SP:SPX', BTC, WITHOUT_CLOSE_TIME],
  },
  {
    name: 'before the afternoon in Saigon, whose data come a quarter of an hour late',
    start: Date.UTC(2026, 4, 13, 6, 10),
    symbols: [DELAYED, EVERY_FIVE_SECONDS, DELAYED, BTC],
  },
];
const evening: Scene = {
  name: 'before New York closes',
  start: Date.UTC(2026, 4, 13, 19, 54),
  symbols: ['NASDAQ:AAPL', 'SP:SPX', 'NYSE:IBM'],
  sleeps: true,
};
const weekEnd: Scene = {
  name: 'before the week-end',
  start: Date.UTC(2026, 4, 15, 20, 54),
  symbols: [WITHOUT_VOLUME],
  sleeps: true,
};

/** As often as it stands here, so likely is it; long sleeps take their time. */
export const SCENES: readonly Scene[] = [
  ...Array<Scene>(16).fill(usual),
  ...Array(4).fill(lunches).flat(),
  ...Array(2).fill(openings).flat(),
  evening,
  weekEnd,
];
