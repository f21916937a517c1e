import assert from 'node:assert/strict';
import { LoopPace } from '../../src/feed/loop-pace';
import type { Waiting } from '../../src/market/pace';
import { LateClock } from '../support/late-clock';

/** Something that may be told, and counts how often it was. */
class Teller implements Waiting {
  told = 0;

  release(): void {
    this.told++;
  }
}

describe('the pace of the event loop', () => {
  let clock: LateClock;
  let pace: LoopPace;
  let changes: boolean[];

  beforeEach(() => {
    clock = new LateClock(0);
    changes = [];
    pace = new LoopPace({ clock, changed: () => changes.push(pace.strained) });
  });

  /** Lets something be told once. @returns whether it was told at once */
  const tell = (teller: Waiting) => pace.mayTell(teller);
  function strain(): void {
    clock.late = 201;
    tell(new Teller());
    clock.advance(301);
  }

  it('is easy while the event loop is in time, or less than 200 ms late', () => {
    const teller = new Teller();
    clock.late = 200;
    for (let n = 0; n < 50; n++) {
      assert.equal(tell(teller), true);
      clock.advance(50);
    }
    assert.deepEqual(changes, []);
    assert.equal(pace.conflated, 0);
  });

  it('costs nothing while nothing is told', () => {
    tell(new Teller());
    assert.equal(clock.pending, 1);
    clock.advance(1_000);
    assert.equal(clock.pending, 0);
  });

  it('is strained when that is later; then each waits for the next breath, and is told once', () => {
    strain();
    assert.deepEqual([pace.strained, changes], [true, [true]]);
    const [one, other] = [new Teller(), new Teller()];
    for (const teller of [one, other, one, one]) assert.equal(tell(teller), false);
    assert.deepEqual([one.told, other.told], [0, 0]);
    clock.advance(301);
    assert.deepEqual([one.told, other.told], [1, 1]);
    assert.equal(pace.conflated, 2);
    clock.advance(301);
    assert.deepEqual([one.told, other.told], [1, 1]);
  });

  it('is easy again after two seconds in time, and nothing that waited is lost', () => {
    strain();
    clock.late = 0;
    clock.advance(301);
    const teller = new Teller();
    let at = 0;
    while (pace.strained && at < 10_000) {
      tell(teller);
      at += 100;
      clock.advance(100);
    }
    assert.ok(at >= 1_800 && at <= 2_100, `${at} ms`);
    assert.deepEqual(changes, [true, false]);
    assert.equal(teller.told, at / 100);
    assert.equal(tell(teller), true);
  });

  it('begins to count anew when it is late once more', () => {
    strain();
    clock.late = 0;
    clock.advance(301 + 1_500);
    clock.late = 300;
    clock.advance(100); // the breath before was still in time
    clock.late = 0;
    clock.advance(400 + 1_500);
    assert.equal(pace.strained, true);
    clock.advance(600);
    assert.equal(pace.strained, false);
  });

  it('does not tell what has been overtaken, nor anything after its end', () => {
    strain();
    const [overtaken, left] = [new Teller(), new Teller()];
    tell(overtaken);
    pace.overtaken(overtaken);
    pace.overtaken(overtaken);
    assert.equal(pace.conflated, 1);
    tell(left);
    pace.end();
    assert.equal(clock.pending, 0);
    clock.advance(10_000);
    assert.deepEqual([overtaken.told, left.told], [0, 0]);
  });
});
