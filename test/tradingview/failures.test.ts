import assert from 'node:assert/strict';
import type { ErrorCode } from '../../src/feed/errors';
import type { ChartFailure } from '../../src/tradingview/chart-session';
import { readChartFailure } from '../../src/tradingview/failures';

const settings = { symbol: 'A:B', timeframe: '5s', history: 0, session: 'regular', adjustment: 'splits' } as const;

describe('failures of a series', () => {
  const cases: [ChartFailure['scope'], reason: string, ErrorCode, final: boolean][] = [
    ['symbol', 'invalid symbol', 'SYMBOL_UNKNOWN', true],
    ['symbol', '', 'SYMBOL_UNKNOWN', true],
    ['symbol', 'permission denied group economics_paid', 'SYMBOL_FORBIDDEN', true],
    ['series', 'resolve error srv-1@srv-1', 'SYMBOL_UNKNOWN', true],
    ['series', 'seconds_not_entitled undefined', 'TIMEFRAME_FORBIDDEN', true],
    ['series', 'ticks_not_entitled', 'TIMEFRAME_FORBIDDEN', true],
    ['series', 'resolution_not_entitled', 'TIMEFRAME_FORBIDDEN', true],
    ['series', 'custom_resolution undefined', 'TIMEFRAME_FORBIDDEN', true],
    ['series', 'unsupported resolution: INDEX:NDFI, 5 srv-1@srv-1', 'TIMEFRAME_FORBIDDEN', true],
    ['series', 'study_not_auth:BarSetSpread@tv-basicstudies-60', 'SYMBOL_FORBIDDEN', true],
    ['series', '', 'PROTOCOL', false],
    ['series', 'something new', 'PROTOCOL', false],
    ['session', 'invalid parameters method: create_series', 'PROTOCOL', false],
    ['session', 'exceed limit of series in the session', 'PROTOCOL', false],
    ['session', 'permission denied', 'PROTOCOL', false],
  ];

  for (const [scope, reason, code, final] of cases) {
    it(`“${reason}” of a ${scope} is ${code}, ${final ? 'for good' : 'and tried again'}`, () => {
      const read = readChartFailure({ scope, reason }, settings);
      assert.equal(read.error.code, code);
      assert.equal(read.final, final);
      assert.equal(read.error.symbol, 'A:B');
      assert.ok(read.error.message.includes(scope === 'session' ? 'A:B' : reason.slice(0, 40)));
    });
  }

  it('quote no more than a line of upstream’s words', () => {
    const { error } = readChartFailure({ scope: 'series', reason: 'x'.repeat(10_000) }, settings);
    assert.ok(error.message.length < 400);
  });
});
