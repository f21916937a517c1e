import { findInstrument } from './instruments';

/** Checks of what a fault switch is called with; they throw a RangeError whose message is for people. */

export function oneOf<T>(name: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw new RangeError(`${name} is ${said(value)}, and must be one of ${allowed.map(said).join(', ')}`);
}

export function count(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new RangeError(`${name} is ${said(value)}, and must be a whole number from ${least} on`);
}

export function aText(name: string, value: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new RangeError(`${name} is ${said(value)}, and must be a text`);
}

export function anObject<T extends object>(name: string, value: T): T {
  if (typeof value === 'object' && value !== null) return value;
  throw new RangeError(`${name} is ${said(value)}, and must be an object`);
}

/** @returns the symbol as people ask for it */
export function knownSymbol(symbol: string): string {
  const instrument = typeof symbol === 'string' ? findInstrument(symbol) : undefined;
  if (instrument) return instrument.symbol;
  throw new RangeError(`the practice market has no ${said(symbol)}`);
}

function said(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
