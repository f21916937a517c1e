import assert from 'node:assert/strict';
import type { Faults } from '../../src/simulator/faults';
import { OUTAGES } from '../support/outages';
import { Practice, type Watch, withoutIndex } from '../support/practice-client';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const STEP = 5 * MINUTE;
/** When a candle opens. */
const OPEN = Date.UTC(2026, 4, 13, 14);
const BTC = 'BINANCE:BTCUSDT';

/** A client that streams, and is met 150 s after a candle has opened; it has told the one before as closed. */
function inMidCandle(): { practice: Practice; watch: Watch; faults: Faults } {
  const practice = new Practice(OPEN - 20 * SECOND);
  const watch = practice.watch({ symbol: BTC, timeframe: '5m', history: 5 });
  practice.seconds(20 + 150);
  assert.deepEqual(told(watch), [['history'], ['closed', -1]]);
  return { practice, watch, faults: practice.market.faults };
}

/** What was told, but for forming candles and errors; times in candles from the start. */
function told(watch: Watch): unknown[][] {
  const place = (time: number) => (time - OPEN) / STEP;
  return watch.events.flatMap((event) => {
    switch (event.event) {
      case 'history':
        return [['history']];
      case 'closed':
        return [[event.backfilled ? 'backfilled' : 'closed', place(event.candle.timestamp)]];
      case 'correction':
        return [['correction', place(event.candle.timestamp)]];
      case 'gap':
        return [['gap', place(event.from), place(event.to)]];
      default:
        return [];
    }
  });
}

/** Each closed candle was told once and in order, with an index that never jumps, and by now all have the true values. */
function assertTrue(practice: Practice, watch: Watch): void {
  const candles = watch.events.flatMap((event) => {
    if (event.event === 'history') return event.candles;
    return event.event === 'closed' ? [event.candle] : [];
  });
  assert.deepEqual(
    candles.map(({ index }) => index),
    candles.map((_, index) => index),
  );
  for (const { candle } of watch.of('correction')) candles[candle.index as number] = candle;
  const { from, to } = watch.of('gap')[0] ?? { from: 0, to: 0 };
  const [first, last] = [candles[0]?.timestamp ?? 0, candles.at(-1)?.timestamp ?? 0];
  const truth = practice.truth(BTC, '5m', first, last + 1);
  assert.deepEqual(
    withoutIndex(candles),
    truth.filter(({ timestamp }) => timestamp < from || timestamp >= to),
  );
}

describe('client: a socket that', () => {
  for (const { what, begin, end, beats } of OUTAGES) {
    const first = beats ? ['closed', 0] : ['backfilled', 0];
    const corrected = beats ? [['correction', 0]] : [];

    describe(what, () => {
      it('over three closes: those three come once and in order, before the next one', () => {
        const { practice, watch, faults } = inMidCandle();
        begin(faults);
        practice.seconds(3 * 300);
        assert.deepEqual(told(watch).slice(2), beats ? [first] : []);
        end(faults);
        practice.seconds(149);
        const late = [first, ...corrected, ['backfilled', 1], ['backfilled', 2]];
        assert.deepEqual(told(watch).slice(2), late);
        practice.seconds(300);
        assert.deepEqual(told(watch).slice(2), [...late, ['closed', 3]]);
        assertTrue(practice, watch);
      });

      it('for longer than upstream’s history: one gap with exact edges, then the rest', () => {
        const { practice, watch, faults } = inMidCandle();
        begin(faults);
        practice.seconds(30 * 300);
        faults.limitHistory(10);
        end(faults);
        practice.seconds(149 + 300);
        const rest = Array.from({ length: 9 }, (_, n) => ['backfilled', 21 + n]);
        const expected = [...(beats ? [first] : []), ['gap', beats ? 1 : 0, 21], ...rest, ['closed', 30]];
        assert.deepEqual(told(watch).slice(2), expected);
      });

      it('for any while: nothing is lost, repeated or out of order', () => {
        for (const seconds of [1, 12, 19, 21, 30, 40, 75, 149, 151, 160, 280, 460, 1_000]) {
          const { practice, watch, faults } = inMidCandle();
          begin(faults);
          practice.seconds(seconds);
          end(faults);
          practice.seconds(1_000);
          assertTrue(practice, watch);
          assert.deepEqual(watch.of('gap'), [], `${seconds} s`);
          assert.equal(watch.of('history').length, 1);
          if (seconds < 60)
            assert.ok(
              watch.of('closed').every(({ backfilled }) => !backfilled),
              `${seconds} s`,
            );
        }
      });
    });
  }
});
