import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SteppedClock } from '../../src/market/clock';
import type { Pace } from '../../src/market/pace';
import { MergedQuote, type Quote, type QuoteField } from '../../src/market/quote';
import { QuoteDelivery } from '../../src/market/quote-delivery';
import { say } from '../support/quote-values';

interface Told {
  /** Milliseconds since the start. */
  at: number;
  quote: Quote;
  changed: QuoteField[];
}

/** One subscriber on a stepped clock, and the quote it listens to. */
class Desk {
  readonly clock = new SteppedClock(0);
  readonly quote = new MergedQuote('A:B');
  readonly told: Told[] = [];
  readonly delivery: QuoteDelivery;
  wanted = true;
  asked = 0;

  constructor(throttle = 0, pace?: Pace) {
    const wants = () => {
      this.asked++;
      return this.wanted;
    };
    this.delivery = new QuoteDelivery({ clock: this.clock, throttle, wants, pace }, (quote, changed) =>
      this.told.push({ at: this.clock.now(), quote, changed }),
    );
  }

  /** One packet of upstream. */
  move(values: { [field in QuoteField]?: number | string | null }): void {
    this.delivery.update(this.quote, say(this.quote, values));
  }

  get prices() {
    return this.told.map(({ at, quote, changed }) => [at, quote.price, changed.join(' ')]);
  }
}

describe('quote delivery', () => {
  it('tells the whole quote each time that something moves, and what did; first all of it', () => {
    const desk = new Desk();
    desk.move({ price: 1, volume: null });
    desk.move({ bid: 2 });
    desk.move({ price: 3, bid: 2 });
    assert.deepEqual(
      desk.told.map(({ quote, changed }) => ({ quote, changed })),
      [
        { quote: { symbol: 'A:B', price: 1, volume: null }, changed: ['price', 'volume'] },
        { quote: { symbol: 'A:B', price: 1, volume: null, bid: 2 }, changed: ['bid'] },
        { quote: { symbol: 'A:B', price: 3, volume: null, bid: 2 }, changed: ['price'] },
      ],
    );
  });

  it('tells nothing when nothing moves, or while nothing is known', () => {
    const desk = new Desk();
    desk.move({});
    desk.move({ price: 1 });
    desk.move({ price: 1 });
    desk.move({});
    assert.equal(desk.told.length, 1);
  });

  it('tells one who comes late all that is known', () => {
    const desk = new Desk();
    say(desk.quote, { price: 1, exchange: 'X' });
    desk.move({});
    assert.deepEqual(desk.told, [
      { at: 0, quote: { symbol: 'A:B', price: 1, exchange: 'X' }, changed: ['price', 'exchange'] },
    ]);
  });

  it('with a throttle tells the newest state at most so often, with all that has moved since', () => {
    const desk = new Desk(100);
    desk.move({ price: 1 });
    desk.clock.advance(10);
    desk.move({ price: 2 });
    desk.clock.advance(10);
    desk.move({ bid: 1 });
    desk.move({ price: 3 });
    desk.clock.advance(79);
    assert.deepEqual(desk.prices, [[0, 1, 'price']]);
    desk.clock.advance(1);
    assert.deepEqual(desk.prices.slice(1), [[100, 3, 'price bid']]);
    desk.clock.advance(500);
    assert.equal(desk.told.length, 2);
    assert.equal(desk.clock.pending, 0, 'nothing is pending while nothing moves');
    desk.move({ price: 4 });
    desk.move({ price: 5 });
    assert.deepEqual(desk.prices.slice(2), [[600, 4, 'price']], 'at once after a pause');
    desk.clock.advance(100);
    assert.deepEqual(desk.prices.slice(3), [[700, 5, 'price']], 'the last one is never lost');
  });

  it('builds nothing for one who does not want it, and catches up with the first move that is wanted', () => {
    for (const throttle of [0, 100]) {
      const desk = new Desk(throttle);
      desk.wanted = false;
      desk.move({ price: 1, exchange: 'X' });
      desk.clock.advance(1_000);
      desk.move({ price: 2 });
      desk.clock.advance(1_000);
      assert.deepEqual([desk.told, desk.asked, desk.clock.pending], [[], 2, 0]);
      desk.wanted = true;
      desk.move({ bid: 3 });
      assert.deepEqual(desk.prices, [[2_000, 2, 'price bid exchange']]);
    }
  });

  it('asks anew when a pause is over, for wires may have gone', () => {
    const desk = new Desk(100);
    desk.move({ price: 1 });
    desk.move({ price: 2 });
    desk.wanted = false;
    desk.clock.advance(100);
    assert.equal(desk.told.length, 1);
    desk.wanted = true;
    desk.move({ bid: 1 });
    assert.deepEqual(desk.prices.slice(1), [[100, 2, 'price bid']]);
  });

  it('tells nothing after its end, and leaves no timer behind', () => {
    const desk = new Desk(100);
    desk.move({ price: 1 });
    desk.move({ price: 2 });
    desk.delivery.close();
    assert.equal(desk.clock.pending, 0);
    desk.move({ price: 3 });
    desk.clock.advance(1_000);
    assert.equal(desk.told.length, 1);
  });

  it('holds for any moves at any times: never too early, nothing lost, and `changed` is what has moved since', () => {
    const step = fc.record({
      wait: fc.nat(150),
      field: fc.constantFrom('price' as const, 'bid' as const, 'volume' as const),
      value: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.constantFrom(0, 1, 100), fc.array(step, { maxLength: 60 }), (throttle, steps) => {
        const desk = new Desk(throttle);
        const known: Record<string, number> = {};
        const owed = new Set<string>();
        let told = 0;
        const settle = () => {
          for (; told < desk.told.length; told++) {
            const { at, quote, changed } = desk.told[told] as Told;
            assert.deepEqual(quote, { symbol: 'A:B', ...known });
            assert.deepEqual(new Set(changed), owed);
            assert.ok(told === 0 || at - (desk.told[told - 1]?.at ?? 0) >= throttle);
            owed.clear();
          }
        };
        for (const { wait, field, value } of steps) {
          desk.clock.advance(wait);
          settle();
          if (known[field] !== value) owed.add(field);
          known[field] = value;
          desk.move({ [field]: value });
          settle();
        }
        desk.clock.advance(throttle);
        settle();
        assert.deepEqual([...owed], [], 'the last state was told');
      }),
    );
  });
});

describe('quote delivery to those who do not keep up', () => {
  it('tells the newest quote when there is a breath, with all that has moved, and nothing after the end', () => {
    let breathe = () => {};
    const pace: Pace = {
      mayTell: (waiting) => {
        breathe = () => waiting.release();
        return false;
      },
      overtaken: () => {},
    };
    const desk = new Desk(0, pace);
    desk.move({ price: 1, bid: 5 });
    desk.move({ price: 2 });
    assert.deepEqual(desk.prices, []);
    breathe();
    assert.deepEqual(desk.prices, [[0, 2, 'price bid']]);
    desk.move({ price: 3 });
    desk.move({ volume: 9 });
    breathe();
    breathe();
    assert.deepEqual(desk.prices.slice(1), [[0, 3, 'price volume']]);
    desk.move({ price: 4 });
    desk.delivery.close();
    breathe();
    assert.equal(desk.told.length, 2);
  });
});
