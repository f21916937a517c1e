import assert from 'node:assert/strict';
import { type IndicatorPractice, type IndicatorWatch, LookUpDesk } from '../support/indicator-practice';
import { assertValues, IndicatorTruth } from '../support/indicator-truth';

/** A Wednesday, and no whole minute, so that candles are met in their midst. */
const START = Date.UTC(2026, 4, 13, 14, 0, 20);
const MINUTE = 60_000;
const THIS_MINUTE = START - 20_000;
const BTC = 'BINANCE:BTCUSDT';
const minute = (time: number) => (time - THIS_MINUTE) / MINUTE;

describe('client: indicators through outages', () => {
  const desk = new LookUpDesk();
  let practice: IndicatorPractice;
  let rsi: IndicatorWatch;

  before(() => desk.open());
  after(() => desk.close());
  beforeEach(async () => {
    practice = await desk.practice(START);
    rsi = await practice.indicator({ symbol: BTC, history: 5 });
    practice.seconds(65);
  });
  afterEach(async () => {
    await practice.client.close();
    assert.equal(practice.clock.pending, 0);
    assert.equal(practice.market.stats().studies, 0);
    assert.deepEqual(practice.logs, []);
  });

  /** Closed items in order, under the right index and with the true values. */
  function assertComplete(watch = rsi): void {
    const truth = new IndicatorTruth(practice.market, BTC, '1m', MINUTE);
    const corrections = new Map(watch.of('correction').map(({ item }) => [item.timestamp, item]));
    const items = [...watch.history, ...watch.closed];
    for (const [n, item] of items.entries()) {
      assert.deepEqual([item.index, item.timestamp], [n, (items[0]?.timestamp ?? 0) + n * MINUTE]);
      assertValues(corrections.get(item.timestamp) ?? item, truth.rsi(item.timestamp));
    }
  }
  const lateOnes = () => rsi.of('closed').map(({ item, backfilled }) => [minute(item.timestamp), backfilled === true]);

  it('a link that drops in the midst of a candle: the candle is an ordinary one', () => {
    practice.transport.drop();
    practice.seconds(100);
    assert.deepEqual(lateOnes(), [
      [0, false],
      [1, false],
      [2, false],
    ]);
    assertComplete();
    assert.equal(practice.studiesAsked.length, 2);
  });

  it('a link that cannot be had for minutes: what closed meanwhile is backfilled, then it goes on', () => {
    practice.transport.down = true;
    practice.transport.drop();
    practice.seconds(300);
    practice.transport.down = false;
    practice.seconds(120);
    // The link is tried once a minute by then, so that one more may close before it comes.
    assert.match(
      lateOnes()
        .map(([, late]) => (late ? 'late' : 'on time'))
        .join(', '),
      /^on time(, late){5,6}(, on time){1,2}$/,
    );
    assertComplete();
    assert.deepEqual(rsi.of('correction'), [], 'although the loaded data begin elsewhere');
    assert.equal(rsi.of('history').length, 1);
  });

  it('many drops, restarts, lost sessions and reconnects', () => {
    const { faults } = practice.market;
    const troubles = [
      () => practice.transport.drop(),
      () => faults.restart(),
      () => practice.client.reconnect(),
      () => faults.loseSessions(),
    ];
    for (let n = 0; n < 24; n++) {
      troubles[n % troubles.length]?.();
      practice.seconds(37 + n);
    }
    practice.seconds(500);
    assertComplete();
    assert.ok(rsi.closed.length > 25);
    assert.deepEqual(rsi.of('gap'), []);
  });

  it('places that are left out of the stream', () => {
    practice.market.faults.skipBars(BTC, 2);
    practice.seconds(400);
    assertComplete();
    assert.equal(lateOnes().filter(([, late]) => late).length > 0, true);
  });

  it('a stream that has stopped unnoticed: the overdue candles are asked for, and the study made anew', () => {
    practice.market.faults.freezeSymbol(BTC);
    practice.seconds(200);
    practice.market.faults.thaw();
    practice.seconds(400);
    assertComplete();
    assert.deepEqual(rsi.of('gap'), []);
    assert.ok(rsi.closed.length >= 9);
  });

  it('a server that gives little at a time: the study is removed while older candles load, and made again', async () => {
    practice.market.faults.smallPages(100);
    const asked = practice.studiesAsked.length;
    practice.transport.drop();
    practice.seconds(100);
    const ids = practice.studiesAsked.slice(asked).map(([, id]) => id);
    assert.deepEqual(ids, ['st_1', 'st_2']);
    assert.deepEqual(
      practice.transport.requests('remove_study').map(([, id]) => id),
      ['st_1'],
    );
    assert.ok(practice.transport.requests('request_more_data').length >= 2);
    assertComplete();
    assert.deepEqual(rsi.of('correction'), []);
  });

  it('an outage that upstream cannot make up for: one gap, as for the candles', () => {
    const candles = practice.watch({ symbol: BTC, history: 5 });
    practice.seconds(5);
    practice.market.faults.limitHistory(3);
    practice.transport.down = true;
    practice.transport.drop();
    practice.seconds(600);
    practice.transport.down = false;
    practice.seconds(130);
    const gaps = (watch: { of(kind: 'gap'): { from: number; to: number }[] }) =>
      watch.of('gap').map(({ from, to }) => [from, to]);
    assert.equal(gaps(rsi).length, 1);
    assert.deepEqual(gaps(rsi), gaps(candles));
    const closed = rsi.closed.map(({ timestamp }) => timestamp);
    assert.deepEqual(
      closed.filter((time) => time >= (gaps(rsi)[0]?.[1] ?? 0)),
      candles.closedTimes.filter((time) => time >= (gaps(rsi)[0]?.[1] ?? 0)),
    );
    const order = rsi.kinds.slice(0, 3);
    assert.deepEqual(order, ['history', 'closed', 'gap']);
    assert.deepEqual(
      rsi.closed.map(({ index }) => index),
      rsi.closed.map((_, n) => 5 + n),
      'the index never jumps',
    );
  });

  it('a candle that is corrected: its value is, with the old index, and those that follow from it', () => {
    practice.seconds(120);
    const time = THIS_MINUTE + MINUTE;
    const [bar] = practice.market.candles(BTC, '1m', time, time + 1);
    practice.market.faults.correct(BTC, '1m', time, { close: (bar?.close ?? 0) * 1.01 });
    practice.seconds(1);
    assert.deepEqual(
      rsi.of('correction').map(({ item }) => [minute(item.timestamp), item.index]),
      [
        [1, 6],
        [2, 7],
      ],
    );
    practice.seconds(60);
    assertComplete();
  });

  it('a candle that is corrected during an outage: its value is, and no other', () => {
    practice.seconds(120);
    practice.transport.drop();
    const time = THIS_MINUTE + MINUTE;
    const [bar] = practice.market.candles(BTC, '1m', time, time + 1);
    practice.market.faults.correct(BTC, '1m', time, { close: (bar?.close ?? 0) * 1.01 });
    practice.seconds(90);
    assert.deepEqual(
      rsi.of('correction').map(({ item }) => [minute(item.timestamp), item.index]),
      [[1, 6]],
    );
  });

  it('a late trade that changes only the volume: nothing of RSI is corrected, not after a reconnect either', () => {
    practice.seconds(60);
    practice.market.faults.correct(BTC, '1m', THIS_MINUTE, { volume: 12_345 });
    practice.seconds(5);
    practice.transport.drop();
    practice.seconds(60);
    assert.deepEqual(rsi.of('correction'), []);
  });

  it('packets that come twice, late, under old names, or in another order', async () => {
    const { faults } = practice.market;
    for (const begin of [
      () => faults.duplicate(),
      () => faults.straggler(),
      () => faults.slow(2_500),
      () => faults.reorder(3),
    ]) {
      begin();
      practice.seconds(90);
      practice.transport.drop();
      practice.seconds(90);
      await faults.clear();
    }
    practice.seconds(30);
    assertComplete();
    const forming = rsi.of('forming');
    assert.ok(forming.length > 300);
  });

  it('leave others on the same connection alone: one study stalls, the candles and the other go on', async () => {
    practice.market.faults.stallStudies();
    const macd = await practice.indicator({ symbol: BTC, indicator: 'STD;MACD', history: 2 });
    const before = rsi.closed.length;
    practice.seconds(180);
    assert.deepEqual(
      macd.errors.map(({ code }) => code),
      ['TIMEOUT'],
    );
    assert.equal(rsi.closed.length, before + 3);
    assertComplete();
  });
});
