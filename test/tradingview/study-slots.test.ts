import assert from 'node:assert/strict';
import fc from 'fast-check';
import { StudySlots } from '../../src/tradingview/study-slots';

/** Some who want slots, and what they were told. */
function queue(limit: number, names = 'abcdef') {
  const slots = new StudySlots(limit);
  const told: string[] = [];
  const holders = new Map(
    [...names].map((name) => [
      name,
      {
        name,
        admitted: () => told.push(`${name} in`),
        waiting: (most: number, inside: readonly string[]) =>
          told.push(`${name} waits: ${most} for ${inside.join('')}`),
      },
    ]),
  );
  const one = (name: string) => holders.get(name) ?? assert.fail(name);
  return {
    slots,
    take: () => told.splice(0),
    ask: (name: string) => slots.ask(one(name)),
    leave: (name: string) => slots.leave(one(name)),
    deny: (name: string) => slots.deny(one(name)),
    has: (name: string) => slots.has(one(name)),
  };
}

describe('study slots', () => {
  it('let in as many as there are, and tell the others why they wait', () => {
    const { ask, take, has } = queue(2);
    for (const name of 'abc') ask(name);
    assert.deepEqual(take(), ['a in', 'b in', 'c waits: 2 for ab']);
    assert.deepEqual([has('b'), has('c')], [true, false]);
  });

  it('go to the next in line, in the order of coming', () => {
    const { ask, take, leave } = queue(1);
    for (const name of 'abc') ask(name);
    take();
    leave('a');
    leave('b');
    assert.deepEqual(take(), ['b in', 'c in']);
  });

  it('are asked for once: asking again, or leaving twice, changes nothing', () => {
    const { ask, take, leave } = queue(1);
    for (const name of 'aabb') ask(name);
    assert.deepEqual(take(), ['a in', 'b waits: 1 for a']);
    leave('b');
    leave('b');
    leave('a');
    leave('a');
    assert.deepEqual(take(), []);
    ask('b');
    assert.deepEqual(take(), ['b in']);
  });

  it('are fewer than was thought where upstream denies one, which is the next in line', () => {
    const { ask, take, leave, deny } = queue(3);
    for (const name of 'abcd') ask(name);
    take();
    deny('c');
    assert.deepEqual(take(), ['c waits: 2 for ab']);
    leave('a');
    assert.deepEqual(take(), ['c in']);
    ask('e');
    assert.deepEqual(take(), ['e waits: 2 for bc']);
    deny('e');
    deny('f');
    assert.deepEqual(take(), [], 'who has none cannot be denied one');
    leave('b');
    assert.deepEqual(take(), ['d in']);
  });

  it('are as many as planned when upstream begins anew', () => {
    const { ask, take, deny, leave, slots } = queue(2);
    for (const name of 'abc') ask(name);
    deny('b');
    deny('a');
    assert.deepEqual(take().slice(-2), ['b waits: 1 for a', 'a waits: 0 for ']);
    leave('c');
    slots.reset();
    assert.deepEqual(take(), ['a in', 'b in']);
  });

  it('are never held by more than there are, and never empty while somebody waits', () => {
    const step = fc.tuple(fc.constantFrom('ask', 'leave', 'deny'), fc.constantFrom(...'abcdef'));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4 }), fc.array(step), (planned, steps) => {
        const all = queue(planned);
        const waiting = new Set<string>();
        let limit = planned;
        for (const [what, name] of steps) {
          const held = [...'abcdef'].filter(all.has);
          if (what === 'deny' && held.includes(name)) limit = held.length - 1;
          if (what === 'leave') waiting.delete(name);
          all[what as 'ask'](name);
          for (const told of all.take()) {
            if (told.endsWith(' in')) waiting.delete(told[0] as string);
            else waiting.add(told[0] as string);
          }
          const now = [...'abcdef'].filter(all.has);
          assert.ok(now.length <= limit);
          assert.ok(now.length === limit || waiting.size === 0, `${now} of ${limit}, while ${[...waiting]} wait`);
          assert.ok(now.every((one) => !waiting.has(one)));
        }
      }),
    );
  });
});
