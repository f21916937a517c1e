import { Ema, Rma } from './exponential';
import type { MovingAverage } from './indicator';
import { Sma } from './sma';
import { Vwma, Wma } from './weighted';

const AVERAGES = { SMA: Sma, EMA: Ema, RMA: Rma, WMA: Wma, VWMA: Vwma } as const;

export type AverageKind = keyof typeof AVERAGES;

export function movingAverage(kind: AverageKind, length: number): MovingAverage {
  return new AVERAGES[kind](length);
}
