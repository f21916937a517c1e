import assert from 'node:assert/strict';
import { TradingHours } from '../../src/market/trading-hours';

/** Whether the market is open at these UTC times, as a text of `#` and `.`. */
function openAt(hours: TradingHours | null, ...times: string[]): string {
  assert.ok(hours);
  return times.map((time) => (hours.isOpen(Date.parse(`${time}Z`)) ? '#' : '.')).join('');
}

describe('trading hours', () => {
  it('around the clock', () => {
    assert.equal(openAt(TradingHours.parse('24x7', 'Etc/UTC', null), '2026-01-03T03:00', '2026-12-25T00:00'), '##');
    assert.equal(openAt(TradingHours.parse('24X7', null, null), '2026-01-03T03:00'), '#');
  });

  it('a session: from its start up to, not at, its end, Monday to Friday', () => {
    const hours = TradingHours.parse('0930-1600', 'America/New_York', null);
    assert.equal(openAt(hours, '2026-01-05T14:29', '2026-01-05T14:30', '2026-01-05T20:59', '2026-01-05T21:00'), '.##.');
    assert.equal(openAt(hours, '2026-01-02T15:00', '2026-01-03T15:00', '2026-01-04T15:00', '2026-01-05T15:00'), '#..#');
  });

  it('a lunch break', () => {
    const hours = TradingHours.parse('0900-1130,1230-1530', 'Asia/Tokyo', null);
    assert.equal(openAt(hours, '2026-01-06T02:29', '2026-01-06T02:30', '2026-01-06T03:29', '2026-01-06T03:30'), '#..#');
  });

  it('over night: currencies, from Sunday evening to Friday evening', () => {
    const hours = TradingHours.parse('1700-1700', 'America/New_York', null);
    const sunday = ['2026-01-04T21:59', '2026-01-04T22:00'];
    const friday = ['2026-01-09T21:59', '2026-01-09T22:00'];
    assert.equal(
      openAt(hours, ...sunday, '2026-01-06T22:00', ...friday, '2026-01-10T12:00', '2026-01-11T12:00'),
      '.###...',
    );
  });

  it('over midnight, with a break by day', () => {
    const hours = TradingHours.parse('1800-1700', 'America/New_York', null);
    assert.equal(openAt(hours, '2026-01-06T21:59', '2026-01-06T22:30', '2026-01-06T23:00', '2026-01-07T05:00'), '#.##');
    assert.equal(openAt(hours, '2026-01-09T23:30', '2026-01-11T22:59', '2026-01-11T23:00'), '..#');
  });

  it('by the market’s clock, summer and winter', () => {
    const hours = TradingHours.parse('0930-1600', 'America/New_York', null);
    assert.equal(openAt(hours, '2026-03-06T13:30', '2026-03-06T14:30', '2026-03-09T13:30', '2026-03-09T20:30'), '.##.');
    assert.equal(openAt(hours, '2026-10-30T13:30', '2026-11-02T13:30', '2026-11-02T14:30'), '#.#');
  });

  it('over night, in the nights in which clocks change', () => {
    const hours = TradingHours.parse('1700-1700', 'America/New_York', null);
    // Saturday night before clocks go forward, and before they go back; the Sunday evenings after.
    assert.equal(openAt(hours, '2026-03-08T04:30', '2026-03-08T20:59', '2026-03-08T21:00'), '..#');
    assert.equal(openAt(hours, '2026-11-01T03:30', '2026-11-01T21:59', '2026-11-01T22:00'), '..#');
  });

  it('days of their own, and groups', () => {
    const hours = TradingHours.parse('0900-1630|0900-1400:6', 'Etc/UTC', null);
    assert.equal(openAt(hours, '2026-01-08T15:00', '2026-01-09T13:00', '2026-01-09T15:00'), '##.');
    const weekend = TradingHours.parse('1000-1200:17', 'Etc/UTC', null);
    assert.equal(openAt(weekend, '2026-01-03T11:00', '2026-01-04T11:00', '2026-01-05T11:00'), '##.');
  });

  it('no trading on holidays, by the market’s calendar, nor in the evening that belongs to one', () => {
    const stock = TradingHours.parse('0930-1600', 'America/New_York', '20260101,20260703');
    assert.equal(openAt(stock, '2026-01-01T15:00', '2026-01-02T15:00', '2026-07-03T15:00'), '.#.');
    const currency = TradingHours.parse('1700-1700', 'America/New_York', '20260101');
    assert.equal(
      openAt(currency, '2025-12-31T21:30', '2025-12-31T22:30', '2026-01-01T21:30', '2026-01-01T22:30'),
      '#..#',
    );
  });

  it('are unknown where they cannot be understood', () => {
    for (const session of [
      null,
      '',
      'closed',
      '0930',
      '930-1600',
      '0930-1600:',
      '0930-1600:abc',
      '0930-1600:8',
      '2575-9999',
      '0930-1600|',
      '0930-1600;;',
      '24x5',
    ]) {
      assert.equal(TradingHours.parse(session, 'Etc/UTC', null), null, String(session));
    }
    assert.equal(TradingHours.parse('0930-1600', 'Mars/Olympus', null), null);
  });
});
