import assert from 'node:assert/strict';
import { type IndicatorPractice, type IndicatorWatch, LookUpDesk } from '../support/indicator-practice';

const START = Date.UTC(2026, 4, 13, 14, 0, 20);
const BTC = 'BINANCE:BTCUSDT';

describe('client: indicators that cannot be had', () => {
  const desk = new LookUpDesk();
  let practice: IndicatorPractice;

  before(() => desk.open());
  after(() => desk.close());
  beforeEach(async () => {
    practice = await desk.practice(START);
  });
  afterEach(async () => {
    await practice.client.close();
    assert.equal(practice.clock.pending, 0, 'no timer is left');
    assert.equal(practice.market.stats().studies, 0);
    assert.deepEqual(practice.logs, []);
  });

  const watch = (indicator: string, more = {}) => practice.indicator({ symbol: BTC, indicator, history: 2, ...more });
  const codes = ({ errors }: IndicatorWatch) => errors.map(({ code }) => code);

  describe('for want of a slot', () => {
    it('wait, with the limit and the holders told; the first in line starts by itself when one leaves', async () => {
      const [rsi, macd] = [await watch('STD;RSI'), await watch('STD;MACD')];
      const ema = await watch('STD;EMA');
      const fast = await watch('STD;RSI', { inputs: { in_0: 7 } });
      practice.seconds(70);
      assert.deepEqual([codes(rsi), codes(macd)], [[], []]);
      assert.deepEqual(ema.errors, [
        {
          code: 'INDICATOR_LIMIT',
          message:
            'STD;EMA has to wait: BINANCE:BTCUSDT may carry 2 indicators, which STD;RSI, STD;MACD hold. Remove one, or choose a plan with more.',
          symbol: BTC,
        },
      ]);
      assert.deepEqual([ema.subscription.state, ema.kinds, codes(fast)], ['queued', ['error'], ['INDICATOR_LIMIT']]);
      assert.equal(practice.studiesAsked.length, 2, 'nothing was sent for it');
      rsi.subscription.close();
      practice.seconds(1);
      assert.deepEqual([ema.kinds, ema.subscription.state], [['error', 'history'], 'live']);
      assert.deepEqual(fast.kinds, ['error']);
      practice.seconds(60);
      assert.deepEqual(
        [ema.kinds, macd.kinds],
        [
          ['error', 'history', 'closed'],
          ['history', 'closed', 'closed'],
        ],
      );
    });

    it('have others of the same study told the same, and may be closed while they wait', async () => {
      const [rsi] = [await watch('STD;RSI'), await watch('STD;MACD')];
      const [one, other] = [await watch('STD;EMA'), await watch('STD;EMA')];
      assert.deepEqual([codes(one), codes(other)], [['INDICATOR_LIMIT'], ['INDICATOR_LIMIT']]);
      one.subscription.close();
      other.subscription.close();
      rsi.subscription.close();
      practice.seconds(70);
      assert.deepEqual([one.kinds, practice.market.stats().studies], [['error'], 1]);
    });

    it('wait over an outage, and are not told of again', async () => {
      const [rsi] = [await watch('STD;RSI'), await watch('STD;MACD')];
      const ema = await watch('STD;EMA');
      practice.seconds(30);
      practice.transport.drop();
      practice.seconds(60);
      assert.deepEqual(codes(ema), ['INDICATOR_LIMIT']);
      rsi.subscription.close();
      practice.seconds(60);
      assert.deepEqual(ema.kinds, ['error', 'history', 'closed']);
    });

    it('are counted by series', async () => {
      for (const symbol of [BTC, 'BINANCE:ETHUSDT']) {
        for (const timeframe of ['1m', '5m']) {
          for (const indicator of ['STD;RSI', 'STD;MACD']) await watch(indicator, { symbol, timeframe });
        }
      }
      practice.seconds(5);
      assert.equal(practice.market.stats().studies, 8);
    });

    it('are as many as the plan or the setting says', async () => {
      await practice.client.close();
      practice = await desk.practice(START, { maxStudies: 1 });
      const [, second] = [await watch('STD;RSI'), await watch('STD;MACD')];
      assert.deepEqual(codes(second), ['INDICATOR_LIMIT']);
      assert.match(second.errors[0]?.message ?? '', /may carry 1 indicator, which STD;RSI holds/);
    });

    it('believe upstream where it refuses earlier than the plan', async () => {
      await practice.client.close();
      practice = await desk.practice(START, { plan: 'premium' }, { studiesPerSeries: 1 });
      const rsi = await watch('STD;RSI');
      const macd = await watch('STD;MACD');
      practice.seconds(2);
      const ema = await watch('STD;EMA');
      practice.seconds(2);
      assert.deepEqual([codes(rsi), codes(macd), codes(ema)], [[], ['INDICATOR_LIMIT'], ['INDICATOR_LIMIT']]);
      assert.match(macd.errors[0]?.message ?? '', /may carry 1 indicator, which STD;RSI holds/);
      practice.seconds(600);
      assert.equal(practice.studiesAsked.length, 2, 'it is not asked again and again');
      rsi.subscription.close();
      practice.seconds(2);
      assert.deepEqual([macd.kinds, ema.kinds], [['error', 'history'], ['error']]);
    });

    it('ask again after an outage where upstream allowed less than the plan', async () => {
      await practice.client.close();
      practice = await desk.practice(START, { plan: 'premium' }, { studiesPerSeries: 0 });
      const rsi = await watch('STD;RSI');
      practice.seconds(5);
      assert.match(rsi.errors[0]?.message ?? '', /no room for an indicator on/);
      practice.transport.drop();
      practice.seconds(10);
      assert.ok(practice.studiesAsked.length >= 2);
      assert.deepEqual(codes(rsi), ['INDICATOR_LIMIT'], 'told once');
    });
  });

  describe('because they are not computed', () => {
    it('are TIMEOUT after 30 s; the slot is free; they are tried again with growing pauses, until they are', async () => {
      practice.market.faults.stallStudies();
      const [rsi] = [await watch('STD;RSI'), await watch('STD;MACD')];
      const ema = await watch('STD;EMA');
      const other = practice.watch({ symbol: BTC, history: 2 });
      practice.seconds(29);
      assert.deepEqual([codes(rsi), rsi.subscription.state], [[], 'loading']);
      practice.seconds(2);
      assert.deepEqual(codes(rsi), ['TIMEOUT']);
      assert.match(
        rsi.errors[0]?.message ?? '',
        /No values of STD;RSI for BINANCE:BTCUSDT in 30 s\. It is tried again\./,
      );
      assert.equal(rsi.subscription.state, 'failed');
      assert.equal(practice.studiesAsked.length, 3, 'the one in line has its turn');
      assert.deepEqual(codes(ema), ['INDICATOR_LIMIT']);
      practice.seconds(600);
      assert.deepEqual(codes(rsi).filter((code) => code === 'TIMEOUT').length, 1, 'told once');
      assert.ok(practice.studiesAsked.length < 60, `${practice.studiesAsked.length} in ten minutes`);
      await practice.market.faults.clear('stallStudies');
      practice.seconds(200);
      const started = [rsi, ema].filter(({ kinds }) => kinds.includes('history'));
      assert.ok(started.length > 0, 'whoever has a slot gets values');
      assert.equal(practice.market.stats().studies, 2);
      assert.equal(other.of('error').length, 0);
      assert.ok(other.closed.length >= 13, 'the candles go on');
    });

    it('and fill in what closed meanwhile, exactly once', async () => {
      const rsi = await watch('STD;RSI');
      practice.seconds(70);
      practice.market.faults.stallStudies();
      practice.transport.drop();
      practice.seconds(300);
      assert.deepEqual(codes(rsi), ['TIMEOUT']);
      await practice.market.faults.clear('stallStudies');
      practice.seconds(120);
      const items = [...rsi.history, ...rsi.closed];
      assert.ok(items.length >= 9);
      for (const [n, { index, timestamp, values }] of items.entries()) {
        assert.deepEqual([index, timestamp], [n, (items[0]?.timestamp ?? 0) + n * 60_000]);
        assert.equal(typeof values.RSI, 'number');
      }
      assert.equal(rsi.subscription.state, 'live');
    });

    it('fill in more than usual is loaded, where they failed for long', async () => {
      const rsi = await watch('STD;RSI', { timeframe: '1s' });
      practice.seconds(10);
      practice.market.faults.stallStudies();
      practice.transport.drop();
      practice.seconds(500);
      practice.transport.drop();
      practice.seconds(100);
      await practice.market.faults.clear('stallStudies');
      practice.seconds(120);
      const items = [...rsi.history, ...rsi.closed];
      assert.deepEqual(rsi.of('gap'), []);
      assert.ok(items.length > 700);
      for (const [n, { timestamp, values }] of items.entries()) {
        assert.equal(timestamp, (items[0]?.timestamp ?? 0) + n * 1_000);
        assert.equal(typeof values.RSI, 'number');
      }
    });

    it('are not disturbed by a complaint beside good values', async () => {
      practice.market.faults.studyError();
      const rsi = await watch('STD;RSI');
      practice.seconds(70);
      assert.deepEqual(rsi.kinds, ['history', 'closed']);
    });

    it('are INDICATOR_FAILED in upstream’s words, and tried again, where no values follow the complaint', async () => {
      const unknown = await watch('Nothing@tv-basicstudies-1');
      practice.seconds(31);
      assert.deepEqual(unknown.errors, [
        {
          code: 'INDICATOR_FAILED',
          message: `Nothing@tv-basicstudies-1 has failed on ${BTC}: unknown study: Nothing@tv-basicstudies-1. It is tried again.`,
          symbol: BTC,
        },
      ]);
      practice.seconds(3);
      assert.equal(practice.studiesAsked.length, 2);
      assert.equal(unknown.subscription.state, 'failed');
    });
  });

  it('because the script fails: INDICATOR_FAILED in upstream’s words, not tried again, the slot free', async () => {
    const failing = await watch('PUB;PracticeError');
    const others = [await watch('STD;RSI'), await watch('STD;MACD')];
    practice.seconds(100);
    assert.deepEqual(codes(failing), ['INDICATOR_FAILED']);
    assert.match(
      failing.errors[0]?.message ?? '',
      /^PUB;PracticeError has failed on BINANCE:BTCUSDT: Error on bar \d+: In 'array\.get\(\)' function\. Index 5 is out of bounds, array size is 5\. Check its inputs, or the script\.$/,
    );
    assert.equal(failing.subscription.state, 'refused');
    for (const other of others) assert.equal(other.history.length, 2);
    practice.transport.drop();
    practice.seconds(100);
    assert.equal(failing.errors.length, 1);
    assert.equal(practice.studiesAsked.filter((study) => JSON.stringify(study).includes('PracticeError')).length, 1);
  });

  it('because an input lets it fail at run time: the next one with good inputs is computed', async () => {
    const bad = await watch('STD;RSI', { inputs: { in_4: 0 } });
    practice.seconds(5);
    assert.deepEqual(codes(bad), ['INDICATOR_FAILED']);
    assert.match(bad.errors[0]?.message ?? '', /Invalid value of the length argument \(0\) in the ma function/);
    const again = await watch('STD;RSI', { inputs: { in_4: 0 } });
    practice.seconds(5);
    assert.deepEqual(codes(again), ['INDICATOR_FAILED'], 'who asks anew is answered anew');
    const good = await watch('STD;RSI');
    practice.seconds(5);
    assert.deepEqual(good.kinds, ['history']);
  });

  it('because the symbol is not to be had', async () => {
    const rsi = await watch('STD;RSI', { symbol: 'ECONOMICS:USM2' });
    practice.seconds(60);
    assert.deepEqual(codes(rsi), ['SYMBOL_FORBIDDEN']);
    assert.equal(rsi.subscription.state, 'refused');
  });
});
