export const TIMEFRAMES = {
  seconds: ['1s', '5s', '15s', '30s'],
  minutes: ['1m', '3m', '5m', '15m', '30m', '45m'],
  hours: ['1h', '2h', '3h', '4h', '6h', '12h'],
  days: ['1d', '1w', '1M'],
};
