import assert from 'node:assert/strict';
import { Delivered } from '../../src/news/delivered';

describe('what has been delivered', () => {
  it('is known, in bounded memory', () => {
    const delivered = new Delivered();
    for (let link = 0; link < 5_000; link++) delivered.add(String(link));
    assert.equal(delivered.newest(Number.POSITIVE_INFINITY).length, 1_000);
    assert.ok(delivered.sees('4999') && !delivered.sees('3999'));
  });

  it('is never forgotten while the server goes on repeating it', () => {
    const delivered = new Delivered(['breaking']);
    for (let link = 0; link < 5_000; link++) {
      assert.ok(delivered.sees('breaking'));
      delivered.add(String(link));
    }
  });

  it('goes over to another life in its order', () => {
    const delivered = new Delivered(['a', 'b', 'c']);
    delivered.sees('a');
    assert.deepEqual(delivered.newest(2), ['c', 'a']);
    assert.deepEqual(new Delivered(delivered.newest(3)).newest(3), ['b', 'c', 'a']);
  });
});
