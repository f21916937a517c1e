/**
 * A formula that is fed value by value. The last value may be corrected any number of times, as the close of a forming candle
 * is; that costs no more than adding one, however many values came before.
 */
export interface Indicator<Input extends unknown[], Output> {
  /** After the values so far; null while there are too few of them. */
  readonly value: Output | null;
  add(...input: Input): void;
  /** Puts another value in the place of the last one. */
  replaceLast(...input: Input): void;
}

/** The averages that weigh by volume need one, in whatever unit; the others look at the value alone. */
export type MovingAverage = Indicator<[value: number, volume?: number | null], number>;

/** @throws RangeError unless it is a whole number from 1 on */
export function checkLength(length: number): number {
  if (Number.isSafeInteger(length) && length >= 1) return length;
  throw new RangeError(`a length of ${length} is not possible: it must be a whole number from 1 on`);
}
