import { findInstrument, type Instrument } from '../../../src/simulator/instruments';
import { TradingCalendar } from '../../../src/simulator/trading-calendar';

const MINUTE = 60_000;

export function instrumentOf(symbol: string): Instrument {
  const found = findInstrument(symbol);
  if (!found) throw new Error(`the practice market has no ${symbol}`);
  return found;
}

/** Milliseconds by which the data of a symbol are late. */
export function delayOf(symbol: string): number {
  return instrumentOf(symbol).delay * 1000;
}

/** Whether data of a symbol come in at that time: those of a delayed one are of an earlier time. */
export function isOpen(symbol: string, at: number): boolean {
  const time = at - delayOf(symbol);
  return hours(symbol).trading(time, time + 1000).length > 0;
}

/** When data come in again; now, if they do. */
export function nextOpening(symbol: string, at: number): number {
  if (isOpen(symbol, at)) return at;
  const next = hours(symbol).after({ kind: 'intraday', length: MINUTE, seconds: false }, at - delayOf(symbol));
  return next ? next.open + delayOf(symbol) : at;
}

const known = new Map<string, TradingCalendar>();

function hours(symbol: string): TradingCalendar {
  const found = known.get(symbol) ?? new TradingCalendar(instrumentOf(symbol).hours);
  known.set(symbol, found);
  return found;
}
