import assert from 'node:assert/strict';
import type { WatchIndicatorOptions } from '../../src/tradingview/indicator-service';
import { IndicatorPractice, type IndicatorWatch, LookUpDesk } from '../support/indicator-practice';
import { until } from '../support/until';

const START = Date.UTC(2026, 4, 13, 14, 0, 20);
const BTC = 'BINANCE:BTCUSDT';

describe('client: indicators that have to be looked up', () => {
  const desk = new LookUpDesk();
  let practice: IndicatorPractice;

  before(() => desk.open());
  after(() => desk.close());
  beforeEach(() => {
    practice = new IndicatorPractice(START, {}, {}, undefined, desk.endpoints);
  });
  afterEach(async () => {
    await desk.market.faults.clear();
    await practice.client.close();
    assert.equal(practice.clock.pending, 0, 'no timer is left');
    assert.deepEqual(practice.logs, []);
  });

  /** Time passes until something is the case. */
  const comes = (condition: () => boolean) =>
    until(() => {
      practice.clock.advance(100);
      return condition();
    });
  const codes = ({ errors }: IndicatorWatch) => errors.map(({ code }) => code);

  it('are, and then stream', async () => {
    const rsi = await practice.indicator({ symbol: BTC, history: 3 });
    assert.equal(rsi.subscription.state, 'loading');
    await comes(() => rsi.kinds.length > 0);
    assert.deepEqual([rsi.kinds, rsi.subscription.state], [['history'], 'live']);
  });

  it('are looked up once by many, and again by nobody', async () => {
    const { faults } = desk.market;
    const all = await Promise.all(
      ['1m', '5m', '15m'].map((timeframe) => practice.indicator({ symbol: BTC, timeframe, history: 2 })),
    );
    await comes(() => all.every(({ kinds }) => kinds.length > 0));
    faults.failLookUps('pine-facade', 500);
    const late = await practice.indicator({ symbol: 'BINANCE:ETHUSDT', history: 2 });
    practice.seconds(2);
    assert.deepEqual(late.kinds, ['history']);
  });

  const wrong: [options: Record<string, unknown>, code: string, words: RegExp][] = [
    [{ indicator: 'STD;No_Such' }, 'INDICATOR_UNKNOWN', /STD;No_Such/],
    [{ version: '1.0' }, 'INDICATOR_UNKNOWN', /version 1\.0 of STD;RSI/],
    [{ indicator: 'USER;PracticePrivate' }, 'INDICATOR_FORBIDDEN', /cookies/],
    [{ inputs: { in_0: 0 } }, 'INPUT_INVALID', /“RSI Length” \(in_0\) must be a whole number, 1 or more/],
    [{ inputs: { source: 'middle' } }, 'INPUT_INVALID', /“Source” \(in_1\) must be one of open, high, low, close/],
    [{ inputs: { length_: 3 } }, 'INPUT_INVALID', /no input “length_”\. It has RSI Length \(in_0\), Source \(in_1\)/],
  ];
  for (const [options, code, words] of wrong) {
    it(`are ${code} for ${JSON.stringify(options)}: nothing is asked of the market, the others are not disturbed`, async () => {
      const bad = await practice.indicator({ symbol: BTC, history: 2, ...options });
      const good = await practice.indicator({ symbol: BTC, history: 2 });
      await comes(() => bad.events.length > 0 && good.events.length > 0);
      practice.seconds(200);
      assert.deepEqual(codes(bad), [code]);
      assert.match(bad.errors[0]?.message ?? '', words);
      assert.deepEqual([bad.errors[0]?.symbol, bad.subscription.state], [BTC, 'refused']);
      assert.equal(practice.studiesAsked.length, 1);
      assert.equal(good.closed.length, 3);
    });
  }

  it('are refused at once where no look-up is needed to know', () => {
    const refused = [
      [{ symbol: 'BTC' }, 'SYMBOL_INVALID'],
      [{ timeframe: '7m' }, 'TIMEFRAME_INVALID'],
      [{ indicator: 'RSI' }, 'INDICATOR_UNKNOWN'],
      [{ history: -1 }, 'SETTING_INVALID'],
      [{ version: 'newest' }, 'SETTING_INVALID'],
      [{ inputs: [1] }, 'SETTING_INVALID'],
      [{ indicator: 5 }, 'INDICATOR_UNKNOWN'],
    ] as const;
    for (const [options, code] of refused) {
      const wrong = { symbol: BTC, ...options } as unknown as WatchIndicatorOptions;
      assert.throws(() => practice.client.watchIndicator(wrong, () => assert.fail()), { code });
    }
    assert.equal(practice.clock.pending, 0);
    assert.equal(practice.client.stats().subscriptions, 0);
  });

  it('are told once where the look-up fails for long, tried again with pauses, and stream in the end', async () => {
    desk.market.faults.failLookUps('pine-facade', 500);
    const rsi = await practice.indicator({ symbol: BTC, history: 2 });
    await comes(() => rsi.errors.length > 0);
    assert.deepEqual([codes(rsi), rsi.subscription.state, rsi.errors[0]?.symbol], [['PROTOCOL'], 'failed', BTC]);
    const tried = practice.clock.now();
    await comes(() => practice.clock.now() > tried + 20_000);
    assert.deepEqual(codes(rsi), ['PROTOCOL']);
    await desk.market.faults.clear();
    await comes(() => rsi.kinds.includes('history'));
    practice.seconds(70);
    assert.deepEqual(rsi.kinds.slice(0, 3), ['error', 'history', 'closed']);
    assert.equal(rsi.subscription.state, 'live');
  });

  it('may be closed at any moment of it: nothing is told afterwards', async () => {
    desk.market.faults.failLookUps('pine-facade', 500);
    for (const turns of [0, 1, 3, 10, 30, 100]) {
      const rsi = await practice.indicator({ symbol: BTC, history: 2 });
      for (let n = 0; n < turns; n++) {
        practice.clock.advance(100);
        await new Promise((resolve) => setImmediate(resolve));
      }
      rsi.subscription.close();
      const [events, states] = [rsi.events.length, rsi.states.length];
      for (let n = 0; n < 50; n++) {
        practice.clock.advance(100);
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.deepEqual([rsi.events.length, rsi.states.length], [events, states]);
    }
    assert.equal(practice.client.stats().subscriptions, 0);
  });

  it('of somebody without rights upstream are INDICATOR_FORBIDDEN, for good', async () => {
    // The cookies open the look-up; the anonymous token on the wire does not open the study.
    const { endpoints } = desk;
    const { url } = await endpoints.lookups('pine-facade');
    await practice.client.close();
    const settings = { sessionId: 'a', sessionSign: 'b', token: 'unauthorized_user_token' };
    practice = new IndicatorPractice(
      START,
      { ...settings, server: 'custom', url: 'ws://x', httpUrl: url },
      {},
      undefined,
      endpoints,
    );
    const own = await practice.indicator({ symbol: BTC, indicator: 'USER;PracticePrivate', history: 2 });
    await comes(() => own.events.length > 0);
    practice.seconds(100);
    assert.deepEqual([codes(own), own.subscription.state], [['INDICATOR_FORBIDDEN'], 'refused']);
    assert.match(
      own.errors[0]?.message ?? '',
      /needs rights that this account does not have: study_not_auth:Script@tv-scripting-101/,
    );
    assert.equal(practice.studiesAsked.length, 1);
  });
});
