import assert from 'node:assert/strict';
import { readStudyComplaint, sayLimit } from '../../src/tradingview/failures';

const RSI = { symbol: 'A:B', name: 'STD;RSI' };

describe('what upstream’s complaint about a study means', () => {
  const rows: [reason: string, runtime: boolean, kind: string, code: string][] = [
    [
      'The maximum number of studies per chart has been reached for current subscription',
      false,
      'limit',
      'INDICATOR_LIMIT',
    ],
    ['exceed limit of studies in the session', false, 'limit', 'INDICATOR_LIMIT'],
    ['study_not_auth:Script@tv-scripting-101', false, 'final', 'INDICATOR_FORBIDDEN'],
    ['Study not allowed in this connection', false, 'final', 'INDICATOR_FORBIDDEN'],
    ['permission denied', false, 'final', 'INDICATOR_FORBIDDEN'],
    ['Error on bar 7: Index 5 is out of bounds.', true, 'final', 'INDICATOR_FAILED'],
    ['check study unexpected error', false, 'passing', 'INDICATOR_FAILED'],
    ['resolve error', false, 'passing', 'INDICATOR_FAILED'],
    ['', false, 'passing', 'INDICATOR_FAILED'],
  ];
  for (const [reason, runtime, kind, code] of rows) {
    it(`“${reason}”${runtime ? ' at run time' : ''}: ${kind}, ${code}`, () => {
      const read = readStudyComplaint(reason, runtime, RSI);
      assert.deepEqual([read.kind, read.error.code, read.error.symbol], [kind, code, 'A:B']);
      assert.ok(read.error.message.includes(reason.replace(/\.$/, '')));
      assert.doesNotMatch(read.error.message, /\.\.|: \./);
    });
  }

  it('is cut where it goes on for ever', () => {
    assert.ok(readStudyComplaint('x'.repeat(10_000), true, RSI).error.message.length < 500);
  });

  it('of a script that failed by its own words is not taken for a refusal', () => {
    const { kind, error } = readStudyComplaint(
      "Permission to go on: 'request.security()' is not allowed here",
      true,
      RSI,
    );
    assert.deepEqual([kind, error.code], ['final', 'INDICATOR_FAILED']);
  });
});

describe('what it means that there is no slot', () => {
  it('names the limit, the holders, and what to do', () => {
    assert.equal(
      sayLimit(RSI, 2, ['STD;MACD', 'STD;EMA']).message,
      'STD;RSI has to wait: A:B may carry 2 indicators, which STD;MACD, STD;EMA hold. Remove one, or choose a plan with more.',
    );
    assert.match(sayLimit(RSI, 1, ['STD;MACD']).message, /may carry 1 indicator, which STD;MACD holds\. Remove one/);
    assert.match(sayLimit(RSI, 0, []).message, /no room for an indicator on A:B\. It is tried again\.$/);
  });
});
