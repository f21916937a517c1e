import { type Bar, type Candle, toCandle } from './candle';
import { Delivery, type DeliveryOptions, type Timed, type Wording } from './delivery';

/** What a subscriber of candles is told. Times are milliseconds since the epoch, UTC. */
export type CandleEvent =
  | { event: 'history'; candles: Candle[] }
  | { event: 'closed'; candle: Candle; backfilled?: true }
  | { event: 'forming'; candle: Candle }
  | { event: 'correction'; candle: Candle }
  | { event: 'gap'; from: number; to: number };

const CANDLES: Wording<Bar, CandleEvent> = {
  history: (bars) => ({ event: 'history', candles: bars.map((bar, index) => toCandle(bar, index, true)) }),
  closed: (bar, index, backfilled) => ({
    event: 'closed',
    candle: toCandle(bar, index, true),
    ...(backfilled && { backfilled }),
  }),
  forming: (bar, index) => ({ event: 'forming', candle: toCandle(bar, index, false) }),
  correction: (bar, index) => ({ event: 'correction', candle: toCandle(bar, index, true) }),
  gap: (from, to) => ({ event: 'gap', from, to }),
};

/** What one subscriber gets of the candles of a series. */
export class CandleDelivery extends Delivery<Bar & Timed, CandleEvent> {
  constructor(options: DeliveryOptions, listener: (event: CandleEvent) => void) {
    super(options, CANDLES, listener);
  }
}
