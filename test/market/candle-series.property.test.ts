import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CandleLoad } from '../../src/market/candle-load';
import { CandleSeries } from '../../src/market/candle-series';
import { MINUTE, Notebook, type Told } from '../support/candles';
import { SeriesModel } from '../support/series-model';
import { type Message, ThinMarket } from '../support/thin-market';

const START = Date.UTC(2026, 0, 5);
const GRACE = 2_000;
/** More than a run can make: what is forgotten has tests of its own. */
const KEEP = 1_000;

type Step =
  | { do: 'trade' | 'send' | 'repeat' | 'tick' | 'interrupt' }
  | { do: 'wait'; ms: number }
  | { do: 'correct' | 'insert'; back: number }
  | { do: 'load'; depth: number; pages: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('trade' as const) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('send' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('repeat' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('tick' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('interrupt' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 20_000, 61_000, 200_000) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('correct' as const, 'insert' as const), back: fc.nat(6) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('load' as const),
      depth: fc.nat(12),
      pages: fc.integer({ min: 1, max: 3 }),
    }),
  },
);

/** The series and its model, side by side on one upstream. */
class Run {
  readonly market: ThinMarket;
  readonly notebook = new Notebook();
  readonly series = new CandleSeries({ timeframe: '1m', grace: GRACE, keep: KEEP }, this.notebook);
  readonly model = new SeriesModel(GRACE, MINUTE);
  readonly told: Told[] = [];
  #last: Message = { bars: [], closeTime: null };

  constructor(closeTimes: boolean) {
    this.market = new ThinMarket(START, closeTimes);
  }

  take(step: Step): void {
    const expected = this.#act(step);
    const told = this.notebook.take();
    assert.deepEqual(told, expected, `after ${JSON.stringify(step)}`);
    this.told.push(...told);
    assert.deepEqual(this.series.forming, this.model.forming);
    assert.equal(this.series.settled, this.model.horizon);
    assert.deepEqual(
      this.series.history.map(({ closeTime: _, ...bar }) => bar),
      this.model.history,
    );
  }

  #act(step: Step): Told[] {
    switch (step.do) {
      case 'wait':
        this.market.wait(step.ms);
        return [];
      case 'trade':
        this.market.trade();
        return [];
      case 'correct':
      case 'insert':
        this.market[step.do](step.back);
        return [];
      case 'send':
        return this.#update(this.market.send());
      case 'repeat':
        return this.#update(this.#last);
      case 'tick':
        this.series.tick(this.market.now);
        return this.model.tick(this.market.now);
      case 'interrupt':
        // What was under way is lost with the link.
        this.market.send();
        this.#last = { bars: [], closeTime: null };
        this.series.interrupt();
        this.model.interrupt();
        return [];
      case 'load':
        return this.#load(this.market.load(Math.max(step.depth, this.#leastDepth)), step.pages);
    }
  }

  /** A load in mid-stream reaches back to what is told; only after an outage there may be too little. */
  get #leastDepth(): number {
    const { streaming, settled } = this.series;
    return streaming ? this.market.bars.filter(({ time }) => time >= (settled as number)).length : 0;
  }

  #update(message: Message): Told[] {
    this.#last = message;
    this.series.update(message.bars, message.closeTime, this.market.now);
    return this.model.update(message.bars, message.closeTime, this.market.now);
  }

  #load(message: Message, pages: number): Told[] {
    this.#last = { bars: [], closeTime: null };
    const load = new CandleLoad();
    const size = Math.ceil(message.bars.length / pages);
    // Newest page first, each overlapping its elder by one bar, as upstream pages.
    for (let end = message.bars.length; end > 0; end -= size) {
      const newest = end === message.bars.length;
      load.add(message.bars.slice(Math.max(0, end - size), newest ? end : end + 1), newest ? message.closeTime : null);
    }
    this.series.reconcile(load, this.market.now);
    return this.model.load(message.bars, load.closeTime, this.market.now);
  }
}

/** All that holds of what was told, whatever the model says. */
function checkPromises({ market, told, series }: Run): void {
  const closed = told.filter(([what]) => what === 'closed' || what === 'backfilled').map(([, time]) => time);
  for (const [place, time] of closed.entries()) {
    assert.ok(place === 0 || time > (closed[place - 1] as number), 'closed candles rise strictly');
  }
  const gaps = told.filter(([what]) => what === 'gap') as ['gap', number, number][];
  const mentioned = new Set(told.filter(([what]) => what !== 'gap').map(([, time]) => time));
  const [first = Number.POSITIVE_INFINITY] = told.map(([, time]) => time);
  for (const { time } of market.bars) {
    if (time < Math.max(first, closed[0] ?? first) || time > (closed.at(-1) ?? 0)) continue;
    const lost = gaps.some(([, from, to]) => time >= from && time < to);
    // Inserted afterwards among candles that a gap has cut off: nobody is told.
    if (market.inserted.has(time) && time < (gaps.at(-1)?.[2] ?? 0)) continue;
    assert.ok(mentioned.has(time) || lost, `the candle of ${time} was left out`);
  }
  assert.ok(series.history.every(({ time }, place, all) => place === 0 || time > (all[place - 1]?.time as number)));
}

/** Once upstream has sent all it knows, what was told of each closed candle that is still at hand is the truth. */
function checkValues(run: Run): void {
  const truth = new Map(run.market.bars.map((bar) => [bar.time, bar.open]));
  const lastGap = run.told.findLastIndex(([what]) => what === 'gap');
  const lasting = run.told.slice(lastGap + 1).filter(([what]) => what !== 'forming');
  const told = new Map(lasting.map(([, time, value]) => [time, value]));
  for (const { time, open } of run.series.history) {
    assert.equal(open, truth.get(time));
    assert.equal(told.get(time) ?? open, open, 'the last word on a candle');
  }
}

describe('candle series: any course of events', () => {
  const course = fc.array(step, { minLength: 1, maxLength: 60, size: 'max' });

  it('equals the model, event by event', () => {
    fc.assert(
      fc.property(course, fc.boolean(), (steps, closeTimes) => {
        const run = new Run(closeTimes);
        for (const one of steps) run.take(one);
        run.take({ do: 'interrupt' });
        run.take({ do: 'load', depth: 1_000, pages: 2 });
        checkPromises(run);
        checkValues(run);
      }),
      { numRuns: 3_000 },
    );
  });

  it('gets to see everything that a series can tell', () => {
    const seen = new Set<string>();
    const property = fc.property(course, (steps) => {
      const run = new Run(true);
      for (const one of steps) run.take(one);
      for (const [what] of run.told) seen.add(what);
    });
    fc.assert(property, { numRuns: 200, seed: 1 });
    assert.deepEqual([...seen].sort(), ['backfilled', 'closed', 'corrected', 'forming', 'gap']);
  });
});
