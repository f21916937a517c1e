export const TIMEFRAMES = {
  seconds: ['1s', '5s', '15s', '30s'],
  minutes: ['1m', '3m', '5m', '15m', '30m', '45m'],
  hours: ['1h', '2h', '3h', '4h', '6h', '12h'],
  days: ['1d', '1w', '1M'],
};

/** What TradingView calls them, in the inputs of an indicator. Seconds need a paid plan. */
export const CODES = {
  '1m': '1',
  '3m': '3',
  '5m': '5',
  '15m': '15',
  '30m': '30',
  '45m': '45',
  '1h': '60',
  '2h': '120',
  '3h': '180',
  '4h': '240',
  '6h': '360',
  '12h': '720',
  '1d': '1D',
  '1w': '1W',
  '1M': '1M',
};
