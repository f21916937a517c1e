import assert from 'node:assert/strict';
import sinon from 'sinon';
import { SteppedClock, systemClock } from '../../src/market/clock';

describe('stepped clock', () => {
  it('stands still until it is told to move', () => {
    const clock = new SteppedClock(1_000);
    assert.equal(clock.now(), 1_000);
    clock.advance(250);
    assert.equal(clock.now(), 1_250);
  });

  it('runs what falls due in the order of its time, each at its own time', () => {
    const clock = new SteppedClock(0);
    const ran: [string, number][] = [];
    const note = (name: string) => () => ran.push([name, clock.now()]);
    clock.after(20, note('b'));
    clock.after(10, note('a'));
    clock.after(20, note('c'));
    clock.after(31, note('never'));
    clock.advance(30);
    assert.deepEqual(ran, [
      ['a', 10],
      ['b', 20],
      ['c', 20],
    ]);
    assert.equal(clock.now(), 30);
    assert.equal(clock.pending, 1);
  });

  it('also runs what those calls ask for, as far as the time goes', () => {
    const clock = new SteppedClock(0);
    let ticks = 0;
    const tick = () => {
      ticks++;
      clock.after(10, tick);
    };
    tick();
    clock.advance(100);
    assert.equal(ticks, 11);
    assert.equal(clock.pending, 1);
  });

  it('runs what is due now only when it moves, if by nothing', () => {
    const clock = new SteppedClock(0);
    let ran = 0;
    clock.after(0, () => ran++);
    clock.after(-5, () => ran++);
    assert.equal(ran, 0);
    clock.advance(0);
    assert.equal(ran, 2);
  });

  it('forgets what is cancelled, twice and afterwards too', () => {
    const clock = new SteppedClock(0);
    const first = clock.after(10, () => assert.fail());
    let ran = 0;
    const second = clock.after(10, () => ran++);
    first.cancel();
    first.cancel();
    assert.equal(clock.pending, 1);
    clock.advance(10);
    second.cancel();
    assert.equal(ran, 1);
    assert.equal(clock.pending, 0);
  });
});

describe('system clock', () => {
  it('is close to the wall clock and never runs backwards', () => {
    const times = Array.from({ length: 1_000 }, () => systemClock.now());
    assert.ok(Math.abs((times[0] as number) - Date.now()) < 1_000);
    assert.ok(times.every((time, place) => place === 0 || time >= (times[place - 1] as number)));
  });

  describe('waits', () => {
    let timers: sinon.SinonFakeTimers;

    beforeEach(() => {
      timers = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    });

    afterEach(() => timers.restore());

    it('as long as it is told, and not at all for less than nothing', () => {
      const ran = sinon.spy();
      systemClock.after(500, ran);
      timers.tick(499);
      assert.equal(ran.callCount, 0);
      timers.tick(1);
      assert.equal(ran.callCount, 1);
      systemClock.after(-1, ran);
      timers.tick(0);
      assert.equal(ran.callCount, 2);
    });

    it('longer than a timer of the platform can', () => {
      const ran = sinon.spy();
      const days = 60 * 86_400_000;
      systemClock.after(days, ran);
      timers.tick(days - 1);
      assert.equal(ran.callCount, 0);
      timers.tick(1);
      assert.equal(ran.callCount, 1);
    });

    it('until it is cancelled, also on the way of a long wait', () => {
      const ran = sinon.spy();
      const long = systemClock.after(2 ** 32, ran);
      timers.tick(2 ** 31 + 5);
      long.cancel();
      systemClock.after(10, ran).cancel();
      timers.tick(2 ** 33);
      assert.equal(ran.callCount, 0);
      assert.equal(timers.countTimers(), 0);
    });
  });
});
