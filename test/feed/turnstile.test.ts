import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Turnstile } from '../../src/feed/turnstile';

describe('turnstile', () => {
  function setUp(limit: number) {
    const turnstile = new Turnstile(limit);
    const entered: string[] = [];
    return { entered, pass: (name: string) => turnstile.pass(() => entered.push(name)) };
  }

  it('lets through at once while there is room', () => {
    const { entered, pass } = setUp(2);
    pass('a');
    pass('b');
    pass('c');
    assert.deepEqual(entered, ['a', 'b']);
  });

  it('lets the next in when one leaves, in the order in which they came', () => {
    const { entered, pass } = setUp(1);
    const leave = pass('a');
    const leaveB = pass('b');
    pass('c');
    leave();
    assert.deepEqual(entered, ['a', 'b']);
    leaveB();
    assert.deepEqual(entered, ['a', 'b', 'c']);
  });

  it('forgets who gives up waiting', () => {
    const { entered, pass } = setUp(1);
    const leave = pass('a');
    const giveUp = pass('b');
    pass('c');
    giveUp();
    leave();
    assert.deepEqual(entered, ['a', 'c']);
  });

  it('counts leaving once, before and after waiting', () => {
    const { entered, pass } = setUp(1);
    const leave = pass('a');
    const leaveB = pass('b');
    pass('c');
    pass('d');
    leave();
    leave();
    assert.deepEqual(entered, ['a', 'b']);
    leaveB();
    leaveB();
    assert.deepEqual(entered, ['a', 'b', 'c']);
  });

  it('never has more inside than allowed, nor keeps one waiting while there is room', () => {
    const steps = fc.array(fc.oneof(fc.constant('come' as const), fc.nat(20)), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), steps, (limit, course) => {
        const turnstile = new Turnstile(limit);
        const inside = new Set<number>();
        const present = new Map<number, () => void>();
        for (const [n, step] of course.entries()) {
          if (step === 'come') {
            present.set(
              n,
              turnstile.pass(() => inside.add(n)),
            );
          } else {
            const [who, leave] = [...present][step % Math.max(1, present.size)] ?? [];
            if (who === undefined) continue;
            present.delete(who);
            inside.delete(who);
            leave?.();
          }
          assert.equal(inside.size, Math.min(limit, present.size));
        }
      }),
    );
  });
});
