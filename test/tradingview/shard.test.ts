import assert from 'node:assert/strict';
import fc from 'fast-check';
import { takesSymbol } from '../../src/tradingview/shard';

const symbols = Array.from({ length: 5_000 }, (_, n) => `EXCHANGE${n % 7}:SYMBOL${n}`);
/** Which of `count` instances take a symbol. */
const takers = (symbol: string, count: number) =>
  Array.from({ length: count }, (_, i) => i + 1).filter((index) => takesSymbol(symbol, { index, count }));

describe('shard', () => {
  it('takes everything where there is none', () => {
    assert.ok(symbols.every((symbol) => takesSymbol(symbol, null)));
    assert.ok(symbols.every((symbol) => takesSymbol(symbol, { index: 1, count: 1 })));
  });

  it('gives each symbol to exactly one instance, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 40 }), (symbol, count) => {
        assert.equal(takers(symbol, count).length, 1);
      }),
      { numRuns: 1_000 },
    );
  });

  it('moves any symbol to the new instance or not at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 40 }), (symbol, count) => {
        const [before] = takers(symbol, count);
        const [after] = takers(symbol, count + 1);
        assert.ok(after === before || after === count + 1);
      }),
      { numRuns: 1_000 },
    );
  });

  it('shares evenly', () => {
    for (const count of [2, 3, 10]) {
      const shares = new Map<number, number>();
      for (const symbol of symbols) {
        const [taker] = takers(symbol, count) as [number];
        shares.set(taker, (shares.get(taker) ?? 0) + 1);
      }
      const fair = symbols.length / count;
      for (const share of shares.values()) assert.ok(Math.abs(share - fair) < 0.2 * fair, `${share} of ${fair}`);
      assert.equal(shares.size, count);
    }
  });

  it('moves with one more instance only what falls to that one, about 1/N', () => {
    for (const count of [1, 2, 3, 9]) {
      let moved = 0;
      for (const symbol of symbols) {
        const [before] = takers(symbol, count);
        const [after] = takers(symbol, count + 1);
        if (before === after) continue;
        assert.equal(after, count + 1);
        moved++;
      }
      const fair = symbols.length / (count + 1);
      assert.ok(Math.abs(moved - fair) < 0.2 * fair, `${moved} of ${fair}`);
    }
  });

  it('is the same on every machine and for ever', () => {
    // Were these to change with a version, instances of two versions would fight over symbols.
    const one = ['BINANCE:BTCUSDT', 'BINANCE:ETHUSDT', 'NASDAQ:AAPL', 'KRX:005930', 'FX:EURUSD', 'NSE:M&M'];
    assert.deepEqual(
      one.map((symbol) => takers(symbol, 3)[0]),
      [2, 2, 3, 1, 2, 2],
    );
  });
});
