import assert from 'node:assert/strict';
import { SteppedClock } from '../../src/market/clock';
import { CandleClock } from '../../src/tradingview/candle-clock';

const START = 1_000_000;

function setUp({ delay = 0 } = {}) {
  const clock = new SteppedClock(START + delay);
  const told: string[] = [];
  const market = { heardUntil: Number.POSITIVE_INFINITY, isOpen: (_time: number) => true };
  const candleClock = new CandleClock({
    clock,
    marketTime: () => clock.now() - delay,
    heardUntil: () => market.heardUntil,
    isOpen: (time) => market.isOpen(time),
    close: () => told.push(`close ${(clock.now() - delay - START) / 1000}`),
    overdue: () => told.push(`overdue ${(clock.now() - delay - START) / 1000}`),
  });
  const watch = (closeTime: number | null, deadline: number | null) => {
    const time = (seconds: number | null) => seconds && START + seconds * 1000;
    candleClock.watch(time(closeTime), time(deadline));
  };
  return { clock, candleClock, told, market, watch };
}

describe('candle clock: closing', () => {
  it('comes at the deadline, once', () => {
    const { clock, told, watch } = setUp();
    watch(10, 12);
    clock.advance(11_999);
    assert.deepEqual(told, []);
    clock.advance(1);
    assert.deepEqual(told, ['close 12']);
    clock.advance(30_000);
    assert.equal(told.length, 1);
  });

  it('is measured in market time, which is late for a delayed symbol', () => {
    const { clock, told, watch } = setUp({ delay: 900_000 });
    watch(10, 12);
    clock.advance(12_000);
    assert.deepEqual(told, ['close 12']);
  });

  it('follows a deadline that moves, and is off when there is none', () => {
    const { clock, told, watch } = setUp();
    watch(10, 12);
    watch(20, 22);
    clock.advance(12_000);
    assert.deepEqual(told, []);
    watch(20, null);
    clock.advance(12_000);
    assert.deepEqual(told, []);
  });

  it('has one timer for each of its tasks, however often it is told the same', () => {
    const { clock, watch } = setUp();
    for (let n = 0; n < 10; n++) watch(10, 12);
    assert.equal(clock.pending, 2);
  });

  it('waits for a sign of life since the close time', () => {
    const { clock, told, market, watch } = setUp();
    market.heardUntil = START + 9_999;
    watch(10, 12);
    clock.advance(30_000);
    assert.deepEqual(told, []);
    market.heardUntil = START + 10_000;
    clock.advance(250);
    assert.equal(told.length, 1);
  });
});

describe('candle clock: overdue candles', () => {
  it('are asked for 60 s past the close time, and every 5 minutes then', () => {
    const { clock, told, watch } = setUp();
    watch(10, null);
    clock.advance(1_000_000);
    assert.deepEqual(told, ['overdue 70', 'overdue 370', 'overdue 670', 'overdue 970']);
  });

  it('are not asked for more often because candles come in between', () => {
    const { clock, told, watch } = setUp();
    watch(10, null);
    clock.advance(80_000);
    watch(90, null);
    clock.advance(1_000_000);
    assert.deepEqual(told.slice(0, 3), ['overdue 70', 'overdue 370', 'overdue 670']);
  });

  it('are none where candles come in time, or the close time is unknown', () => {
    const { clock, told, watch } = setUp();
    for (let n = 1; n < 60; n++) {
      watch(n * 60, null);
      clock.advance(60_000);
    }
    watch(null, null);
    clock.advance(1_000_000);
    assert.deepEqual(told, []);
  });

  it('are none in a closed market, nor right after the opening', () => {
    const { clock, told, market, watch } = setUp();
    market.isOpen = (time) => time >= START + 600_000;
    watch(10, null);
    clock.advance(659_000);
    assert.deepEqual(told, []);
    clock.advance(62_000);
    assert.equal(told.length, 1);
  });

  it('are none once it is stopped', () => {
    const { clock, told, candleClock, watch } = setUp();
    watch(10, 12);
    candleClock.stop();
    assert.equal(clock.pending, 0);
    clock.advance(1_000_000);
    assert.deepEqual(told, []);
  });
});
