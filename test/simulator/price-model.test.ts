import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Character, join, PriceModel } from '../../src/simulator/price-model';

const CHARACTER: Character = { base: 100, dailyMove: 0.02, dailyLots: 50_000_000 };
const START = Date.UTC(2025, 0, 1) / 1000;

/** Stretches from seconds to weeks. */
const length = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.integer({ min: 1, max: 20_000 }),
  fc.integer({ min: 1, max: 2_000_000 }),
);
const seconds = fc.integer({ min: START, max: START + 90 * 86_400 });

describe('price model', () => {
  it('gives a stretch the exact aggregation of any two parts of it', () => {
    const model = new PriceModel(7, 'TEST:A', CHARACTER);
    fc.assert(
      fc.property(seconds, length, length, (from, first, second) => {
        const [a, b, c] = [from * 1000, (from + first) * 1000, (from + first + second) * 1000];
        assert.deepEqual(join(model.range(a, b), model.range(b, c)), model.range(a, c));
      }),
      { numRuns: 300 },
    );
  });

  it('is the same in another process, whatever was asked before', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.tuple(seconds, length), { minLength: 1, maxLength: 8 }), (seed, asked) => {
        const one = new PriceModel(seed, 'TEST:A', CHARACTER);
        const other = new PriceModel(seed, 'TEST:A', CHARACTER);
        const ask =
          (model: PriceModel) =>
          ([from, long]: [number, number]) =>
            model.range(from * 1000, (from + long) * 1000);
        assert.deepEqual(asked.map(ask(one)), asked.toReversed().map(ask(other)).toReversed());
      }),
      { numRuns: 50 },
    );
  });

  it('goes on where it stopped, inside its bounds, in whole lots', () => {
    const model = new PriceModel(1, 'TEST:B', CHARACTER);
    let previous = model.range((START - 1) * 1000, START * 1000);
    for (let second = START; second < START + 5000; second++) {
      const now = model.range(second * 1000, (second + 1) * 1000);
      assert.ok(now && previous);
      assert.equal(now.open, previous.close);
      assert.ok(0 < now.low && now.low <= Math.min(now.open, now.close));
      assert.ok(now.high >= Math.max(now.open, now.close));
      assert.ok(Number.isInteger(now.lots) && now.lots >= 0);
      previous = now;
    }
  });

  it('moves like a market: about as much a day as asked for, and every second', () => {
    const model = new PriceModel(3, 'TEST:C', CHARACTER);
    const moves: number[] = [];
    for (let day = 0; day < 400; day++) {
      const from = (START + day * 86_400) * 1000;
      const trades = model.range(from, from + 86_400_000);
      assert.ok(trades);
      moves.push(Math.abs(Math.log(trades.close / trades.open)));
    }
    const usual = moves.reduce((sum, move) => sum + move, 0) / moves.length;
    assert.ok(usual > 0.006 && usual < 0.04, `a usual day moves ${usual}`);
    const closes = new Set<number>();
    for (let second = 0; second < 60; second++) {
      closes.add(model.range((START + second) * 1000, (START + second + 1) * 1000)?.close ?? 0);
    }
    assert.ok(closes.size > 50);
  });

  it('has nothing in an empty stretch, and other prices for another seed or symbol', () => {
    const model = new PriceModel(1, 'TEST:A', CHARACTER);
    const day: [number, number] = [START * 1000, (START + 86_400) * 1000];
    assert.equal(model.range(day[0], day[0]), undefined);
    assert.notDeepEqual(model.range(...day), new PriceModel(2, 'TEST:A', CHARACTER).range(...day));
    assert.notDeepEqual(model.range(...day), new PriceModel(1, 'TEST:B', CHARACTER).range(...day));
  });
});
