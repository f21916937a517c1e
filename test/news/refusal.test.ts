import assert from 'node:assert/strict';
import { readNewsRefusal } from '../../src/news/refusal';

describe('a refusal of the news server', () => {
  it('of robots stops; any other 403 is tried again later', () => {
    const robot = readNewsRefusal(403, undefined, '{"error": "no", "code": "BOT_BLOCKED", "requestId": "x"}');
    assert.deepEqual([robot.error.code, robot.stop], ['BANNED', true]);
    for (const body of ['', '<!doctype html>', '{"code": "OTHER"}', 'null', '"BOT_BLOCKED"']) {
      const other = readNewsRefusal(403, undefined, body);
      assert.deepEqual([other.error.code, other.stop, other.minWait], ['UNREACHABLE', undefined, 30_000], body);
    }
  });

  it('for want of room waits as long as it is asked to, half a minute at least and an hour at most', () => {
    for (const [header, body, seconds] of [
      ['30', '', 30],
      ['120', '{"retryAfter": 30}', 120],
      [undefined, '{"retryAfter": 45}', 45],
      [undefined, '', 30],
      ['1', '', 30],
      ['1800', '', 1800],
      ['1000000', '', 3600],
      ['soon', '', 30],
    ] as const) {
      const { error, minWait, stop } = readNewsRefusal(503, header, body);
      assert.deepEqual([error.code, minWait, stop], ['TOO_MANY_CONNECTIONS', seconds * 1000, undefined], header);
      assert.match(error.message, new RegExp(`${seconds} s`));
    }
  });

  it('of another kind is what it is of any server', () => {
    assert.equal(readNewsRefusal(429, '60', '').minWait, 60_000);
    assert.equal(readNewsRefusal(429, '60', '').error.code, 'RATE_LIMITED');
    assert.match(readNewsRefusal(404, undefined, '').error.message, /404/);
  });
});
