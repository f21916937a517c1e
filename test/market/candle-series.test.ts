import assert from 'node:assert/strict';
import { CandleSeries } from '../../src/market/candle-series';
import type { Timeframe } from '../../src/market/timeframe';
import { bar, MINUTE, Notebook } from '../support/candles';
import { loadOf } from '../support/loads';

const START = Date.UTC(2026, 0, 5, 12);
const GRACE = 2_000;
/** The open time of the n-th minute. */
const at = (n: number) => START + n * MINUTE;

function newSeries({ timeframe = '1m' as Timeframe, grace = GRACE, keep = 100 } = {}) {
  const told = new Notebook();
  return { series: new CandleSeries({ timeframe, grace, keep }, told), told };
}

/** A series with the closed candles 0 and 1 and candle 2 forming, its close time known; nothing of that is left in the notebook. */
function streaming() {
  const { series, told } = newSeries();
  series.reconcile(loadOf([bar(at(0)), bar(at(1)), bar(at(2), 200)], at(3)), at(2));
  told.take();
  return { series, told };
}

const times = (bars: readonly { time: number }[]) => bars.map(({ time }) => time);

describe('candle series: first load', () => {
  it('is history, silently, but for the forming candle', () => {
    const { series, told } = newSeries();
    assert.equal(series.streaming, false);
    series.reconcile(loadOf([bar(at(0)), bar(at(1)), bar(at(2), 200)], at(3)), at(2));
    assert.deepEqual(told.take(), [['forming', at(2), 200]]);
    assert.deepEqual(times(series.history), [at(0), at(1)]);
    assert.equal(series.forming?.time, at(2));
    assert.equal(series.settled, at(1));
    assert.equal(series.streaming, true);
  });

  it('closes the newest candle too when its close time and the grace have passed', () => {
    const { series, told } = newSeries();
    series.reconcile(loadOf([bar(at(0)), bar(at(1))], at(2)), at(2) + GRACE);
    assert.deepEqual(told.take(), []);
    assert.deepEqual(times(series.history), [at(0), at(1)]);
    assert.equal(series.forming, null);
  });

  it('keeps the newest candle forming up to the last moment of the grace', () => {
    const { series } = newSeries();
    series.reconcile(loadOf([bar(at(0)), bar(at(1))], at(2)), at(2) + GRACE - 1);
    assert.equal(series.forming?.time, at(1));
  });

  it('keeps the newest candle forming for ever where no close time is known', () => {
    const { series } = newSeries();
    series.reconcile(loadOf([bar(at(0)), bar(at(1))]), at(9_999));
    assert.equal(series.forming?.time, at(1));
    assert.equal(series.deadline, null);
  });

  it('may be empty: the first candle ever then streams in', () => {
    const { series, told } = newSeries();
    series.reconcile(loadOf([]), at(0));
    assert.equal(series.streaming, true);
    series.update([bar(at(0))], at(1), at(0));
    series.update([bar(at(1), 300)], at(2), at(1));
    assert.deepEqual(told.take(), [
      ['forming', at(0), 100],
      ['closed', at(0), 100],
      ['forming', at(1), 300],
    ]);
  });

  it('ignores updates and interruptions that come before it', () => {
    const { series, told } = newSeries();
    series.interrupt();
    series.update([bar(at(0)), bar(at(1))], null, at(1));
    series.tick(at(5));
    assert.deepEqual(told.take(), []);
    assert.equal(series.settled, null);
    assert.equal(series.bridges(loadOf([])), true);
  });
});

describe('candle series: closing by the next candle', () => {
  it('closes with the last values that were told', () => {
    const { series, told } = streaming();
    series.update([bar(at(2), 201)], at(3), at(2) + 1);
    series.update([bar(at(2), 202)], at(3), at(2) + 2);
    series.update([bar(at(3), 300)], at(4), at(3));
    assert.deepEqual(told.take(), [
      ['forming', at(2), 201],
      ['forming', at(2), 202],
      ['closed', at(2), 202],
      ['forming', at(3), 300],
    ]);
  });

  it('takes the last values and the next candle from one update', () => {
    const { series, told } = streaming();
    series.update([bar(at(2), 209), bar(at(3), 300)], at(4), at(3));
    assert.deepEqual(told.take(), [
      ['closed', at(2), 209],
      ['forming', at(3), 300],
    ]);
  });

  it('closes several at once, in order', () => {
    const { series, told } = streaming();
    series.update([bar(at(3), 300), bar(at(4), 400), bar(at(5), 500)], at(6), at(5));
    assert.deepEqual(told.take(), [
      ['closed', at(2), 200],
      ['closed', at(3), 300],
      ['closed', at(4), 400],
      ['forming', at(5), 500],
    ]);
  });

  it('counts for a candle ahead of market time: it is never dropped', () => {
    const { series, told } = streaming();
    series.update([bar(at(7), 700)], at(8), at(2));
    series.update([bar(at(8), 800)], at(9), at(2));
    assert.deepEqual(told.take(), [
      ['closed', at(2), 200],
      ['forming', at(7), 700],
      ['closed', at(7), 700],
      ['forming', at(8), 800],
    ]);
  });

  it('closes at once a candle that comes late but before the forming one', () => {
    const { series, told } = streaming();
    series.update([bar(at(5), 500)], at(6), at(5));
    series.update([bar(at(3), 300)], null, at(5));
    assert.deepEqual(told.take(), [
      ['closed', at(2), 200],
      ['forming', at(5), 500],
      ['closed', at(3), 300],
    ]);
  });
});

describe('candle series: closing by the clock', () => {
  it('waits for the close time and the grace, in market time', () => {
    const { series, told } = streaming();
    assert.equal(series.deadline, at(3) + GRACE);
    series.tick(at(3) + GRACE - 1);
    assert.deepEqual(told.take(), []);
    series.tick(at(3) + GRACE);
    assert.deepEqual(told.take(), [['closed', at(2), 200]]);
    assert.equal(series.forming, null);
    assert.equal(series.deadline, null);
  });

  it('closes within an update whose time is past the deadline, with the new values', () => {
    const { series, told } = streaming();
    series.update([bar(at(2), 205)], at(3), at(3) + GRACE);
    assert.deepEqual(told.take(), [['closed', at(2), 205]]);
  });

  it('closes once: the next candle does not close it again', () => {
    const { series, told } = streaming();
    series.tick(at(3) + GRACE);
    series.tick(at(3) + GRACE);
    series.update([bar(at(3), 300)], at(4), at(3) + GRACE + 1);
    assert.deepEqual(told.takeLasting(), [['closed', at(2), 200]]);
  });

  it('corrects a candle that the clock has closed when a late trade comes', () => {
    const { series, told } = streaming();
    series.tick(at(3) + GRACE);
    series.update([bar(at(2), 207)], at(3), at(3) + GRACE + 1);
    assert.deepEqual(told.take(), [
      ['closed', at(2), 200],
      ['corrected', at(2), 207],
    ]);
  });

  it('says nothing when the late update brings the same values', () => {
    const { series, told } = streaming();
    series.tick(at(3) + GRACE);
    series.update([bar(at(2), 200)], at(3), at(3) + GRACE + 1);
    assert.deepEqual(told.take(), [['closed', at(2), 200]]);
  });

  it('never closes where the close time is unknown', () => {
    const { series, told } = newSeries();
    series.reconcile(loadOf([bar(at(0)), bar(at(1))]), at(1));
    series.update([bar(at(1), 101)], null, at(1));
    series.tick(at(50_000));
    assert.deepEqual(told.takeLasting(), []);
    series.update([bar(at(60), 600)], null, at(60));
    assert.deepEqual(told.takeLasting(), [['closed', at(1), 101]]);
  });

  it('keeps a known close time when a later update leaves it out', () => {
    const { series } = streaming();
    series.update([bar(at(2), 201)], null, at(2) + 1);
    assert.equal(series.deadline, at(3) + GRACE);
  });

  it('does not take the former candle’s close time for the new one', () => {
    const { series } = streaming();
    series.update([bar(at(3), 300)], null, at(3));
    assert.equal(series.deadline, null);
    series.update([bar(at(3), 301)], at(3), at(3));
    assert.equal(series.deadline, null, 'a close time before the candle has ended its predecessor');
  });

  it('follows a close time that moves, as on a shortened day', () => {
    const { series } = streaming();
    series.update([bar(at(2), 201)], at(3) - 10_000, at(2) + 1);
    assert.equal(series.deadline, at(3) - 10_000 + GRACE);
  });

  it('takes a longer grace from then on', () => {
    const { series, told } = streaming();
    series.configure({ keep: 100, grace: 6_000 });
    series.tick(at(3) + 5_999);
    assert.deepEqual(told.take(), []);
    series.tick(at(3) + 6_000);
    assert.deepEqual(told.take(), [['closed', at(2), 200]]);
  });

  it('measures a delayed symbol by the time handed in, which is late too', () => {
    const { series, told } = streaming();
    const DELAY = 900_000;
    const wallClock = at(3) + GRACE + DELAY;
    series.tick(wallClock - 1 - DELAY);
    assert.deepEqual(told.take(), []);
    series.tick(wallClock - DELAY);
    assert.deepEqual(told.take(), [['closed', at(2), 200]]);
  });

  it('closes a daily candle at the session’s close, not at the end of the day', () => {
    const { series, told } = newSeries({ timeframe: '1d' });
    const open = Date.UTC(2026, 0, 5, 14, 30);
    const close = Date.UTC(2026, 0, 5, 21);
    series.reconcile(loadOf([bar(open - 86_400_000), bar(open, 500)], close), open + 1);
    series.tick(close + GRACE);
    assert.deepEqual(told.takeLasting(), [['closed', open, 500]]);
  });
});

describe('candle series: outages', () => {
  it('tells what closed meanwhile in order and as backfilled, the one that was forming at the drop among it', () => {
    const { series, told } = streaming();
    series.interrupt();
    const load = loadOf([bar(at(0)), bar(at(1)), bar(at(2), 220), bar(at(3), 300), bar(at(4), 400)], at(5));
    assert.equal(series.bridges(load), true);
    series.reconcile(load, at(4));
    assert.deepEqual(told.take(), [
      ['backfilled', at(2), 220],
      ['backfilled', at(3), 300],
      ['forming', at(4), 400],
    ]);
  });

  it('closes a candle that was forming at the drop and still is as an ordinary one', () => {
    const { series, told } = streaming();
    series.interrupt();
    series.reconcile(loadOf([bar(at(1)), bar(at(2), 230)], at(3)), at(2) + 30_000);
    series.update([bar(at(2), 240)], at(3), at(2) + 40_000);
    series.update([bar(at(3), 300)], at(4), at(3));
    assert.deepEqual(told.take(), [
      ['forming', at(2), 230],
      ['forming', at(2), 240],
      ['closed', at(2), 240],
      ['forming', at(3), 300],
    ]);
  });

  it('marks the newest candle as backfilled too when its time was over by the end of the outage', () => {
    const { series, told } = streaming();
    series.interrupt();
    series.reconcile(loadOf([bar(at(1)), bar(at(2), 250)], at(3)), at(3) + GRACE);
    assert.deepEqual(told.take(), [['backfilled', at(2), 250]]);
  });

  it('closes nothing while upstream is lost: values of the forming candle are partial', () => {
    const { series, told } = streaming();
    series.interrupt();
    assert.equal(series.streaming, false);
    assert.equal(series.forming, null);
    assert.equal(series.deadline, null);
    series.tick(at(9));
    series.update([bar(at(3), 300)], at(4), at(9));
    assert.deepEqual(told.take(), []);
  });

  it('says nothing at all when nothing happened meanwhile', () => {
    const { series, told } = streaming();
    series.interrupt();
    series.reconcile(loadOf([bar(at(0)), bar(at(1)), bar(at(2), 200)], at(3)), at(2));
    assert.deepEqual(told.takeLasting(), []);
  });

  it('corrects candles that upstream changed meanwhile, and tells of inserted ones', () => {
    const { series, told } = streaming();
    series.interrupt();
    const between = at(0) + 30_000;
    series.reconcile(loadOf([bar(at(0)), bar(between, 150), bar(at(1), 111), bar(at(2), 200)], at(3)), at(2));
    assert.deepEqual(told.takeLasting(), [
      ['corrected', between, 150],
      ['corrected', at(1), 111],
    ]);
    assert.deepEqual(times(series.history), [at(0), between, at(1)]);
  });

  it('changes nothing when interrupted twice', () => {
    const { series, told } = streaming();
    series.interrupt();
    series.interrupt();
    series.reconcile(loadOf([bar(at(1)), bar(at(2), 220), bar(at(3), 300)], at(4)), at(3));
    assert.deepEqual(told.takeLasting(), [['backfilled', at(2), 220]]);
  });

  it('never repeats over several outages', () => {
    const { series, told } = streaming();
    for (let n = 3; n < 8; n++) {
      series.interrupt();
      const bars = Array.from({ length: n + 1 }, (_, i) => bar(at(i)));
      series.reconcile(loadOf(bars, at(n + 1)), at(n));
    }
    assert.deepEqual(
      told.takeLasting().map(([, time]) => time),
      [at(2), at(3), at(4), at(5), at(6)],
    );
  });
});

describe('candle series: gaps', () => {
  it('tells one gap, from the last candle’s end to the next one’s start, before what was recovered', () => {
    const { series, told } = streaming();
    series.interrupt();
    const load = loadOf([bar(at(5), 500), bar(at(6), 600), bar(at(7), 700)], at(8));
    assert.equal(series.bridges(load), false);
    series.reconcile(load, at(7));
    assert.deepEqual(told.take(), [
      ['gap', at(2), at(5)],
      ['backfilled', at(5), 500],
      ['backfilled', at(6), 600],
      ['forming', at(7), 700],
    ]);
    assert.deepEqual(times(series.history), [at(5), at(6)], 'candles before a hole are no history any more');
  });

  it('begins at the close time that upstream had told, not at the end of the interval', () => {
    const { series, told } = newSeries({ timeframe: '1d' });
    const friday = Date.UTC(2026, 0, 2, 14, 30);
    const close = Date.UTC(2026, 0, 2, 21);
    series.reconcile(loadOf([bar(friday - 86_400_000), bar(friday)], close), friday);
    series.tick(close + GRACE);
    series.interrupt();
    const thursday = Date.UTC(2026, 0, 8, 14, 30);
    series.reconcile(loadOf([bar(thursday)], null), thursday);
    assert.deepEqual(told.takeLasting(), [
      ['closed', friday, 100],
      ['gap', close, thursday],
    ]);
  });

  it('ends a month at the same day of the next one where no close time is known', () => {
    const { series, told } = newSeries({ timeframe: '1M' });
    const month = (n: number) => Date.UTC(2026, n, 1);
    series.reconcile(loadOf([bar(month(0)), bar(month(1)), bar(month(2))]), month(2));
    series.interrupt();
    series.reconcile(loadOf([bar(month(5))]), month(5));
    assert.deepEqual(told.takeLasting(), [['gap', month(2), month(5)]]);
  });

  it('is none where the load begins exactly where the last candle ended', () => {
    const { series, told } = streaming();
    series.interrupt();
    series.reconcile(loadOf([bar(at(2), 220), bar(at(3), 300)], at(4)), at(3));
    assert.deepEqual(told.takeLasting(), [['backfilled', at(2), 220]]);
    assert.deepEqual(times(series.history), [at(0), at(1), at(2)], 'nothing is missing, so it stays one history');
  });

  it('is told although perhaps nothing traded: a thin market cannot be told from a loss', () => {
    const { series, told } = streaming();
    series.interrupt();
    series.reconcile(loadOf([bar(at(4), 400)], at(5)), at(4));
    assert.deepEqual(told.takeLasting(), [['gap', at(2), at(4)]]);
  });

  it('of two in a row, the second begins where the first left off', () => {
    const { series, told } = streaming();
    series.interrupt();
    series.reconcile(loadOf([bar(at(5), 500), bar(at(6), 600), bar(at(7), 700)], at(8)), at(7));
    series.interrupt();
    series.reconcile(loadOf([bar(at(12), 1_200), bar(at(13), 1_300)], at(14)), at(13));
    assert.deepEqual(told.takeLasting(), [
      ['gap', at(2), at(5)],
      ['backfilled', at(5), 500],
      ['backfilled', at(6), 600],
      ['gap', at(7), at(12)],
      ['backfilled', at(12), 1_200],
    ]);
  });

  it('of two in a row without a closed candle between, the second begins with the candle that was forming', () => {
    const { series, told } = streaming();
    series.interrupt();
    series.reconcile(loadOf([bar(at(5), 500)], at(6)), at(5));
    series.interrupt();
    series.reconcile(loadOf([bar(at(9), 900)], at(10)), at(9));
    assert.deepEqual(told.takeLasting(), [
      ['gap', at(2), at(5)],
      ['gap', at(5), at(9)],
    ]);
  });

  it('waits for the first bar when the load after the outage was empty', () => {
    const { series, told } = streaming();
    series.interrupt();
    series.reconcile(loadOf([]), at(5));
    assert.deepEqual(told.take(), []);
    series.update([bar(at(6), 600)], at(7), at(6));
    series.update([bar(at(7), 700)], at(8), at(7));
    assert.deepEqual(told.takeLasting(), [
      ['gap', at(2), at(6)],
      ['closed', at(6), 600],
    ]);
  });

  it('is none when the first bar after an empty load shows that nothing is missing', () => {
    const { series, told } = streaming();
    series.interrupt();
    series.reconcile(loadOf([]), at(2));
    series.update([bar(at(1)), bar(at(2), 222)], at(3), at(2));
    series.update([bar(at(3), 300)], at(4), at(3));
    assert.deepEqual(told.takeLasting(), [['closed', at(2), 222]]);
  });

  it('is not told by what comes after a load in mid-stream has bridged it', () => {
    const { series, told } = streaming();
    series.interrupt();
    series.reconcile(loadOf([]), at(2));
    series.reconcile(loadOf([bar(at(0)), bar(at(1)), bar(at(2), 222)], at(3)), at(2));
    series.update([bar(at(3), 300)], at(4), at(3));
    assert.deepEqual(told.takeLasting(), [['closed', at(2), 222]]);
  });

  it('is none for a subscriber of a series that never had a candle', () => {
    const { series, told } = newSeries();
    series.reconcile(loadOf([]), at(0));
    series.interrupt();
    series.reconcile(loadOf([bar(at(5), 500), bar(at(6), 600)], at(7)), at(6));
    assert.deepEqual(told.takeLasting(), [['backfilled', at(5), 500]]);
  });
});

describe('candle series: corrections', () => {
  it('tells changed values of a closed candle once', () => {
    const { series, told } = streaming();
    series.update([bar(at(0), 111)], null, at(2));
    series.update([bar(at(0), 111)], null, at(2));
    assert.deepEqual(told.take(), [['corrected', at(0), 111]]);
    assert.equal(series.history[0]?.open, 111);
  });

  it('sees a change of volume alone', () => {
    const { series, told } = streaming();
    series.update([bar(at(0), 100, 2)], null, at(2));
    series.update([bar(at(0), 100, null)], null, at(2));
    assert.deepEqual(told.take(), [
      ['corrected', at(0), 100],
      ['corrected', at(0), 100],
    ]);
  });

  it('does not let the forming candle close by a correction that comes alone', () => {
    const { series, told } = streaming();
    series.update([bar(at(1), 111)], at(2), at(2) + 1);
    assert.deepEqual(told.take(), [['corrected', at(1), 111]]);
    assert.equal(series.forming?.time, at(2));
    assert.equal(series.deadline, at(3) + GRACE);
  });

  it('tells of an inserted candle, and keeps it in its place', () => {
    const { series, told } = streaming();
    series.update([bar(at(0) + 1_000, 150)], null, at(2));
    assert.deepEqual(told.take(), [['corrected', at(0) + 1_000, 150]]);
    assert.deepEqual(times(series.history), [at(0), at(0) + 1_000, at(1)]);
  });

  it('ignores what is older than all that is kept', () => {
    const { series, told } = streaming();
    series.update([bar(at(-5), 1)], null, at(2));
    assert.deepEqual(told.take(), []);
  });
});

describe('candle series: history', () => {
  it('never holds fewer closed candles than are to be kept, nor more than some twice as many', () => {
    const keep = 5;
    const { series } = newSeries({ keep });
    series.reconcile(loadOf([bar(at(0)), bar(at(1))]), at(1));
    for (let n = 2; n < 60; n++) {
      series.update([bar(at(n), n)], null, at(n));
      assert.ok(series.history.length >= Math.min(keep, n), `after candle ${n}`);
      assert.ok(series.history.length <= 2 * keep + 1);
      assert.equal(series.history.at(-1)?.time, at(n - 1));
    }
  });

  it('is extended by a late-comer’s deeper load in mid-stream, silently', () => {
    const { series, told } = streaming();
    const bars = [bar(at(-2)), bar(at(-1)), bar(at(0)), bar(at(1)), bar(at(2), 200)];
    series.reconcile(loadOf(bars, at(3)), at(2));
    assert.deepEqual(told.takeLasting(), []);
    assert.deepEqual(times(series.history), [at(-2), at(-1), at(0), at(1)]);
    assert.equal(series.streaming, true);
  });

  it('closes candles as ordinary ones when a load in mid-stream is ahead', () => {
    const { series, told } = streaming();
    series.reconcile(loadOf([bar(at(1)), bar(at(2), 209), bar(at(3), 300)], at(4)), at(3));
    assert.deepEqual(told.take(), [
      ['closed', at(2), 209],
      ['forming', at(3), 300],
    ]);
  });

  it('is not spoilt by a load that is behind the stream', () => {
    const { series, told } = streaming();
    const behind = loadOf([bar(at(-1)), bar(at(0)), bar(at(1)), bar(at(2), 190)], at(3));
    series.update([bar(at(2), 205), bar(at(3), 300)], at(4), at(3));
    told.take();
    series.reconcile(behind, at(3));
    assert.deepEqual(told.take(), [], 'the newest bar of the load has older values than those told');
    assert.equal(series.history.at(-1)?.open, 205);
    assert.equal(series.forming?.time, at(3));
    assert.equal(series.history[0]?.time, at(-1));
  });

  it('has the close time of a candle where upstream told it', () => {
    const { series } = streaming();
    series.update([bar(at(3), 300)], at(4), at(3));
    assert.equal(series.history.at(-1)?.closeTime, at(3));
    assert.equal(series.history.at(0)?.closeTime, null);
  });
});
