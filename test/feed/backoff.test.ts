import assert from 'node:assert/strict';
import fc from 'fast-check';
import { backoffDelay } from '../../src/feed/backoff';

const ALMOST_ONE = 1 - 2 ** -52;

describe('backoff', () => {
  it('doubles from 1 s to 60 s, and half of it is fixed', () => {
    for (const [failures, seconds] of [1, 2, 4, 8, 16, 32, 60, 60, 60].entries()) {
      assert.equal(backoffDelay(failures, 0), (seconds * 1000) / 2);
      assert.ok(Math.abs(backoffDelay(failures, ALMOST_ONE) - seconds * 1000) < 1);
    }
  });

  it('never leaves its bounds, however many failures', () => {
    const random = fc.double({ min: 0, max: ALMOST_ONE, noNaN: true });
    fc.assert(
      fc.property(fc.nat(), random, (failures, chance) => {
        const delay = backoffDelay(failures, chance);
        assert.ok(delay >= 500 && delay <= 60_000);
        assert.ok(backoffDelay(failures + 1, chance) >= delay);
      }),
    );
  });
});
