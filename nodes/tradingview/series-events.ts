import type { CandleStreamEvent, IndicatorStreamEvent, TradingViewClient } from '../../src/index';
import type { SymbolStream } from '../shared/symbol-stream';

/** Which output an event goes to, counted from 0. */
export const SERIES_OUTPUT = { closed: 0, forming: 1, history: 2, correction: 2, gap: 2 } as const;

/** Sends what a series of candles or indicator values tells. */
export function sendSeriesEvent(
  stream: SymbolStream<TradingViewClient>,
  event: CandleStreamEvent | IndicatorStreamEvent,
): void {
  if (event.event === 'error') return stream.report(event.error);
  const extra = event.event === 'closed' && event.backfilled ? { backfilled: true } : {};
  stream.send(SERIES_OUTPUT[event.event], event.symbol, event.event, payloadOf(event), extra);
}

function payloadOf(event: Exclude<CandleStreamEvent | IndicatorStreamEvent, { event: 'error' }>): unknown {
  if ('candle' in event) return event.candle;
  if ('item' in event) return event.item;
  if ('candles' in event) return event.candles;
  if ('items' in event) return event.items;
  return { from: event.from, to: event.to };
}
