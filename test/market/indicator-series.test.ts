import assert from 'node:assert/strict';
import type { ClosedBar } from '../../src/market/candle-series';
import type { IndicatorPoint } from '../../src/market/indicator';
import { IndicatorSeries } from '../../src/market/indicator-series';
import { bar, MINUTE } from '../support/candles';
import { IndicatorNotebook } from '../support/indicator-notebook';

const START = Date.UTC(2026, 0, 5, 12);
const GRACE = 2_000;
const at = (n: number) => START + n * MINUTE;
const point = (n: number, value: number | null = n): IndicatorPoint => ({ time: at(n), values: [value] });
/** Minutes `from` up to `to`, both included. */
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const points = (from: number, to: number, shift = 0) => range(from, to).map((n) => point(n, n + shift));
const closedBar = (n: number, closeTime: number | null = at(n + 1)): ClosedBar => ({ ...bar(at(n)), closeTime });
const closedBars = (from: number, to: number) => range(from, to).map((n) => closedBar(n));

class Course {
  readonly notebook = new IndicatorNotebook();
  readonly series = new IndicatorSeries(() => GRACE, this.notebook);

  /** In minutes and values: `closed 3=30`. */
  take(): string[] {
    const minute = (time: number) => (time - START) / MINUTE;
    return this.notebook.take().map(([what, a, b]) => {
      if (what === 'gap') return `gap ${minute(a)}–${minute(b as number)}`;
      return `${what} ${minute(a)}=${b}`;
    });
  }

  close(n: number, { now = at(n + 1), backfilled = false, closeTime = at(n + 1) as number | null } = {}): void {
    this.series.candleClosed(closedBar(n, closeTime), backfilled, now);
  }

  get history(): number[] {
    return this.series.history.map(({ time }) => (time - START) / MINUTE);
  }
}

/** Minutes 0 to 9 are history, 10 is forming. */
function streaming(): Course {
  const course = new Course();
  course.series.configure(20);
  course.series.load(points(0, 10), closedBars(0, 9), at(10) + 1_000);
  assert.deepEqual(course.take(), ['forming 10=10']);
  return course;
}

describe('indicator series: the first load', () => {
  it('is history as far as candles have closed, and the forming value', () => {
    const { series, history } = streaming();
    assert.deepEqual([series.started, series.current], [true, true]);
    assert.deepEqual(history, range(0, 9));
    assert.equal(series.forming?.time, at(10));
  });

  it('is told of candles that closed while the study had not come to them', () => {
    const course = new Course();
    course.series.load(points(0, 8), closedBars(0, 9), at(10) + 500);
    assert.deepEqual([course.take(), course.history], [[], range(0, 8)]);
    course.series.update([point(9, 90), point(10, 100)], at(10) + 900);
    assert.deepEqual(course.take(), ['closed 9=90', 'forming 10=100']);
  });

  it('may be ahead of the candles: what has not closed there is no history', () => {
    const course = new Course();
    course.series.load(points(0, 11), closedBars(0, 9), at(11));
    assert.deepEqual([course.take(), course.history, course.series.forming], [[], range(0, 9), null]);
    course.close(10);
    assert.deepEqual(course.take(), ['closed 10=10', 'forming 11=11']);
  });

  it('may have no closed candle yet', () => {
    const course = new Course();
    course.series.load([point(0)], [], at(0));
    assert.deepEqual([course.take(), course.history], [['forming 0=0'], []]);
  });

  it('hears nothing of candles, corrections and gaps before it', () => {
    const course = new Course();
    course.close(3);
    course.series.candleCorrected(at(3));
    course.series.candlesLost(at(4), at(6), at(6));
    course.series.update([point(3)], at(6));
    course.series.tick(at(9));
    assert.deepEqual([course.take(), course.series.started, course.series.deadline], [[], false, null]);
  });
});

describe('indicator series: a closed candle’s value', () => {
  it('is final once the study has moved on', () => {
    const course = streaming();
    course.close(10);
    course.series.update([point(10, 1)], at(11) + 500);
    assert.deepEqual(course.take(), []);
    course.series.update([point(10, 2), point(11, 3)], at(11) + 800);
    assert.deepEqual(course.take(), ['closed 10=2', 'forming 11=3']);
    assert.equal(course.series.deadline, null);
  });

  it('is final once the grace is over, and not before', () => {
    const course = streaming();
    course.close(10);
    assert.equal(course.series.deadline, at(11) + GRACE);
    course.series.tick(at(11) + GRACE - 1);
    assert.deepEqual(course.take(), []);
    course.series.tick(at(11) + GRACE);
    assert.deepEqual(course.take(), ['closed 10=10']);
    assert.deepEqual([course.series.deadline, course.series.forming], [null, null]);
  });

  it('has the grace from its end on where the close time is not known', () => {
    const course = streaming();
    course.close(10, { closeTime: null, now: at(11) + 700 });
    assert.equal(course.series.deadline, at(11) + 700 + GRACE);
  });

  it('waits without a clock for a study that has said nothing of it', () => {
    const course = streaming();
    course.close(10);
    course.close(11);
    assert.deepEqual(course.take(), ['closed 10=10'], 'whose grace is over');
    course.series.tick(at(20));
    assert.deepEqual(course.take(), []);
    assert.equal(course.series.deadline, null);
    course.series.update([point(11, 5)], at(20));
    assert.deepEqual(course.take(), ['closed 11=5']);
  });

  it('is missing where the study has passed over it', () => {
    const course = streaming();
    course.close(10);
    course.close(11);
    course.series.update([point(12)], at(12));
    assert.deepEqual(course.take(), ['closed 10=10', 'closed 11=null', 'forming 12=12']);
  });

  it('comes before a forming one that the study knew sooner than the candles', () => {
    const course = streaming();
    course.series.update([point(10, 7), point(11, 8)], at(11));
    assert.deepEqual([course.take(), course.series.forming], [[], null]);
    course.close(10);
    assert.deepEqual(course.take(), ['closed 10=7', 'forming 11=8']);
  });

  it('that changes later is a correction, once', () => {
    const course = streaming();
    for (let n = 0; n < 2; n++) course.series.update([point(7, 70)], at(10));
    course.series.update([point(10, 11)], at(10));
    assert.deepEqual(course.take(), ['corrected 7=70', 'forming 10=11']);
  });

  it('is inserted with its candle', () => {
    const course = new Course();
    course.series.load(
      [point(0), point(1), point(3), point(4)],
      [0, 1, 3].map((n) => closedBar(n)),
      at(4),
    );
    course.take();
    course.series.candleCorrected(at(2));
    course.series.update([point(2, 20), point(3, 30)], at(4));
    assert.deepEqual(course.take(), ['corrected 2=20', 'corrected 3=30']);
    assert.deepEqual(course.history, [0, 1, 2, 3]);
  });

  it('older than all that is kept is no news', () => {
    const course = streaming();
    course.series.update([point(-1)], at(10));
    assert.deepEqual([course.take(), course.history[0]], [[], 0]);
  });
});

describe('indicator series: an outage', () => {
  it('keeps what closes until the study is made anew', () => {
    const course = streaming();
    course.series.interrupt();
    for (const n of [10, 11]) course.close(n, { backfilled: true, closeTime: null });
    course.close(12);
    course.series.update([point(13)], at(13));
    course.series.tick(at(14));
    assert.deepEqual([course.take(), course.series.deadline, course.series.forming], [[], null, null]);
    assert.equal(course.series.owed, 3);
    course.series.load(points(0, 13), [], at(13));
    assert.deepEqual(course.take(), ['backfilled 10=10', 'backfilled 11=11', 'closed 12=12', 'forming 13=13']);
  });

  it('makes no corrections of values that differ because the loaded data begin elsewhere', () => {
    const course = streaming();
    course.series.interrupt();
    course.series.load(points(4, 11, 0.5), [], at(11));
    assert.deepEqual(course.take(), []);
    course.close(10);
    assert.deepEqual(course.take(), ['closed 10=10.5', 'forming 11=11.5']);
  });

  it('in which a candle was corrected corrects the value of that candle, where it has one', () => {
    const course = streaming();
    course.series.interrupt();
    course.series.candleCorrected(at(8));
    course.series.candleCorrected(at(2));
    course.series.candleCorrected(at(9));
    course.series.load([...points(4, 8, 0.5), point(9), point(10)], [], at(10));
    assert.deepEqual(course.take(), ['corrected 8=8.5', 'forming 10=10'], 'the value of 9 is the same');
    course.series.interrupt();
    course.series.load(points(0, 10, 0.7), [], at(10));
    assert.deepEqual(course.take(), ['forming 10=10.7'], 'and that is the end of it');
  });

  it('corrects nothing for a candle whose correction the study has answered before', () => {
    for (const answer of [[point(8)], [point(8), point(10)], [point(11)]]) {
      const course = streaming();
      course.series.candleCorrected(at(8));
      course.series.update(answer, at(10));
      course.series.interrupt();
      course.take();
      course.series.load(points(4, 10, 0.5), [], at(10));
      assert.deepEqual(course.take(), ['forming 10=10.5']);
    }
  });

  it('with a gap tells it in its place', () => {
    const course = streaming();
    course.series.interrupt();
    course.series.candlesLost(at(10), at(20), at(22));
    course.close(20, { backfilled: true });
    course.series.load(points(18, 21), [], at(21));
    assert.deepEqual(course.take(), ['gap 10–20', 'backfilled 20=20', 'forming 21=21']);
  });

  it('from which the study does not reach back is a gap, too', () => {
    const course = streaming();
    course.series.interrupt();
    for (const n of range(10, 14)) course.close(n, { backfilled: true });
    course.series.load(points(13, 15), [], at(15));
    assert.deepEqual(course.take(), ['gap 10–13', 'backfilled 13=13', 'backfilled 14=14', 'forming 15=15']);
  });

  it('has one gap where candles are lost before and after the study’s beginning', () => {
    const course = streaming();
    course.series.interrupt();
    course.series.candlesLost(at(10), at(12), at(14));
    for (const n of [12, 13]) course.close(n, { backfilled: true });
    course.series.load([point(14)], [], at(14));
    assert.deepEqual(course.take(), ['gap 10–14', 'forming 14=14']);
  });
});

describe('indicator series: what it keeps', () => {
  it('is as much as was asked for at the least, and does not grow for ever', () => {
    const course = streaming();
    for (const n of range(10, 500)) {
      course.close(n, { now: at(n + 1) });
      course.series.update([point(n + 1)], at(n + 1));
      assert.ok(course.history.length >= Math.min(20, n), `${course.history.length} after ${n}`);
    }
    assert.ok(course.history.length <= 41);
    assert.equal(course.history.at(-1), 500);
  });

  it('is as much as was loaded, though less is asked for later', () => {
    const course = new Course();
    course.series.load(points(0, 100), closedBars(0, 99), at(100));
    course.series.configure(5);
    for (const n of range(100, 400)) {
      course.close(n);
      course.series.update([point(n + 1)], at(n + 1));
    }
    assert.ok(course.history.length >= 100);
  });
});
