import assert from 'node:assert/strict';
import type { Bar } from '../../src/market/candle';
import { CandleDelivery, type CandleEvent } from '../../src/market/candle-delivery';
import type { ClosedBar } from '../../src/market/candle-series';
import { type DeliveryOptions, LATE_LIMIT } from '../../src/market/delivery';
import type { Pace, Waiting } from '../../src/market/pace';
import { bar, MINUTE } from '../support/candles';

const START = Date.UTC(2026, 0, 5, 12);
const at = (n: number) => START + n * MINUTE;
const closedBar = (n: number, value = 100): ClosedBar => ({ ...bar(at(n), value), closeTime: null });
/** Closed bars from minute `from` up to `to`, not including it. */
const minutes = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => closedBar(from + i));

function deliver(options: Partial<DeliveryOptions> = {}) {
  const events: CandleEvent[] = [];
  const delivery = new CandleDelivery({ timeframe: '1m', history: 0, ...options }, (event) => events.push(event));
  return { delivery, events, take: () => events.splice(0).map(inShort) };
}

/** An event as a few words: its kind, and minute and index of its candles. */
function inShort(event: CandleEvent): string {
  const minute = (time: number) => (time - START) / MINUTE;
  if (event.event === 'gap') return `gap ${minute(event.from)}–${minute(event.to)}`;
  if (event.event === 'history') {
    return `history ${event.candles.map(({ timestamp, index }) => `${minute(timestamp)}#${index}`).join(' ')}`.trim();
  }
  const late = event.event === 'closed' && event.backfilled ? ' backfilled' : '';
  return `${event.event}${late} ${minute(event.candle.timestamp)}#${event.candle.index}`;
}

describe('candle delivery: history', () => {
  it('is exactly as many closed candles as were asked for, the newest, oldest first', () => {
    const { delivery, take } = deliver({ history: 3 });
    delivery.start(minutes(0, 10), null);
    assert.deepEqual(take(), ['history 7#0 8#1 9#2']);
  });

  it('is fewer where there are no more, and may be empty', () => {
    const some = deliver({ history: 3 });
    some.delivery.start(minutes(0, 2), null);
    assert.deepEqual(some.take(), ['history 0#0 1#1']);
    const none = deliver({ history: 3 });
    none.delivery.start([], null);
    assert.deepEqual(none.take(), ['history']);
  });

  it('is none when none was asked for', () => {
    const { delivery, take } = deliver();
    delivery.start(minutes(0, 10), bar(at(10)));
    assert.deepEqual(take(), ['forming 10#0']);
  });

  it('comes once, before all else', () => {
    const { delivery, take } = deliver({ history: 2 });
    assert.equal(delivery.started, false);
    delivery.start(minutes(0, 5), bar(at(5)));
    delivery.start(minutes(0, 6), bar(at(6)));
    assert.equal(delivery.started, true);
    delivery.closed(bar(at(5)), false);
    assert.deepEqual(take(), ['history 3#0 4#1', 'forming 5#2', 'closed 5#2']);
  });

  it('is satisfied by as many closed bars as were asked for', () => {
    const { delivery } = deliver({ history: 3 });
    assert.equal(delivery.satisfiedBy(minutes(0, 2)), false);
    assert.equal(delivery.satisfiedBy(minutes(0, 3)), true);
    assert.equal(delivery.wanted(at(0)), 3);
    assert.equal(deliver().delivery.satisfiedBy([]), true);
  });

  it('candles are complete, and closed', () => {
    const { delivery, events } = deliver({ history: 1 });
    delivery.start([{ ...bar(at(0), 100, null), closeTime: at(1) }], bar(at(1), 200));
    assert.deepEqual(events, [
      {
        event: 'history',
        candles: [
          { index: 0, timestamp: at(0), open: 100, high: 102, low: 98, close: 101, volume: null, closed: true },
        ],
      },
      {
        event: 'forming',
        candle: { index: 1, timestamp: at(1), open: 200, high: 202, low: 198, close: 201, volume: 1, closed: false },
      },
    ]);
  });
});

describe('candle delivery: the index', () => {
  it('counts on from the history and never jumps, not over a gap either', () => {
    const { delivery, take } = deliver({ history: 2 });
    delivery.start(minutes(0, 2), null);
    delivery.closed(bar(at(2)), false);
    delivery.gap(at(3), at(90));
    delivery.closed(bar(at(90)), true);
    delivery.forming(bar(at(91)));
    delivery.forming(bar(at(91)));
    delivery.closed(bar(at(91)), false);
    assert.deepEqual(take(), [
      'history 0#0 1#1',
      'closed 2#2',
      'gap 3–90',
      'closed backfilled 90#3',
      'forming 91#4',
      'forming 91#4',
      'closed 91#4',
    ]);
  });

  it('goes on for thousands of candles', () => {
    const { delivery, events } = deliver({ history: 2 });
    delivery.start(minutes(0, 2), null);
    for (let n = 2; n < 3_000; n++) delivery.closed(bar(at(n)), false);
    delivery.corrected(bar(at(2_990), 5));
    const last = events.slice(-2);
    assert.deepEqual(last.map(inShort), ['closed 2999#2999', 'correction 2990#2990']);
  });

  it('counts on while nobody looks', () => {
    const { delivery, take } = deliver({ history: 1, wants: (event) => event === 'forming' });
    delivery.start(minutes(0, 1), null);
    delivery.closed(bar(at(1)), false);
    delivery.forming(bar(at(2)));
    assert.deepEqual(take(), ['forming 2#2']);
  });

  it('of a correction is the one that the candle had', () => {
    const { delivery, take } = deliver({ history: 3 });
    delivery.start(minutes(0, 3), null);
    delivery.closed(bar(at(3)), false);
    for (const n of [0, 3]) delivery.corrected(bar(at(n), 7));
    assert.deepEqual(take().slice(2), ['correction 0#0', 'correction 3#3']);
  });

  it('of an inserted candle is null', () => {
    const { delivery, take } = deliver({ history: 2 });
    delivery.start([closedBar(0), closedBar(5)], null);
    delivery.corrected(bar(at(2)));
    delivery.forming(bar(at(6)));
    assert.deepEqual(take(), ['history 0#0 5#1', 'correction 2#null', 'forming 6#2']);
  });
});

describe('candle delivery: corrections', () => {
  it('of candles before the subscriber’s own are none of its business', () => {
    const { delivery, take } = deliver({ history: 2 });
    delivery.start(minutes(0, 10), null);
    delivery.corrected(bar(at(7), 5));
    assert.deepEqual(take(), ['history 8#0 9#1']);
    const fresh = deliver();
    fresh.delivery.start(minutes(0, 10), null);
    fresh.delivery.corrected(bar(at(9), 5));
    assert.deepEqual(fresh.take(), []);
  });

  it('reach back over the whole history and many more', () => {
    const { delivery, take } = deliver({ history: 10 });
    delivery.start(minutes(0, 10), null);
    for (let n = 10; n < 70; n++) delivery.closed(bar(at(n)), false);
    take();
    delivery.corrected(bar(at(0), 5));
    assert.deepEqual(take(), ['correction 0#0']);
  });
});

describe('candle delivery: after an earlier life', () => {
  const after = at(9);

  it('history ends at the last candle had, and later ones follow as backfilled', () => {
    const { delivery, take } = deliver({ history: 3, after });
    delivery.start(minutes(0, 12), bar(at(12)));
    assert.deepEqual(take(), [
      'history 7#0 8#1 9#2',
      'closed backfilled 10#3',
      'closed backfilled 11#4',
      'forming 12#5',
    ]);
  });

  it('what is new is told without history too', () => {
    const { delivery, take } = deliver({ after });
    delivery.start(minutes(8, 11), null);
    assert.deepEqual(take(), ['closed backfilled 10#0']);
  });

  it('nothing is repeated that was had', () => {
    const { delivery, take } = deliver({ history: 1, after });
    delivery.start(minutes(0, 8), bar(at(8)));
    delivery.forming(bar(at(9)));
    delivery.closed(bar(at(8)), false);
    delivery.closed(bar(at(9)), false);
    delivery.closed(bar(at(10)), false);
    assert.deepEqual(
      take().filter((event) => event.startsWith('closed')),
      ['closed 10#1'],
    );
  });

  it('500 are delivered late', () => {
    const { delivery, take } = deliver({ after });
    delivery.start(minutes(5, 10 + LATE_LIMIT), null);
    const told = take();
    assert.equal(LATE_LIMIT, 500);
    assert.equal(told.length, 500);
    assert.equal(told[0], 'closed backfilled 10#0');
  });

  it('of more than that the rest is a gap, from the end of the last one had', () => {
    const { delivery, take } = deliver({ history: 1, after });
    delivery.start(minutes(5, 10 + LATE_LIMIT + 3), null);
    const told = take();
    assert.deepEqual(told.slice(0, 3), ['history 9#0', 'gap 10–13', 'closed backfilled 13#1']);
    assert.equal(told.length, 2 + LATE_LIMIT);
  });

  it('a gap begins at the close time that upstream told', () => {
    const { delivery, take } = deliver({ history: 1, after });
    const known = { ...closedBar(9), closeTime: at(9.5) };
    delivery.start([known, ...minutes(10, 11 + LATE_LIMIT)], null);
    assert.deepEqual(take().slice(0, 2), ['history 9#0', 'gap 9.5–11']);
  });

  it('a gap is told where upstream does not reach back so far', () => {
    const { delivery, take } = deliver({ history: 2, after });
    delivery.start(minutes(20, 22), bar(at(22)));
    assert.deepEqual(take(), [
      'history',
      'gap 10–20',
      'closed backfilled 20#0',
      'closed backfilled 21#1',
      'forming 22#2',
    ]);
  });

  it('a gap is told where upstream has nothing but the forming candle', () => {
    const { delivery, take } = deliver({ history: 2, after });
    delivery.start([], bar(at(20)));
    delivery.closed(bar(at(20)), false);
    assert.deepEqual(take(), ['history', 'gap 10–20', 'forming 20#0', 'closed 20#0']);
  });

  it('a gap is told where upstream has nothing at all and goes on later', () => {
    const { delivery, take } = deliver({ after });
    delivery.start([], null);
    delivery.forming(bar(at(20)));
    delivery.closed(bar(at(20)), false);
    delivery.closed(bar(at(21)), false);
    assert.deepEqual(take(), ['gap 10–20', 'forming 20#0', 'closed 20#0', 'closed 21#1']);
  });

  it('no gap is told where what upstream has begins where the last one ended', () => {
    const { delivery, take } = deliver({ after });
    delivery.start(minutes(10, 12), null);
    assert.deepEqual(take(), ['closed backfilled 10#0', 'closed backfilled 11#1']);
    const forming = deliver({ after });
    forming.delivery.start([], bar(at(10)));
    assert.deepEqual(forming.take(), ['forming 10#0']);
  });

  it('asks for so many that history and late ones are among them', () => {
    const { delivery } = deliver({ history: 3, after });
    assert.ok(delivery.wanted(at(15)) >= 3 + 5);
    assert.ok(delivery.wanted(at(10_000)) <= 3 + LATE_LIMIT + 1);
    assert.ok(delivery.wanted(at(0)) >= 3, 'a clock that is behind');
  });

  it('is satisfied once the history before it is at hand, however many are late', () => {
    const { delivery } = deliver({ history: 3, after });
    assert.equal(delivery.satisfiedBy(minutes(8, 20)), false);
    assert.equal(delivery.satisfiedBy(minutes(7, 20)), true);
    assert.equal(delivery.satisfiedBy(minutes(10, 11 + LATE_LIMIT)), false);
    assert.equal(delivery.satisfiedBy(minutes(8, 11 + LATE_LIMIT)), false);
    assert.equal(delivery.satisfiedBy(minutes(7, 100 + LATE_LIMIT)), true);
  });

  it('is satisfied without history once the last one had is seen, or more than can be late', () => {
    const { delivery } = deliver({ after });
    assert.equal(delivery.satisfiedBy(minutes(10, 12)), false, 'it cannot be seen yet that nothing is missing');
    assert.equal(delivery.satisfiedBy(minutes(9, 12)), true);
    assert.equal(delivery.satisfiedBy(minutes(10, 10 + LATE_LIMIT)), false);
    assert.equal(delivery.satisfiedBy(minutes(10, 11 + LATE_LIMIT)), true);
  });

  it('says how many older ones are missing', () => {
    const { delivery } = deliver({ history: 3, after });
    assert.equal(delivery.missing(minutes(7, 20), at(20)), 0);
    assert.equal(delivery.missing(minutes(8, 20), at(20)), 1);
    assert.equal(delivery.missing(minutes(600, 1_200), at(1_200)), 3 + 591);
    assert.equal(delivery.missing([], at(20)), 3 + 11);
    assert.equal(deliver({ history: 3 }).delivery.missing(minutes(0, 2), at(2)), 1);
    assert.equal(deliver({ history: 3 }).delivery.missing(minutes(0, 3), at(3)), 0);
  });

  it('counts for nothing where it lies ahead of upstream’s clock, for good', () => {
    let now = at(8);
    const { delivery, take } = deliver({ history: 2, after, now: () => now });
    assert.equal(delivery.wanted(at(8)), 2);
    assert.equal(delivery.satisfiedBy(minutes(6, 8)), true);
    delivery.start(minutes(0, 8), bar(at(8)));
    now = at(20);
    delivery.closed(bar(at(8)), false);
    delivery.closed(bar(at(9)), false);
    assert.deepEqual(take(), ['history 6#0 7#1', 'forming 8#2', 'closed 8#2', 'closed 9#3']);
  });

  it('counts where upstream’s clock is past it, and its data are late', () => {
    const { delivery, take } = deliver({ history: 2, after, now: () => at(12) });
    delivery.start(minutes(0, 8), null);
    for (const n of [8, 9, 10]) delivery.closed(bar(at(n)), false);
    assert.deepEqual(take(), ['history 6#0 7#1', 'closed 10#2']);
  });
});

describe('candle delivery: to whom', () => {
  it('each subscriber gets objects of its own', () => {
    const first = deliver({ history: 2 });
    const second = deliver({ history: 2 });
    const bars: ClosedBar[] = minutes(0, 2);
    const forming: Bar = bar(at(2));
    for (const { delivery, events } of [first, second]) {
      delivery.start(bars, forming);
      for (const event of events) {
        if (event.event === 'history') for (const candle of event.candles) candle.close = -1;
        else if (event.event === 'forming') event.candle.close = -1;
      }
    }
    const [history] = second.events;
    assert.ok(history?.event === 'history' && history.candles.every(({ close }) => close === -1));
    assert.ok([...bars, forming].every(({ close }) => close === 101));
  });

  it('nothing is built that nobody wants', () => {
    const asked: string[] = [];
    const { delivery, events } = deliver({
      history: 1,
      wants: (event) => {
        asked.push(event);
        return false;
      },
    });
    delivery.start(minutes(0, 1), bar(at(1)));
    delivery.closed(bar(at(1)), false);
    delivery.corrected(bar(at(0), 5));
    delivery.gap(at(2), at(3));
    assert.deepEqual(asked, ['history', 'forming', 'closed', 'correction', 'gap']);
    assert.deepEqual(events, []);
  });
});

describe('candle delivery: to those who do not keep up', () => {
  /** A pace at which nothing may be told until it is said so. */
  function slowly() {
    const waiting = new Set<Waiting>();
    const pace: Pace = {
      mayTell: (one) => {
        waiting.add(one);
        return false;
      },
      overtaken: (one) => void waiting.delete(one),
    };
    const breathe = () => {
      for (const one of waiting) one.release();
      waiting.clear();
    };
    return { ...deliver({ pace }), breathe };
  }

  it('of the forming candle only the newest is told, when there is a breath', () => {
    const { delivery, events, take, breathe } = slowly();
    delivery.start([], bar(at(0), 1));
    delivery.forming(bar(at(0), 2));
    delivery.forming(bar(at(0), 3));
    assert.deepEqual(take(), []);
    breathe();
    assert.deepEqual(
      events.map((event) => event.event === 'forming' && event.candle.open),
      [3],
    );
    breathe();
    assert.equal(events.length, 1);
  });

  it('closed candles wait for nothing, and nothing of them is told as forming any more', () => {
    const { delivery, take, breathe } = slowly();
    delivery.start([], bar(at(0)));
    delivery.closed(closedBar(0), false);
    delivery.forming(bar(at(1)));
    delivery.closed(closedBar(1), false);
    breathe();
    assert.deepEqual(take(), ['closed 0#0', 'closed 1#1']);
    delivery.forming(bar(at(2)));
    delivery.corrected(closedBar(1, 7));
    breathe();
    assert.deepEqual(take(), ['correction 1#1', 'forming 2#2']);
  });
});
