import type { CandleSource } from './candle-source';
import type { LateWord } from './stragglers';
import type { SymbolSpec } from './symbol-spec';

/** What a chart session needs from the connection it lives on. */
export interface ChartHost {
  /** The market's time, milliseconds since the epoch. */
  now(): number;
  /** Sends one JSON packet, joined with what else is to be said. */
  post(payload: string): void;
  /** Has `settle` called before anything is sent. */
  wake(): void;
  /** undefined when there is no such symbol. */
  source(spec: SymbolSpec): CandleSource | undefined;
  /** Whether live data of a symbol goes out just now. */
  streams(symbol: string): boolean;
  /** Told of what the client has given up, or had under another turnaround until now. */
  retire(word: LateWord): void;
  readonly maxCandles: number;
  /** The most candles in one answer. */
  readonly mostAtOnce: number;
  readonly secondsAllowed: boolean;
  readonly seriesPerSession: number;
  readonly studiesPerSeries: number;
  /** Whether the client has an account. */
  signedIn(): boolean;
  /** What goes wrong with the study at hand: an error is told though it is well, or nothing is told any more. */
  studyTrouble(): 'error' | 'stall' | undefined;
}
