import type { Bar } from '../market/candle';
import type { CandleSource } from './candle-source';
import type { MarketBar } from './market-bar';
import type { StudyValue } from './practice-answers';
import type { Resolution } from './resolution';
import type { StudyDefinition } from './study-catalogue';
import type { StudyFormula } from './study-formulas';
import type { Inputs } from './study-inputs';

/** A study is computed from so many bars before the first that its series has loaded, as in recorded traffic. */
export const WARM_UP = 100;

/** Which bars a study is computed from. */
export interface StudyBars {
  /** Oldest first, those of the warm-up before the others. */
  bars: MarketBar[];
  /** How many of them are older than the series; fewer than usual only where trading began. */
  warmUp: number;
}

/**
 * The bars for the studies of a series.
 * @param from open time of the oldest bar that is loaded
 * @param now as of when; both are milliseconds since the epoch
 */
export function studyBars(source: CandleSource, resolution: Resolution, from: number, now: number): StudyBars {
  const before = source.back(resolution, WARM_UP, now, from);
  return { bars: [...before, ...source.forward(resolution, from, now)], warmUp: before.length };
}

/** One study at work: it knows the bars up to the newest, which may be corrected until the next one comes. */
export class StudyComputation {
  readonly #formula: StudyFormula;
  #newest: number | undefined;

  constructor(study: StudyDefinition, inputs: Inputs) {
    this.#formula = study.formula(inputs);
  }

  /** Open time of the newest bar it knows. */
  get newest(): number | undefined {
    return this.#newest;
  }

  /** @param bars the newest bar again, or later ones, or both */
  follow(bars: readonly Bar[]): StudyValue[] {
    return bars.map((bar) => {
      this.#formula.feed(bar.time === this.#newest ? 'replaceLast' : 'add', bar);
      this.#newest = bar.time;
      return { time: bar.time, plots: this.#formula.plots() };
    });
  }
}
