import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Bar } from '../../src/market/candle';
import { CandleSeries, type ClosedBar } from '../../src/market/candle-series';
import type { IndicatorPoint } from '../../src/market/indicator';
import { IndicatorSeries } from '../../src/market/indicator-series';
import { IndicatorModel } from '../support/indicator-model';
import { IndicatorNotebook, type IndicatorTold } from '../support/indicator-notebook';
import { loadOf } from '../support/loads';
import { ThinMarket } from '../support/thin-market';

const START = Date.UTC(2026, 0, 5);
const GRACE = 2_000;
/** More than a run can make: what is forgotten has tests of its own. */
const KEEP = 1_000;

type Step =
  | { do: 'trade' | 'candles' | 'study' | 'tick' | 'interrupt' | 'studyLost' }
  | { do: 'wait'; ms: number }
  | { do: 'correct' | 'insert'; back: number }
  | { do: 'load'; depth: number }
  | { do: 'studyLoad'; depth: number };

const simple = (
  ...what: Extract<Step, { do: 'trade' | 'tick' | 'interrupt' | 'candles' | 'study' | 'studyLost' }>['do'][]
) => fc.record({ do: fc.constantFrom(...what) });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: simple('trade') },
  { weight: 10, arbitrary: simple('candles', 'study') },
  { weight: 3, arbitrary: simple('tick') },
  { weight: 2, arbitrary: simple('interrupt', 'studyLost') },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 20_000, 61_000, 200_000) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('correct' as const, 'insert' as const), back: fc.nat(6) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('load' as const, 'studyLoad' as const), depth: fc.nat(12) }),
  },
);

/**
 * The candles of a thin market, and a study on them that runs ahead of them or behind. Its values hold that of the bar, and
 * behind the point, with which load they came: so they all differ from load to load.
 */
class Run {
  readonly market: ThinMarket;
  readonly notebook = new IndicatorNotebook();
  readonly series = new IndicatorSeries(() => GRACE, this.notebook);
  readonly model = new IndicatorModel(GRACE);
  readonly told: IndicatorTold[] = [];
  /** Candles that were told as changed. */
  readonly changed = new Set<number>();
  readonly closedCandles: number[] = [];
  readonly gaps: [from: number, to: number][] = [];
  #expected: IndicatorTold[] = [];
  readonly #candles: CandleSeries;
  #loads = 0;
  #present = false;
  /** What the study has said last, bar by bar. */
  #said = new Map<number, number>();

  constructor(closeTimes: boolean) {
    this.market = new ThinMarket(START, closeTimes);
    this.#candles = new CandleSeries(
      { timeframe: '1m', grace: GRACE, keep: KEEP },
      {
        closed: (bar, late) => this.#candleClosed(bar, late),
        forming: () => {},
        corrected: ({ time }) => {
          this.changed.add(time);
          this.series.candleCorrected(time);
          this.model.changed(time);
        },
        gap: (from, to) => {
          this.series.candlesLost(from, to, this.market.now);
          this.#expected.push(...this.model.lost(from, to, this.market.now));
          if (this.series.started) this.gaps.push([from, to]);
        },
      },
    );
    this.series.configure(KEEP);
  }

  take(step: Step): void {
    this.#act(step);
    const told = this.notebook.take();
    assert.deepEqual(told, this.#expected, `after ${JSON.stringify(step)}`);
    this.#expected = [];
    this.told.push(...told);
    assert.deepEqual(
      this.series.history.map(({ time }) => time),
      this.model.history,
    );
  }

  #act(step: Step): void {
    const { market, series, model } = this;
    switch (step.do) {
      case 'wait':
        return market.wait(step.ms);
      case 'trade':
        return market.trade();
      case 'correct':
      case 'insert':
        return market[step.do](step.back);
      case 'candles': {
        const { bars, closeTime } = market.send();
        return this.#candles.update(bars, closeTime, market.now);
      }
      case 'study': {
        const points = this.#points(market.bars).filter(({ time, values: [value] }) => this.#said.get(time) !== value);
        if (this.#present) this.#remember(points);
        series.update(points, market.now);
        this.#expected.push(...model.update(points, market.now));
        return;
      }
      case 'tick':
        this.#candles.tick(market.now);
        series.tick(market.now);
        this.#expected.push(...model.tick(market.now));
        return;
      case 'interrupt':
        market.send();
        this.#candles.interrupt();
        return this.#loseStudy();
      case 'studyLost':
        return this.#loseStudy();
      case 'load': {
        const streaming = this.#candles.streaming;
        const least = streaming
          ? market.bars.filter(({ time }) => time >= (this.#candles.settled as number)).length
          : 0;
        const { bars, closeTime } = market.load(Math.max(step.depth, least));
        if (!streaming) this.#loseStudy();
        return this.#candles.reconcile(loadOf(bars, closeTime), market.now);
      }
      case 'studyLoad':
        return this.#loadStudy(step.depth);
    }
  }

  #loadStudy(depth: number): void {
    const { market, series, model } = this;
    // A study is loaded where the candles stream, and knows one bar at the least.
    const bars = market.bars.slice(-Math.max(depth, 1));
    if (!this.#candles.streaming || bars.length === 0) return;
    this.#loads++;
    this.#said.clear();
    this.#present = true;
    const points = this.#points(bars);
    this.#remember(points);
    series.load(points, this.#candles.history, market.now);
    this.#expected.push(...model.load(points, this.#candles.history, market.now));
  }

  #loseStudy(): void {
    this.#present = false;
    this.series.interrupt();
    this.model.interrupt();
  }

  #candleClosed(bar: ClosedBar, late: boolean): void {
    this.series.candleClosed(bar, late, this.market.now);
    this.#expected.push(...this.model.closed(bar.time, bar.closeTime, late, this.market.now));
    if (this.series.started) this.closedCandles.push(bar.time);
  }

  #points(bars: readonly Bar[]): IndicatorPoint[] {
    return bars.map(({ time, open }) => ({ time, values: [open + this.#loads / 1_000] }));
  }

  #remember(points: readonly IndicatorPoint[]): void {
    for (const { time, values } of points) this.#said.set(time, values[0] as number);
  }
}

/** All that holds of what was told, whatever the model says. */
function checkPromises({ told, closedCandles, gaps, series }: Run): void {
  const closed = told.flatMap(([what, time]) => (what === 'closed' || what === 'backfilled' ? [time] : []));
  for (const [place, time] of closed.entries()) {
    assert.ok(place === 0 || time > (closed[place - 1] as number), 'values of closed candles rise strictly');
  }
  const lost = told.flatMap((one) => (one[0] === 'gap' ? [[one[1], one[2]] as [number, number]] : []));
  for (const time of closedCandles) {
    const isLost = lost.some(([from, to]) => time >= from && time < to);
    assert.ok(closed.includes(time) !== isLost, `the value of ${time} comes once, or is lost`);
  }
  for (const [from, to] of gaps) {
    assert.ok(
      lost.some(([a, b]) => a <= from && b >= to),
      'no gap of the candles is kept back',
    );
  }
  let horizon = Number.NEGATIVE_INFINITY;
  for (const [what, time] of told) {
    if (what === 'closed' || what === 'backfilled') horizon = time;
    if (what === 'forming') assert.ok(time > horizon, 'the forming one is the newest');
  }
  assert.equal(series.owed, 0);
}

describe('indicator series: any course of events', () => {
  const course = fc.array(step, { minLength: 1, maxLength: 60, size: 'max' });
  const ending: Step[] = [
    { do: 'trade' },
    { do: 'interrupt' },
    { do: 'load', depth: 1_000 },
    { do: 'studyLoad', depth: 1_000 },
    { do: 'wait', ms: 100_000 },
    { do: 'tick' },
  ];

  it('equals the model, event by event', () => {
    fc.assert(
      fc.property(course, fc.boolean(), (steps, closeTimes) => {
        const run = new Run(closeTimes);
        for (const one of [...steps, ...ending]) run.take(one);
        checkPromises(run);
      }),
      { numRuns: 3_000 },
    );
  });

  it('makes no correction where no candle was changed, however often the study is made anew', () => {
    fc.assert(
      fc.property(course, fc.boolean(), (steps, closeTimes) => {
        const run = new Run(closeTimes);
        const untouched = steps.filter((one) => one.do !== 'correct' && one.do !== 'insert');
        // A study that is late beyond the grace would have to correct itself.
        const prompt = untouched.flatMap((one): Step[] =>
          one.do === 'trade' ? [one, { do: 'candles' }, { do: 'study' }] : [one],
        );
        for (const one of [...prompt, ...ending]) run.take(one);
        assert.deepEqual(
          run.told.filter(([what, time]) => what === 'corrected' && !run.changed.has(time)),
          [],
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it('gets to see everything that a series can tell', () => {
    const seen = new Set<string>();
    const property = fc.property(course, (steps) => {
      const run = new Run(true);
      for (const one of steps) run.take(one);
      for (const [what] of run.told) seen.add(what);
    });
    fc.assert(property, { numRuns: 300, seed: 1 });
    assert.deepEqual([...seen].sort(), ['backfilled', 'closed', 'corrected', 'forming', 'gap']);
  });
});
