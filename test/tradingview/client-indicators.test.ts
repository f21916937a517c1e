import assert from 'node:assert/strict';
import type { IndicatorItem } from '../../src/market/indicator';
import { type IndicatorPractice, type IndicatorWatch, LookUpDesk } from '../support/indicator-practice';
import { assertValues, IndicatorTruth } from '../support/indicator-truth';

/** A Wednesday, and no whole minute, so that candles are met in their midst. */
const START = Date.UTC(2026, 4, 13, 14, 0, 20);
const MINUTE = 60_000;
const THIS_MINUTE = START - 20_000;
const BTC = 'BINANCE:BTCUSDT';

/** Items are one a minute, under the indexes from 0 on, and closed. */
function assertSeamless(watch: IndicatorWatch, first = 0): IndicatorItem[] {
  const items = [...watch.history, ...watch.closed];
  const begin = items[0]?.timestamp ?? 0;
  assert.deepEqual(
    items.map(({ timestamp, index, closed }) => [timestamp, index, closed]),
    items.map((_, n) => [begin + n * MINUTE, first + n, true]),
  );
  return items;
}

describe('client: indicators', () => {
  const desk = new LookUpDesk();
  let practice: IndicatorPractice;
  let truth: IndicatorTruth;

  before(() => desk.open());
  after(() => desk.close());
  beforeEach(async () => {
    practice = await desk.practice(START);
    truth = new IndicatorTruth(practice.market, BTC, '1m', MINUTE);
  });
  afterEach(async () => {
    await practice.client.close();
    const { sockets, sessions, series, studies } = practice.market.stats();
    assert.deepEqual({ sockets, sessions, series, studies }, { sockets: 0, sessions: 0, series: 0, studies: 0 });
    assert.equal(practice.clock.pending, 0, 'no timer is left');
    assert.deepEqual(practice.logs, []);
  });

  it('RSI and MACD on one socket are what a computation of one’s own gives, in history, closed and forming', async () => {
    const rsi = await practice.indicator({ symbol: ' binance:btcusdt', history: 10 });
    const macd = await practice.indicator({ symbol: BTC, indicator: 'STD;MACD', history: 10 });
    let seen = 0;
    for (let second = 0; second < 200; second++) {
      practice.seconds(1);
      for (const [watch, name] of [[rsi, 'rsi'] as const, [macd, 'macd'] as const]) {
        const newest = watch.events.at(-1);
        if (newest?.event !== 'forming') continue;
        seen++;
        assertValues(newest.item, truth[name](newest.item.timestamp));
      }
    }
    assert.ok(seen > 300, `${seen} forming values`);
    for (const watch of [rsi, macd]) assert.deepEqual(watch.kinds, ['history', 'closed', 'closed', 'closed']);
    for (const item of assertSeamless(rsi)) assertValues(item, truth.rsi(item.timestamp));
    for (const item of assertSeamless(macd)) assertValues(item, truth.macd(item.timestamp));
    assert.equal(rsi.history.length, 10);
    assert.equal(rsi.history[0]?.timestamp, THIS_MINUTE - 10 * MINUTE);
    assert.deepEqual(
      [rsi.events[0]?.symbol, rsi.events[0]?.timeframe, rsi.subscription.symbol, rsi.subscription.state],
      [BTC, '1m', BTC, 'live'],
    );
    assert.deepEqual(Object.keys(macd.closed[0]?.values ?? {}), ['Histogram', 'MACD', 'Signal']);
    assert.equal(macd.closed[0]?.plots.length, 6);
    const { sockets, series, studies } = practice.market.stats();
    assert.deepEqual({ sockets, series, studies }, { sockets: 1, series: 1, studies: 2 });
  });

  it('come with the next index while they form, and after each candle once', async () => {
    const watch = await practice.indicator({ symbol: BTC, history: 3 });
    practice.seconds(130);
    let closed = 3;
    for (const event of watch.events) {
      if (event.event === 'closed') closed++;
      if (event.event === 'forming') assert.deepEqual([event.item.index, event.item.closed], [closed, false]);
    }
    assert.equal(closed, 5);
  });

  it('come without history when none is wanted, and with all there is when too much is', async () => {
    const none = await practice.indicator({ symbol: BTC });
    practice.seconds(70);
    assert.deepEqual(none.kinds, ['closed']);
    const young = await desk.practice(START, {}, { maxCandles: 50 });
    const all = await young.indicator({ symbol: BTC, history: 300 });
    young.seconds(70);
    assert.equal(all.history.length, 49, 'the fiftieth is forming');
    assertSeamless(all);
    await young.client.close();
  });

  it('have at least 300 candles behind them, also where the series began with fewer', async () => {
    const candles = practice.watch({ symbol: BTC, history: 2 });
    practice.seconds(5);
    assert.equal(practice.transport.requests('create_series')[0]?.[5], 3);
    const watch = await practice.indicator({ symbol: BTC, history: 5 });
    practice.seconds(120);
    for (const item of assertSeamless(watch)) assertValues(item, truth.rsi(item.timestamp));
    assert.deepEqual(candles.kinds, ['history', 'closed', 'closed'], 'the candles are not disturbed');
    assert.equal(practice.market.stats().series, 1);
  });

  it('have at least 300 candles behind them, also where they come while the series is being opened', async () => {
    for (const seconds of [0, 0.2, 0.9]) {
      const other = await desk.practice(START);
      other.market.faults.slow(500);
      other.watch({ symbol: BTC, history: 2 });
      other.seconds(seconds);
      const watch = await other.indicator({ symbol: BTC, history: 1 });
      other.seconds(130);
      const itsTruth = new IndicatorTruth(other.market, BTC, '1m', MINUTE);
      for (const item of assertSeamless(watch)) assertValues(item, itsTruth.rsi(item.timestamp));
      assert.deepEqual(watch.kinds, ['history', 'closed', 'closed']);
      await other.client.close();
    }
  });

  it('are built only for whoever wants them', async () => {
    const watch = await practice.indicator({ symbol: BTC, history: 2, wants: (event) => event === 'closed' });
    practice.seconds(70);
    assert.deepEqual(
      watch.events.map(({ event }) => event),
      ['closed'],
    );
  });

  it('fire alerts, number the titles that repeat, and keep marks', async () => {
    const watch = await practice.indicator({ symbol: BTC, indicator: 'STD;Practice%1Alert', history: 50 });
    practice.seconds(70);
    const candles = practice.market.candles(BTC, '1m', watch.history[0]?.timestamp ?? 0, START);
    assert.equal(watch.history.length, 50);
    for (const [n, item] of watch.history.entries()) {
      const { open, close } = candles[n] ?? { open: 0, close: 0 };
      assert.deepEqual(Object.keys(item.values), ['Plot', 'Plot (2)', 'Up Mark']);
      assert.deepEqual(item.alerts, close > open ? ['Up'] : close < open ? ['Down'] : []);
      assert.equal(item.plots.length, 5);
    }
  });

  it('may be built-in ones, whose inputs go by their names', async () => {
    const indicator = 'Volume@tv-basicstudies-246';
    const watch = await practice.indicator({ symbol: BTC, indicator, inputs: { length: 3 }, history: 5 });
    practice.seconds(70);
    assert.deepEqual(practice.studiesAsked[0]?.slice(4), [indicator, { length: 3 }]);
    for (const { timestamp, values } of assertSeamless(watch)) {
      const volumes = practice.market
        .candles(BTC, '1m', timestamp - 2 * MINUTE, timestamp + 1)
        .map(({ volume }) => volume ?? 0);
      assert.equal(values.Volume, volumes[2]);
      assert.ok(Math.abs((values['Volume MA'] as number) - volumes.reduce((sum, one) => sum + one) / 3) < 1e-9);
    }
  });

  describe('shared', () => {
    it('by equal subscriptions, however they put it; other inputs are another study', async () => {
      const options = { symbol: BTC, history: 3 };
      const first = await practice.indicator(options);
      const second = await practice.indicator({ ...options, inputs: { 'rsi length': '14', in_1: 'CLOSE' } });
      const third = await practice.indicator({ ...options, inputs: { in_0: 7 } });
      practice.seconds(70);
      assert.equal(practice.market.stats().studies, 2);
      assert.deepEqual(first.events, second.events);
      for (const item of assertSeamless(third)) assertValues(item, truth.rsi(item.timestamp, 7));
      const { channels, subscriptions } = practice.client.stats();
      assert.deepEqual({ channels, subscriptions }, { channels: 3, subscriptions: 3 });
      second.subscription.close();
      practice.seconds(60);
      assert.deepEqual([first.closed.length, second.closed.length], [2, 1]);
      first.subscription.close();
      practice.seconds(60);
      assert.equal(practice.market.stats().studies, 1);
      assert.equal(third.closed.length, 3);
    });

    it('but not the objects', async () => {
      const first = await practice.indicator({ symbol: BTC, history: 3 });
      const second = await practice.indicator({ symbol: BTC, history: 3 });
      practice.seconds(70);
      const objects = ({ history, closed }: IndicatorWatch) =>
        [...history, ...closed].flatMap((item) => [item, item.values, item.plots, item.alerts] as object[]);
      const seen = new Set(objects(first));
      assert.ok(objects(second).every((object) => !seen.has(object)));
    });

    it('with a late-comer, who gets its own history and index', async () => {
      const first = await practice.indicator({ symbol: BTC, history: 2 });
      practice.seconds(130);
      const late = await practice.indicator({ symbol: BTC, history: 10 });
      assert.equal(practice.studiesAsked.length, 1, 'from what is at hand');
      practice.seconds(60);
      assert.equal(late.history.length, 10);
      assert.equal(late.history.at(-1)?.timestamp, THIS_MINUTE + MINUTE);
      for (const item of assertSeamless(late)) assertValues(item, truth.rsi(item.timestamp));
      assertSeamless(first);
    });

    it('with a late-comer who wants more than there is: through a deeper series, unnoticed by the first', async () => {
      const first = await practice.indicator({ symbol: BTC, history: 2 });
      practice.seconds(130);
      const late = await practice.indicator({ symbol: BTC, history: 800 });
      practice.seconds(120);
      assert.equal(late.history.length, 800);
      for (const item of assertSeamless(late).slice(-100)) assertValues(item, truth.rsi(item.timestamp));
      for (const item of assertSeamless(first)) assertValues(item, truth.rsi(item.timestamp));
      assert.deepEqual(first.kinds, ['history', 'closed', 'closed', 'closed', 'closed']);
      assert.deepEqual(practice.market.stats().studies, 1);
    });

    it('with one who wants more while the study is being computed: each gets exactly what it wants', async () => {
      practice.market.faults.slow(700);
      const first = await practice.indicator({ symbol: BTC, history: 2 });
      practice.seconds(1);
      const second = await practice.indicator({ symbol: BTC, history: 600 });
      practice.seconds(120);
      assert.deepEqual([first.history.length, second.history.length], [2, 600]);
      for (const watch of [first, second]) assertSeamless(watch);
    });

    it('and gives what is at hand to a late-comer where a deeper series has nothing', async () => {
      const other = await desk.practice(START, {}, { maxCandles: 320 });
      const first = await other.indicator({ symbol: BTC, history: 2 });
      other.seconds(70);
      const late = await other.indicator({ symbol: BTC, history: 1_000 });
      other.seconds(70);
      assert.ok(late.history.length >= 319, `${late.history.length}`);
      assertSeamless(late);
      assertSeamless(first);
      await other.client.close();
    });
  });

  describe('closed', () => {
    it('at any moment: no event and no word of its state comes afterwards', async () => {
      for (const ms of [0, 1, 300, 700, 1_000, 1_500, 5_000, 61_000]) {
        const other = await desk.practice(START);
        other.market.faults.slow(300);
        const watch = await other.indicator({ symbol: BTC, history: 2 });
        other.clock.advance(ms);
        watch.subscription.close();
        watch.subscription.close();
        const [known, states] = [watch.events.length, watch.states.length];
        other.seconds(30);
        assert.deepEqual([watch.events.length, watch.states.length], [known, states]);
        const { sessions, series, studies } = other.market.stats();
        assert.deepEqual({ sessions, series, studies }, { sessions: 0, series: 0, studies: 0 });
        await other.client.close();
        assert.equal(other.clock.pending, 0);
      }
    });

    it('by the listener, in the midst of an event', async () => {
      for (const kind of ['history', 'forming', 'closed'] as const) {
        const kinds: string[] = [];
        const states: string[] = [];
        const subscription = practice.client.watchIndicator(
          { symbol: BTC, history: 2, stateChanged: (state) => states.push(state) },
          ({ event }) => {
            kinds.push(event);
            if (event !== kind) return;
            subscription.close();
            states.length = 0;
          },
        );
        await new Promise((resolve) => setImmediate(resolve));
        practice.seconds(130);
        assert.equal(kinds.filter((one) => one === kind).length, 1, kind);
        assert.deepEqual(states, []);
        assert.equal(practice.market.stats().studies, 0);
      }
    });

    it('beside candles of the same series: those go on', async () => {
      const candles = practice.watch({ symbol: BTC, history: 2 });
      const watch = await practice.indicator({ symbol: BTC, history: 2 });
      practice.seconds(70);
      watch.subscription.close();
      practice.seconds(60);
      const { series, studies } = practice.market.stats();
      assert.deepEqual({ series, studies }, { series: 1, studies: 0 });
      assert.deepEqual(candles.kinds, ['history', 'closed', 'closed']);
    });
  });

  it('do not disturb each other when a listener throws', async () => {
    practice.client.watchIndicator({ symbol: BTC, history: 2 }, () => assert.fail('on purpose'));
    const watch = await practice.indicator({ symbol: BTC, history: 2 });
    practice.seconds(70);
    assert.deepEqual(watch.kinds, ['history', 'closed']);
    assert.ok(practice.logs.length > 0 && practice.logs.every((text) => /on purpose/.test(text)));
    practice.logs.length = 0;
  });
});
