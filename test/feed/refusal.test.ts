import assert from 'node:assert/strict';
import { readRefusal } from '../../src/feed/refusal';

describe('an HTTP answer that is not the one hoped for', () => {
  it('429 waits 30 s at least, longer if asked to, a quarter of an hour at most', () => {
    for (const [after, wait] of [
      [undefined, 30_000],
      ['5', 30_000],
      ['120', 120_000],
      ['100000', 900_000],
      ['Wed, 21 Oct 2026 07:28:00 GMT', 30_000],
      ['-1', 30_000],
    ] as const) {
      const { error, minWait, stop } = readRefusal(429, after);
      assert.equal(error.code, 'RATE_LIMITED');
      assert.equal(minWait, wait, after);
      assert.notEqual(stop, true);
    }
  });

  it('403 waits 30 s at least', () => {
    const { error, minWait } = readRefusal(403, undefined);
    assert.equal(error.code, 'UNREACHABLE');
    assert.equal(minWait, 30_000);
  });

  it('anything else keeps to the backoff', () => {
    for (const status of [404, 500, 502, 503, 0]) {
      const failure = readRefusal(status, undefined);
      assert.equal(failure.error.code, 'UNREACHABLE');
      assert.equal(failure.minWait, undefined);
      assert.match(failure.error.message, new RegExp(String(status)));
    }
  });
});
