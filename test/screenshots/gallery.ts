const TAB = 'f10a000000000000';
const CONNECTION = 'f10a000000000001';

interface Shown {
  type: string;
  outputs: number;
  [property: string]: unknown;
}

/** One node of each type, running on the practice market, and what goes wrong. */
const NODES: Record<string, Shown> = {
  candles: {
    type: 'tv-ohlc',
    outputs: 3,
    symbols: ['BINANCE:BTCUSDT', 'BINANCE:ETHUSDT', 'BINANCE:SOLUSDT'],
    timeframe: '5s',
    history: 10,
    session: 'regular',
    adjustment: 'splits',
    remember: false,
  },
  indicator: {
    type: 'tv-indicator',
    outputs: 3,
    symbols: ['BINANCE:BTCUSDT'],
    timeframe: '5s',
    indicator: 'STD;RSI',
    version: 'last',
    indicatorInputs: { 'RSI Length': 21 },
    history: 0,
  },
  quotes: { type: 'tv-trades', outputs: 2, symbols: ['BINANCE:BTCUSDT', 'BINANCE:ETHUSDT'], throttle: 1000 },
  history: { type: 'tv-history', outputs: 1, symbol: 'BINANCE:BTCUSDT', timeframe: '1h', count: 300, from: '', to: '' },
  packets: { type: 'tv-packets', outputs: 1, methods: ['qsd', 'du'] },
  refused: { type: 'tv-ohlc', outputs: 3, symbols: ['NYSE:NOBODY'], timeframe: '1d', history: 10 },
};

export const FORMS = ['candles', 'indicator', 'quotes', 'history', 'packets'];
export const idOf = (name: string) => `f10a0000000001${String(Object.keys(NODES).indexOf(name)).padStart(2, '0')}`;

export function galleryFlow(): object[] {
  const nodes = Object.entries(NODES).map(([name, { outputs, ...properties }], index) => ({
    id: idOf(name),
    z: TAB,
    name: '',
    connection: CONNECTION,
    ...properties,
    x: 260 + (index % 2) * 340,
    y: 100 + Math.floor(index / 2) * 100,
    wires: Array.from({ length: outputs }, () => []),
  }));
  const connection = { id: CONNECTION, type: 'tv-connection', name: '', server: 'practice', plan: 'free', grace: 2 };
  return [{ id: TAB, type: 'tab', label: 'All nodes' }, connection, ...nodes];
}
