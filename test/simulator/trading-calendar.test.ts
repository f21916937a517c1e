import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseResolution, type Resolution } from '../../src/simulator/resolution';
import { TimeZone } from '../../src/simulator/time-zone';
import { type Hours, type Interval, TradingCalendar } from '../../src/simulator/trading-calendar';

const MARKETS = {
  crypto: { timezone: 'Etc/UTC', session: '24x7', holidays: [], listed: '2017-08-17' },
  newYork: {
    timezone: 'America/New_York',
    session: '0930-1600',
    holidays: ['0101', '0704', '1225'],
    listed: '1980-12-12',
  },
  currency: { timezone: 'America/New_York', session: '1700-1700', holidays: [], listed: '1999-01-04' },
  tokyo: { timezone: 'Asia/Tokyo', session: '0900-1130,1230-1530', holidays: ['0101'], listed: '1990-01-04' },
} satisfies Record<string, Hours>;

const hours = Object.fromEntries(
  Object.entries(MARKETS).map(([name, one]) => [name, new TradingCalendar(one)]),
) as Record<keyof typeof MARKETS, TradingCalendar>;

function resolution(code: string): Resolution {
  const parsed = parseResolution(code);
  assert.ok(parsed && typeof parsed === 'object');
  return parsed;
}

function at(text: string): number {
  return Date.parse(text);
}

function say(interval: Interval | undefined): string {
  if (!interval) return 'none';
  return [interval.open, interval.close]
    .map((time) => new Date(time).toISOString().replace(':00.000Z', ''))
    .join(' to ');
}

describe('trading calendar', () => {
  const cases: [keyof typeof MARKETS, string, string, string][] = [
    // Round the clock: weeks from Monday, months by the calendar, in UTC.
    ['crypto', '1', '2026-06-09T14:00:30Z', '2026-06-09T14:00 to 2026-06-09T14:01'],
    ['crypto', '45', '2026-06-09T14:00:30Z', '2026-06-09T13:30 to 2026-06-09T14:15'],
    ['crypto', '1D', '2026-06-09T14:00:30Z', '2026-06-09T00:00 to 2026-06-10T00:00'],
    ['crypto', '1W', '2026-06-14T23:59:59Z', '2026-06-08T00:00 to 2026-06-15T00:00'],
    ['crypto', '1M', '2026-02-28T12:00:00Z', '2026-02-01T00:00 to 2026-03-01T00:00'],
    // The week and the month in which trading began open with it.
    ['crypto', '1W', '2017-08-18T00:00:00Z', '2017-08-17T00:00 to 2017-08-21T00:00'],
    ['crypto', '1M', '2017-08-18T00:00:00Z', '2017-08-17T00:00 to 2017-09-01T00:00'],
    // New York opens at 14:30 UTC in winter, at 13:30 in summer; the last candle of the day is cut.
    ['newYork', '60', '2026-01-06T15:00:00Z', '2026-01-06T14:30 to 2026-01-06T15:30'],
    ['newYork', '60', '2026-01-06T23:00:00Z', '2026-01-06T20:30 to 2026-01-06T21:00'],
    ['newYork', '60', '2026-06-09T13:45:00Z', '2026-06-09T13:30 to 2026-06-09T14:30'],
    ['newYork', '240', '2026-06-09T19:00:00Z', '2026-06-09T17:30 to 2026-06-09T20:00'],
    ['newYork', '1D', '2026-03-06T18:00:00Z', '2026-03-06T14:30 to 2026-03-06T21:00'],
    ['newYork', '1D', '2026-03-09T18:00:00Z', '2026-03-09T13:30 to 2026-03-09T20:00'],
    // At a week-end the newest is Friday's.
    ['newYork', '5', '2026-06-14T12:00:00Z', '2026-06-12T19:55 to 2026-06-12T20:00'],
    // A week over the change of the clocks, a week with a holiday at its end, a month that begins with one.
    ['newYork', '1W', '2026-03-08T12:00:00Z', '2026-03-02T14:30 to 2026-03-06T21:00'],
    ['newYork', '1W', '2020-12-26T12:00:00Z', '2020-12-21T14:30 to 2020-12-24T21:00'],
    ['newYork', '1M', '2026-01-20T12:00:00Z', '2026-01-02T14:30 to 2026-01-30T21:00'],
    // The currency week: Sunday evening to Friday evening in New York.
    ['currency', '60', '2026-06-13T12:00:00Z', '2026-06-12T20:00 to 2026-06-12T21:00'],
    ['currency', '240', '2026-06-14T22:00:00Z', '2026-06-14T21:00 to 2026-06-15T01:00'],
    ['currency', '1D', '2026-06-14T22:00:00Z', '2026-06-14T21:00 to 2026-06-15T21:00'],
    ['currency', '1W', '2026-06-16T00:00:00Z', '2026-06-14T21:00 to 2026-06-19T21:00'],
    ['currency', '1W', '2026-03-11T00:00:00Z', '2026-03-08T21:00 to 2026-03-13T21:00'],
    ['currency', '1W', '2026-03-05T00:00:00Z', '2026-03-01T22:00 to 2026-03-06T22:00'],
    // Lunch: the morning's last candle is cut, the afternoon starts anew; a day has both.
    ['tokyo', '60', '2026-06-09T02:45:00Z', '2026-06-09T02:00 to 2026-06-09T02:30'],
    ['tokyo', '60', '2026-06-09T03:31:00Z', '2026-06-09T03:30 to 2026-06-09T04:30'],
    ['tokyo', '1D', '2026-06-09T03:00:00Z', '2026-06-09T00:00 to 2026-06-09T06:30'],
  ];
  for (const [market, code, time, expected] of cases) {
    it(`${market} ${code} before ${time}: ${expected}`, () => {
      assert.equal(say(hours[market].before(resolution(code), at(time))), expected);
    });
  }

  it('goes through the intervals one way as the other, without overlap, aligned to the open of trading', () => {
    const market = fc.constantFrom(...(Object.keys(MARKETS) as (keyof typeof MARKETS)[]));
    const code = fc.constantFrom('1S', '30S', '1', '3', '15', '45', '60', '180', '240', '360', '720', '1D', '1W', '1M');
    const time = fc.integer({ min: at('2024-01-01T00:00:00Z') / 1000, max: at('2027-01-01T00:00:00Z') / 1000 });
    fc.assert(
      fc.property(market, code, time, (name, text, seconds) => {
        const now = seconds * 1000;
        const one = resolution(text);
        const next = hours[name].after(one, now);
        assert.ok(next && next.open >= now && next.close > next.open);
        const last = hours[name].before(one, now);
        assert.ok(last && last.open < now && last.close <= next.open);
        assert.deepEqual(hours[name].before(one, next.open), last);
        assert.deepEqual(hours[name].after(one, last.open + 1), next);
        assert.deepEqual(hours[name].after(one, last.open), last);
        assert.ok(hours[name].trading(last.open, last.close).length > 0);
        assert.deepEqual(hours[name].trading(last.close, next.open), []);
      }),
      { numRuns: 3000 },
    );
  });

  it('has nothing before the listing', () => {
    assert.equal(hours.crypto.before(resolution('1'), at('2017-08-17T00:00:00Z')), undefined);
    assert.deepEqual(hours.crypto.trading(0, at('2017-08-17T00:00:00Z')), []);
    assert.equal(say(hours.crypto.after(resolution('1'), 0)), '2017-08-17T00:00 to 2017-08-17T00:01');
  });
});

describe('time zone', () => {
  it('agrees with Intl at any time', () => {
    const zones = ['America/New_York', 'Asia/Seoul', 'Europe/London', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Etc/UTC'];
    const readers = new Map(zones.map((name) => [name, { mine: new TimeZone(name), intl: intl(name) }]));
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: at('1985-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') }),
        (name, time) => {
          const { mine, intl } = readers.get(name) as { mine: TimeZone; intl: Intl.DateTimeFormat };
          assert.equal(new Date(mine.toLocal(time)).toISOString().slice(0, 19), intl.format(time).replace(' ', 'T'));
          const back = mine.toUtc(mine.toLocal(time));
          // A clock that is put back reads the same twice.
          assert.ok(back === time || (back < time && mine.toLocal(back) === mine.toLocal(time)));
        },
      ),
      { numRuns: 2000 },
    );
  });

  function intl(timeZone: string): Intl.DateTimeFormat {
    // Swedish writes dates as ISO does.
    return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  }
});
