import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CandleLoad } from '../../src/market/candle-load';
import { bar } from '../support/candles';

describe('candle load', () => {
  it('is empty at first', () => {
    const load = new CandleLoad();
    assert.equal(load.size, 0);
    assert.equal(load.oldest, Number.POSITIVE_INFINITY);
    assert.deepEqual(load.bars(), []);
    assert.equal(load.closeTime, null);
  });

  it('joins pages that overlap; the newest word on a bar counts', () => {
    const load = new CandleLoad();
    load.add([bar(30, 1), bar(40, 1)], 50);
    load.add([bar(10, 2), bar(20, 2), bar(30, 2)], null);
    assert.deepEqual(load.bars(), [bar(10, 2), bar(20, 2), bar(30, 2), bar(40, 1)]);
    assert.equal(load.size, 4);
    assert.equal(load.oldest, 10);
  });

  it('has the close time of its newest bar, whatever older pages say', () => {
    const load = new CandleLoad();
    load.add([bar(30)], 40);
    load.add([bar(10), bar(20)], 30);
    assert.equal(load.closeTime, 40);
    load.add([bar(30, 5)], null);
    assert.equal(load.closeTime, 40, 'still known');
    load.add([bar(30, 6)], 45);
    assert.equal(load.closeTime, 45);
    load.add([bar(40)], null);
    assert.equal(load.closeTime, null, 'the newest one’s is not known');
    load.add([], 99);
    assert.equal(load.closeTime, null, 'of no bar');
  });

  it('comes to the same in whatever order its parts come', () => {
    const parts = fc.array(fc.array(fc.nat(50), { maxLength: 10 }), { maxLength: 6 });
    fc.assert(
      fc.property(parts, (pages) => {
        const load = new CandleLoad();
        for (const page of pages)
          load.add(
            page.map((time) => bar(time)),
            null,
          );
        const times = [...new Set(pages.flat())].sort((a, b) => a - b);
        assert.deepEqual(
          load.bars(),
          times.map((time) => bar(time)),
        );
        assert.equal(load.oldest, times[0] ?? Number.POSITIVE_INFINITY);
      }),
    );
  });
});
