import type { Bar } from '../market/candle';
import type { Clock } from '../market/clock';
import type { Timeframe } from '../market/timeframe';
import { CandleSource } from './candle-source';
import { findInstrument } from './instruments';
import type { MarketBar } from './market-bar';
import type { QuoteFields, StudyValue } from './practice-answers';
import { type QuoteSources, quoteState } from './quote-state';
import { resolutionOf } from './resolution';
import { findStudy, inputIds } from './study-catalogue';
import { StudyComputation, studyBars } from './study-computation';
import { readInputs } from './study-inputs';
import type { SymbolSpec } from './symbol-spec';

/** What the market is like, whatever its clients are told. Times are milliseconds since the epoch. */
export class MarketTruth {
  readonly #seed: number;
  readonly #clock: Clock;
  readonly #sources = new Map<string, CandleSource>();

  constructor(seed: number, clock: Clock) {
    this.#seed = seed;
    this.#clock = clock;
  }

  /** undefined when there is no such symbol. */
  source({ symbol, session }: SymbolSpec): CandleSource | undefined {
    const instrument = findInstrument(symbol);
    if (!instrument) return undefined;
    const key = `${instrument.symbol} ${session}`;
    const known = this.#sources.get(key);
    if (known) return known;
    const source = CandleSource.of(instrument, this.#seed, session);
    this.#sources.set(key, source);
    return source;
  }

  /** What the quotes of a symbol are taken from; undefined when there is no such symbol. */
  quoted(symbol: string): QuoteSources | undefined {
    const regular = this.source({ symbol, session: 'regular' });
    const extended = this.source({ symbol, session: 'extended' });
    return regular && extended && { regular, extended };
  }

  /** The candles that open in `[from, to)`, as far as the market has come. */
  candles(symbol: string, timeframe: Timeframe, from: number, to: number, session: SymbolSpec['session']): Bar[] {
    return this.#bars(symbol, timeframe, from, to, session).map(({ closeTime: _, ...bar }) => bar);
  }

  closeTime(symbol: string, timeframe: Timeframe, openTime: number): number | undefined {
    return this.#bars(symbol, timeframe, openTime, openTime + 1, 'regular')[0]?.closeTime;
  }

  quote(symbol: string): QuoteFields {
    const sources = this.quoted(symbol);
    if (!sources) throw new RangeError(`the practice market has no ${symbol}`);
    const { trades, book } = quoteState(sources, this.#clock.now());
    return { ...trades, ...book };
  }

  studyValues(
    symbol: string,
    timeframe: Timeframe,
    study: string,
    inputs: Readonly<Record<string, unknown>>,
    from: number,
    to: number,
    loadedFrom: number,
  ): StudyValue[] {
    const source = this.source({ symbol, session: 'regular' });
    const definition = findStudy(study);
    if (!source || !definition) throw new RangeError(`the practice market has no ${source ? study : symbol}`);
    const settings = readInputs(definition.inputs, inputIds(definition), inputs);
    const { bars } = studyBars(source, resolutionOf(timeframe), loadedFrom, this.#clock.now());
    const values = new StudyComputation(definition, settings).follow(bars);
    return values.filter(({ time }) => time >= from && time < to);
  }

  #bars(symbol: string, timeframe: Timeframe, from: number, to: number, session: SymbolSpec['session']): MarketBar[] {
    const source = this.source({ symbol, session });
    if (!source) throw new RangeError(`the practice market has no ${symbol}`);
    return source.forward(resolutionOf(timeframe), from, this.#clock.now(), to);
  }
}
