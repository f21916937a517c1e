import assert from 'node:assert/strict';
import { intervalEnd, isTimeframe, TIMEFRAMES, type Timeframe, timeframeLength } from '../../src/market/timeframe';

describe('timeframe', () => {
  it('is one of the public contract, shortest first', () => {
    const contract = '1s 5s 15s 30s 1m 3m 5m 15m 30m 45m 1h 2h 3h 4h 6h 12h 1d 1w 1M'.split(' ');
    assert.deepEqual(TIMEFRAMES, contract);
    const lengths = TIMEFRAMES.map(timeframeLength);
    assert.deepEqual(
      [...lengths].sort((a, b) => a - b),
      lengths,
    );
    assert.ok(contract.every(isTimeframe));
  });

  it('is nothing else: case matters, and objects’ own names do not count', () => {
    for (const odd of [
      '1D',
      '1H',
      '60',
      '1',
      '',
      ' 1m',
      '10m',
      '1mm',
      'toString',
      '__proto__',
      'constructor',
      null,
      undefined,
      1,
      ['1m'],
    ]) {
      assert.equal(isTimeframe(odd), false, String(odd));
    }
  });

  it('has a length in milliseconds', () => {
    const some: [Timeframe, number][] = [
      ['1s', 1e3],
      ['45m', 2_700e3],
      ['12h', 43_200e3],
      ['1w', 604_800e3],
      ['1M', 31 * 86_400e3],
    ];
    for (const [timeframe, length] of some) assert.equal(timeframeLength(timeframe), length);
  });
});

describe('timeframe: where an interval ends', () => {
  it('is open time and length, where no calendar is involved', () => {
    const open = Date.UTC(2026, 2, 6, 14, 30);
    for (const timeframe of TIMEFRAMES) {
      if (timeframe !== '1M') assert.equal(intervalEnd(timeframe, open), open + timeframeLength(timeframe));
    }
  });

  it('is the same day of the next month for months', () => {
    assert.equal(intervalEnd('1M', Date.UTC(2026, 0, 1)), Date.UTC(2026, 1, 1));
    assert.equal(intervalEnd('1M', Date.UTC(2026, 1, 2, 14, 30)), Date.UTC(2026, 2, 2, 14, 30));
    assert.equal(intervalEnd('1M', Date.UTC(2025, 11, 1)), Date.UTC(2026, 0, 1));
  });

  it('stays within the next month, where a month opens on the last evening of the one before', () => {
    assert.equal(intervalEnd('1M', Date.UTC(2026, 0, 31, 22)), Date.UTC(2026, 1, 28, 22));
    assert.equal(intervalEnd('1M', Date.UTC(2028, 0, 31, 22)), Date.UTC(2028, 1, 29, 22));
    assert.equal(intervalEnd('1M', Date.UTC(2026, 2, 31, 21)), Date.UTC(2026, 3, 30, 21));
  });
});
