import assert from 'node:assert/strict';
import { slopeOf } from './slope';

describe('the slope that the soak reports', () => {
  it('is that of the line on which the points lie', () => {
    assert.equal(
      slopeOf([
        [10, 7],
        [20, 5],
        [40, 1],
      ]),
      -0.2,
    );
  });

  it('is that of the best line where they lie beside it', () => {
    // By hand: means 2 and 3, rise 4, run 2.
    assert.equal(
      slopeOf([
        [1, 2],
        [2, 1],
        [3, 6],
      ]),
      2,
    );
  });
});
