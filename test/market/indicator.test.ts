import assert from 'node:assert/strict';
import {
  IndicatorDelivery,
  type IndicatorEvent,
  type IndicatorPoint,
  type Plot,
  type PlotRole,
  uniqueTitle,
} from '../../src/market/indicator';
import { MINUTE } from '../support/candles';

const START = Date.UTC(2026, 0, 5, 12);
const point = (n: number, ...values: (number | null)[]): IndicatorPoint => ({ time: START + n * MINUTE, values });
const plot = (title: string, role: PlotRole = 'value'): Plot => ({ id: title, title, role });
const PLOTS = [plot('RSI'), plot('colour', 'style'), plot('Mark'), plot('Up', 'alert'), plot('Down', 'alert')];

function deliver(plots: readonly Plot[] = PLOTS, history = 1) {
  const events: IndicatorEvent[] = [];
  const delivery = new IndicatorDelivery({ timeframe: '1m', history }, plots, (event) => events.push(event));
  return { delivery, events };
}

describe('indicator items', () => {
  it('hold values by title, all plots in order, and the alerts that fired', () => {
    const { delivery, events } = deliver();
    delivery.start([point(0, 50, 3, null, 0, 1), point(1, 51, 4, 7, 1, 1)], point(2, 52, null, null, null, 0));
    delivery.closed(point(2, 53, 1, null, 1, 0), true);
    delivery.corrected(point(2, 54, 1, null, 0, 0));
    delivery.gap(1, 2);
    const timestamp = START + MINUTE;
    assert.deepEqual(events, [
      {
        event: 'history',
        items: [
          {
            index: 0,
            timestamp,
            closed: true,
            values: { RSI: 51, Mark: 7 },
            plots: [51, 4, 7, 1, 1],
            alerts: ['Up', 'Down'],
          },
        ],
      },
      {
        event: 'forming',
        item: {
          index: 1,
          timestamp: timestamp + MINUTE,
          closed: false,
          values: { RSI: 52, Mark: null },
          plots: [52, null, null, null, 0],
          alerts: [],
        },
      },
      {
        event: 'closed',
        item: {
          index: 1,
          timestamp: timestamp + MINUTE,
          closed: true,
          values: { RSI: 53, Mark: null },
          plots: [53, 1, null, 1, 0],
          alerts: ['Up'],
        },
        backfilled: true,
      },
      {
        event: 'correction',
        item: {
          index: 1,
          timestamp: timestamp + MINUTE,
          closed: true,
          values: { RSI: 54, Mark: null },
          plots: [54, 1, null, 0, 0],
          alerts: [],
        },
      },
      { event: 'gap', from: 1, to: 2 },
    ]);
  });

  it('of a bar on which upstream says nothing have no value in any plot', () => {
    const { delivery, events } = deliver();
    delivery.start([point(0)], null);
    assert.deepEqual(events, [
      {
        event: 'history',
        items: [
          {
            index: 0,
            timestamp: START,
            closed: true,
            values: { RSI: null, Mark: null },
            plots: [null, null, null, null, null],
            alerts: [],
          },
        ],
      },
    ]);
  });

  it('of an indicator whose plots are not known have titles by their number', () => {
    const { delivery, events } = deliver([]);
    delivery.start([], point(0, 1, null, 3));
    const [, forming] = events;
    assert.ok(forming?.event === 'forming');
    assert.deepEqual(
      [forming.item.values, forming.item.plots],
      [{ Plot: 1, 'Plot (2)': null, 'Plot (3)': 3 }, [1, null, 3]],
    );
  });

  it('have upstream’s plots, also where it sends more or fewer than it has declared', () => {
    const { delivery, events } = deliver([plot('A'), plot('B')]);
    delivery.start([], point(0, 1));
    delivery.forming(point(0, 1, 2, 3));
    const items = events.flatMap((event) => (event.event === 'forming' ? [event.item] : []));
    assert.deepEqual(
      items.map(({ values, plots }) => [values, plots]),
      [
        [{ A: 1, B: null }, [1]],
        [{ A: 1, B: 2 }, [1, 2, 3]],
      ],
    );
  });

  it('take any title', () => {
    const { delivery, events } = deliver([plot('__proto__'), plot('constructor')]);
    delivery.start([], point(0, 1, 2));
    const [, forming] = events;
    assert.ok(forming?.event === 'forming');
    assert.deepEqual(Object.entries(forming.item.values), [
      ['__proto__', 1],
      ['constructor', 2],
    ]);
    assert.equal(Object.getPrototypeOf(forming.item.values), Object.prototype);
  });

  it('are objects of their own', () => {
    const shared = point(1, 1, 2, 3, 1, 1);
    const [one, other] = [deliver(), deliver()];
    for (const { delivery } of [one, other]) delivery.start([shared], shared);
    const [history] = one.events;
    assert.ok(history?.event === 'history');
    const [item] = history.items;
    assert.ok(item);
    item.values.RSI = item.plots[0] = -1;
    item.alerts.length = 0;
    assert.deepEqual(shared.values, [1, 2, 3, 1, 1]);
    const [untouched] = other.events;
    assert.ok(untouched?.event === 'history');
    assert.deepEqual(untouched.items[0]?.alerts, ['Up', 'Down']);
    assert.equal(untouched.items[0]?.values.RSI, 1);
  });
});

describe('plot titles', () => {
  it('are numbered where they repeat, also where a number is taken', () => {
    const used = new Set<string>();
    assert.deepEqual(
      ['Plot', 'Plot', 'Plot (2)', 'Plot', 'MA'].map((title) => uniqueTitle(title, used)),
      ['Plot', 'Plot (2)', 'Plot (2) (2)', 'Plot (3)', 'MA'],
    );
  });
});
