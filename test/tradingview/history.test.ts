import assert from 'node:assert/strict';
import type { Candle } from '../../src/market/candle';
import type { Timeframe } from '../../src/market/timeframe';
import type { HistoryOptions, HistoryProgress } from '../../src/tradingview/history-options';
import type { HistoryAnswer } from '../../src/tradingview/history-service';
import type { ClientOptions } from '../../src/tradingview/options';
import { assertComplete, Practice, withoutIndex } from '../support/practice-client';

/** A Wednesday, and no whole minute, so that candles are met in their midst. */
const START = Date.UTC(2026, 4, 13, 14, 0, 20);
const MINUTE = 60_000;
const THIS_MINUTE = START - 20_000;
const BTC = 'BINANCE:BTCUSDT';
const ETH = 'BINANCE:ETHUSDT';
const MANY = { maxCandles: 20_000 };

/** Lets promises that are settled reach those who wait for them. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** One request and what has become of it. */
class Ask {
  readonly progress: HistoryProgress[] = [];
  answer: HistoryAnswer | null = null;
  // biome-ignore lint/suspicious/noExplicitAny: whatever it was rejected with
  error: any = null;

  constructor(practice: Practice, options: HistoryOptions) {
    practice.client.history({ onProgress: (progress) => this.progress.push(progress), ...options }).then(
      (answer) => {
        this.answer = answer;
      },
      (error) => {
        this.error = error;
      },
    );
  }

  get candles(): Candle[] {
    assert.equal(this.error, null);
    assert.ok(this.answer, 'it has been answered');
    return this.answer.candles;
  }

  get pending(): boolean {
    return !this.answer && !this.error;
  }
}

describe('client: history', () => {
  let practices: Practice[] = [];

  afterEach(async () => {
    for (const { client, market, clock, logs } of practices) {
      await client.close();
      await settle();
      const { sockets, sessions, series } = market.stats();
      assert.deepEqual({ sockets, sessions, series }, { sockets: 0, sessions: 0, series: 0 });
      assert.equal(clock.pending, 0, 'no timer is left');
      assert.deepEqual(logs, []);
    }
    practices = [];
  });

  function open(options: ClientOptions = {}, market: object = {}, random?: () => number): Practice {
    const practice = new Practice(START, options, market, random);
    practices.push(practice);
    return practice;
  }

  /** Asks, and gives it time to be answered. */
  async function ask(practice: Practice, options: HistoryOptions, seconds = 10): Promise<Ask> {
    const asked = new Ask(practice, options);
    practice.seconds(seconds);
    await settle();
    return asked;
  }

  /** The answer is the truth from the first candle to the last, under the indexes from 0 on. */
  function assertTrue(practice: Practice, candles: readonly Candle[], symbol = BTC, timeframe: Timeframe = '1m'): void {
    const [first, last] = [candles[0], candles.at(-1)];
    assert.ok(first && last);
    const truth = practice.truth(symbol, timeframe, first.timestamp, last.timestamp + 1);
    assert.deepEqual(withoutIndex(candles), truth);
    assert.deepEqual(
      candles.map(({ index }) => index),
      candles.map((_, n) => n),
    );
  }

  describe('of a count', () => {
    it('is the newest closed candles', async () => {
      const practice = open();
      const { answer, candles } = await ask(practice, { symbol: ' binance:btcusdt ', timeframe: '1m', count: 10 });
      assert.equal(candles.length, 10);
      assert.equal(candles.at(-1)?.timestamp, THIS_MINUTE - MINUTE);
      assertTrue(practice, candles);
      assert.deepEqual({ ...answer, candles: [] }, { symbol: BTC, timeframe: '1m', candles: [], complete: true });
    });

    it('may be a text, and the timeframe is a minute unless given', async () => {
      const practice = open();
      const { answer, candles } = await ask(practice, { symbol: BTC, count: ' 3 ' });
      assert.equal(answer?.timeframe, '1m');
      assert.equal(candles.length, 3);
    });

    it('ends before a time where one is given', async () => {
      const practice = open();
      const to = THIS_MINUTE - 1000 * MINUTE;
      const { candles } = await ask(practice, { symbol: BTC, count: 10, to });
      assert.deepEqual([candles.length, candles.at(-1)?.timestamp], [10, to - MINUTE]);
      assertTrue(practice, candles);
    });

    it('is loaded page by page, and tells how far it is', async () => {
      const practice = open(MANY, MANY);
      const { candles, progress } = await ask(practice, { symbol: BTC, count: 12_000 });
      assert.equal(candles.length, 12_000);
      assertTrue(practice, candles);
      assert.equal(practice.transport.requests('create_series')[0]?.[5], 2_000);
      assert.equal(practice.transport.requests('request_more_data').length, 6);
      assert.deepEqual(
        progress.map(({ loaded }) => Math.floor(loaded / 1000) * 1000),
        [2_000, 4_000, 6_000, 8_000, 10_000, 12_000, 12_000],
      );
      assert.ok(progress.every(({ wanted }) => wanted >= 12_001 && wanted < 12_200));
    });

    it('has extended hours and other adjustments on demand', async () => {
      const practice = open();
      const regular = await ask(practice, { symbol: 'NASDAQ:AAPL', timeframe: '1h', count: 20 });
      const extended = await ask(practice, {
        symbol: 'NASDAQ:AAPL',
        timeframe: '1h',
        count: 20,
        session: 'extended',
        adjustment: 'none',
      });
      assert.equal(extended.candles.length, 20);
      assert.ok((extended.candles[0]?.timestamp ?? 0) > (regular.candles[0]?.timestamp ?? 0));
    });
  });

  describe('of a time', () => {
    it('has each candle that opened in it, the end not included', async () => {
      const practice = open();
      const [from, to] = [THIS_MINUTE - 3000 * MINUTE, THIS_MINUTE - 100 * MINUTE];
      const { answer, candles } = await ask(practice, { symbol: BTC, from, to, count: 7 });
      assert.deepEqual([candles[0]?.timestamp, candles.at(-1)?.timestamp], [from, to - MINUTE]);
      assert.equal(candles.length, 2900, 'the count is not looked at');
      assertTrue(practice, candles);
      assert.equal(answer?.complete, true);
    });

    for (const [from, to] of [
      ['2026-05-13T10:00:00Z', '2026-05-13T12:00:00Z'],
      ['2026-05-13T10:00', '2026-05-13 12:00'],
      ['2026-05-13T19:00:00+09:00', ' 2026-05-13T21:00:00+0900 '],
      [String(Date.UTC(2026, 4, 13, 10)), Date.UTC(2026, 4, 13, 12)],
    ] as const) {
      it(`may be written as ${from} and ${to}`, async () => {
        const practice = open();
        const { candles } = await ask(practice, { symbol: BTC, timeframe: '1h', from, to });
        assert.deepEqual(
          candles.map(({ timestamp }) => timestamp),
          [Date.UTC(2026, 4, 13, 10), Date.UTC(2026, 4, 13, 11)],
        );
      });
    }

    it('takes a date for the midnight of UTC', async () => {
      const practice = open();
      const { candles } = await ask(practice, { symbol: BTC, timeframe: '1d', from: '2026-05-01', to: '2026-05-04' });
      assert.deepEqual(
        candles.map(({ timestamp }) => timestamp),
        [1, 2, 3].map((day) => Date.UTC(2026, 4, day)),
      );
    });

    it('goes until now without an end, the forming candle not included', async () => {
      const practice = open();
      const { candles } = await ask(practice, { symbol: BTC, from: THIS_MINUTE - 3 * MINUTE });
      assert.deepEqual([candles.length, candles.at(-1)?.timestamp], [3, THIS_MINUTE - MINUTE]);
    });

    it('is empty, and complete, where nothing has traded', async () => {
      const practice = open();
      const future = await ask(practice, { symbol: BTC, from: START + 86_400_000 });
      assert.deepEqual([future.candles, future.answer?.complete], [[], true]);
      const sunday = { symbol: 'NASDAQ:AAPL', timeframe: '1h', from: '2026-05-10', to: '2026-05-11' };
      const closed = await ask(practice, sunday);
      assert.deepEqual([closed.candles, closed.answer?.complete], [[], true]);
    });

    it('reaches over closed markets', async () => {
      const practice = open();
      const { candles } = await ask(practice, { symbol: 'NASDAQ:AAPL', timeframe: '1h', from: '2026-05-04' });
      assert.ok(candles.length > 40);
      assertTrue(practice, candles, 'NASDAQ:AAPL', '1h');
      assert.equal(candles[0]?.timestamp, Date.UTC(2026, 4, 4, 13, 30));
    });
  });

  describe('limits', () => {
    it('of the plan cut it, and it says so', async () => {
      const practice = open({ plan: 'free' }, MANY);
      const { answer, candles } = await ask(practice, { symbol: BTC, count: 6_000 });
      assert.equal(candles.length, 5_000, 'the forming one comes on top');
      assert.equal(candles.at(-1)?.timestamp, THIS_MINUTE - MINUTE);
      assertTrue(practice, candles);
      assert.equal(answer?.complete, false);
      assert.match(answer?.reason ?? '', /no more than 5000 candles/);
    });

    it('of upstream cut it, where they are tighter than the plan’s', async () => {
      const practice = open(MANY, { maxCandles: 3_000 });
      const { answer, candles } = await ask(practice, { symbol: BTC, from: THIS_MINUTE - 4_000 * MINUTE });
      assert.equal(candles.length, 2_999);
      assertTrue(practice, candles);
      assert.equal(answer?.complete, false);
      assert.match(answer?.reason ?? '', /no more than 2999 candles/);
    });

    it('cut what lies too far back to nothing', async () => {
      const practice = open({}, MANY);
      const { answer } = await ask(practice, { symbol: BTC, count: 5, to: '2020-01-01' });
      assert.deepEqual([answer?.candles, answer?.complete], [[], false]);
    });

    it('have no part in it where they are just not reached', async () => {
      const practice = open(MANY, { maxCandles: 3_000 });
      const { answer, candles } = await ask(practice, { symbol: BTC, count: 2_999 });
      assert.deepEqual([candles.length, answer?.complete], [2_999, true]);
    });

    it('are something else than the beginning of time', async () => {
      const practice = open(MANY, MANY);
      const { answer, candles } = await ask(practice, { symbol: BTC, timeframe: '1M', count: 15_000 });
      assert.ok(candles.length > 12 && candles.length < 15_000, `${candles.length}`);
      assert.equal(answer?.complete, true);
      assert.equal(answer?.reason, undefined);
    });
  });

  describe('beside live candles', () => {
    it('disturbs none of them, however long it takes', async () => {
      const practice = open(MANY, MANY);
      const live = practice.watch({ symbol: BTC, history: 5 });
      practice.seconds(5);
      practice.market.faults.slow(20_000);
      const asked = await ask(practice, { symbol: BTC, count: 12_000 }, 400);
      assert.equal(asked.candles.length, 12_000);
      assertTrue(practice, asked.candles);
      assert.ok((asked.candles.at(-1)?.timestamp ?? 0) > THIS_MINUTE, 'with what has closed meanwhile');
      assert.deepEqual(
        live.kinds.filter((kind) => kind !== 'closed'),
        ['history'],
      );
      assert.ok(live.closed.length >= 6);
      assertComplete(practice, live, '1m');
      const { series, sockets, connectionsEver } = practice.market.stats();
      assert.deepEqual({ series, sockets, connectionsEver }, { series: 1, sockets: 1, connectionsEver: 1 });
    });

    it('is true over packets that come twice, or overtake each other', async () => {
      const practice = open(MANY, MANY);
      practice.market.faults.duplicate();
      practice.market.faults.reorder(4);
      const live = practice.watch({ symbol: BTC, history: 5 });
      const asked = await ask(practice, { symbol: BTC, count: 7_000 }, 200);
      assert.equal(asked.candles.length, 7_000);
      assertTrue(practice, asked.candles);
      assertComplete(practice, live, '1m');
    });
  });

  describe('outages', () => {
    it('in the middle are got over: it goes on from where it stood, and lacks nothing', async () => {
      const practice = open(MANY, MANY);
      const live = practice.watch({ symbol: BTC, history: 5 });
      practice.market.faults.slow(2_000);
      const asked = new Ask(practice, { symbol: BTC, count: 12_000 });
      while (asked.progress.length < 3) practice.seconds(1);
      practice.transport.drop();
      practice.seconds(200);
      await settle();
      assert.equal(asked.candles.length, 12_000);
      assertTrue(practice, asked.candles);
      assertComplete(practice, live, '1m');
      const counts = practice.transport.requests('create_series').map(([, , , , , count]) => count);
      const { loaded = 0 } = asked.progress[2] ?? {};
      assert.ok(counts.includes(loaded + 2_000), `${counts} has ${loaded} and a page more`);
      assert.ok(asked.progress.every(({ loaded }, n) => loaded >= (asked.progress[n - 1]?.loaded ?? 0)));
    });

    it('again and again end it only when they never end', async () => {
      const practice = open(MANY, MANY, () => 0);
      practice.market.faults.slow(1_000);
      const asked = new Ask(practice, { symbol: BTC, count: 12_000 });
      for (let n = 0; n < 8; n++) {
        practice.seconds(20);
        practice.transport.drop();
      }
      practice.seconds(200);
      await settle();
      assert.equal(asked.candles.length, 12_000);
      assertTrue(practice, asked.candles);
    });

    it('of sessions that were lost are got over', async () => {
      const practice = open(MANY, MANY);
      practice.market.faults.slow(2_000);
      const asked = new Ask(practice, { symbol: BTC, count: 6_000 });
      while (asked.progress.length < 2) practice.seconds(1);
      practice.market.faults.loseSessions();
      practice.seconds(100);
      await settle();
      assert.equal(asked.candles.length, 6_000);
      assertTrue(practice, asked.candles);
    });

    it('end it after ten minutes without a connection, and not earlier', async () => {
      const practice = open();
      practice.transport.down = true;
      const asked = await ask(practice, { symbol: BTC, count: 10 }, 599);
      assert.equal(asked.pending, true);
      practice.seconds(2);
      await settle();
      assert.equal(asked.error?.code, 'UNREACHABLE');
      assert.match(asked.error.message, /10 minutes/);
    });

    it('count anew with each: ten minutes are meant in one piece', async () => {
      const practice = open(MANY, MANY);
      practice.transport.down = true;
      const asked = await ask(practice, { symbol: BTC, count: 10_000 }, 500);
      practice.market.faults.slow(15_000);
      practice.transport.down = false;
      while (asked.progress.length < 1) practice.seconds(1);
      practice.transport.down = true;
      practice.transport.drop();
      practice.seconds(500);
      await settle();
      assert.equal(asked.pending, true);
      practice.market.faults.slow(0);
      practice.transport.down = false;
      practice.seconds(100);
      await settle();
      assert.equal(asked.candles.length, 10_000);
    });
  });

  describe('failures', () => {
    it('without an answer end it after the third time', async () => {
      const practice = open({}, {}, () => 0);
      practice.watch({ symbol: ETH });
      practice.seconds(5);
      practice.market.faults.freeze('heartbeat');
      const asked = await ask(practice, { symbol: BTC, count: 10 }, 85);
      assert.equal(asked.pending, true);
      practice.seconds(15);
      await settle();
      assert.equal(asked.error?.code, 'TIMEOUT');
      assert.equal(asked.error.symbol, BTC);
      assert.match(asked.error.message, /history of BINANCE:BTCUSDT.*30 s/);
    });

    it('without an answer for one page are made good', async () => {
      const practice = open(MANY, MANY);
      practice.market.faults.slow(1_000);
      const asked = new Ask(practice, { symbol: BTC, count: 6_000 });
      while (asked.progress.length < 2) practice.seconds(1);
      practice.market.faults.freeze('heartbeat');
      practice.seconds(10);
      practice.market.faults.thaw();
      practice.seconds(100);
      await settle();
      assert.equal(asked.candles.length, 6_000);
      assertTrue(practice, asked.candles);
    });

    for (const damage of ['length', 'cut', 'junk', 'types'] as const) {
      it(`by damaged packets (${damage}) are made good`, async () => {
        const practice = open(MANY, MANY);
        practice.market.faults.slow(1_000);
        const asked = new Ask(practice, { symbol: BTC, count: 6_000 });
        while (asked.progress.length < 1) practice.seconds(1);
        practice.market.faults.malform(damage);
        practice.seconds(200);
        await settle();
        assert.equal(asked.candles.length, 6_000);
        assertTrue(practice, asked.candles);
        practice.logs.length = 0;
      });
    }

    for (const [symbol, code] of [
      ['NOWHERE:NOTHING', 'SYMBOL_UNKNOWN'],
      ['ECONOMICS:USM2', 'SYMBOL_FORBIDDEN'],
    ] as const) {
      it(`of ${symbol} are told once and at once: ${code}`, async () => {
        const practice = open();
        const asked = await ask(practice, { symbol, count: 10 });
        assert.deepEqual([asked.error?.code, asked.error?.symbol], [code, symbol]);
        assert.equal(practice.transport.requests('resolve_symbol').length, 1);
      });
    }

    it('of a connection that has stopped end it at once, before and in the middle', async () => {
      const practice = open(MANY, MANY);
      practice.market.faults.slow(1_000);
      const asked = new Ask(practice, { symbol: BTC, count: 12_000 });
      while (asked.progress.length < 2) practice.seconds(1);
      practice.market.faults.ban();
      practice.transport.drop();
      practice.seconds(10);
      await settle();
      assert.equal(asked.error?.code, 'BANNED');
      const later = await ask(practice, { symbol: BTC, count: 5 }, 0);
      assert.equal(later.error?.code, 'BANNED');
      await practice.market.faults.accept();
      practice.client.reconnect();
      const good = await ask(practice, { symbol: BTC, count: 5 }, 30);
      assert.equal(good.candles.length, 5);
    });

    it('end all that is under way when the client is closed', async () => {
      const practice = open(MANY, MANY);
      practice.market.faults.slow(1_000);
      const asked = [1, 2, 3, 4].map(() => new Ask(practice, { symbol: BTC, count: 12_000 }));
      practice.seconds(5);
      await practice.client.close();
      await settle();
      for (const { error } of asked) assert.equal(error?.code, 'UNREACHABLE');
    });
  });

  describe('is given up by a signal', () => {
    const reason = new Error('no longer wanted');

    it('before it has begun', async () => {
      const practice = open();
      const asked = await ask(practice, { symbol: BTC, count: 10, signal: AbortSignal.abort(reason) }, 0);
      assert.equal(asked.error, reason);
      assert.equal(practice.transport.links.length, 0);
    });

    it('in the middle, leaving nothing open upstream', async () => {
      const practice = open(MANY, MANY);
      const live = practice.watch({ symbol: BTC });
      practice.market.faults.slow(1_000);
      const giveUp = new AbortController();
      const asked = new Ask(practice, { symbol: ETH, count: 12_000, signal: giveUp.signal });
      while (asked.progress.length < 2) practice.seconds(1);
      giveUp.abort(reason);
      const { length } = asked.progress;
      practice.seconds(30);
      await settle();
      assert.equal(asked.error, reason);
      assert.equal(asked.progress.length, length);
      assert.equal(practice.market.stats().series, 1);
      assert.ok(live.events.length > 0);
    });

    it('in the queue, and the next takes its turn', async () => {
      const practice = open(MANY, MANY);
      practice.market.faults.slow(1_000);
      const giveUp = new AbortController();
      const before = [1, 2, 3].map(() => new Ask(practice, { symbol: BTC, count: 3_000 }));
      const given = new Ask(practice, { symbol: BTC, count: 10, signal: giveUp.signal });
      const after = new Ask(practice, { symbol: ETH, count: 10 });
      practice.seconds(1);
      giveUp.abort(reason);
      practice.seconds(60);
      await settle();
      assert.equal(given.error, reason);
      for (const { candles } of before) assert.equal(candles.length, 3_000);
      assert.equal(after.candles.length, 10);
    });
  });

  describe('of several requests', () => {
    it('is loaded three at a time, the others in the order in which they came', async () => {
      const practice = open(MANY, MANY);
      practice.market.faults.slow(500);
      const symbols = [BTC, ETH, 'BINANCE:SOLUSDT', 'NASDAQ:AAPL', 'FX:EURUSD', BTC, ETH];
      const order: number[] = [];
      const asked = symbols.map((symbol, n) => {
        const one = new Ask(practice, { symbol, timeframe: '5m', count: n === 0 ? 9_000 : 1_500 });
        return Object.assign(one, { n });
      });
      let most = 0;
      for (let second = 0; second < 120; second++) {
        practice.seconds(1);
        await settle();
        most = Math.max(most, practice.market.stats().series);
        for (const { n, answer } of asked) if (answer && !order.includes(n)) order.push(n);
      }
      assert.equal(most, 3);
      assert.equal(order.at(-1), 0, 'the long one holds up nobody');
      assert.deepEqual(order.slice(0, -1), [1, 2, 3, 4, 5, 6]);
      asked.forEach(({ candles }, n) => {
        assertTrue(practice, candles, symbols[n], '5m');
      });
    });

    it('is the same for the others when one fails', async () => {
      const practice = open();
      const asked = [BTC, 'NOWHERE:NOTHING', ETH].map((symbol) => new Ask(practice, { symbol, count: 100 }));
      practice.seconds(20);
      await settle();
      assert.deepEqual(
        asked.map(({ answer, error }) => answer?.candles.length ?? error?.code),
        [100, 'SYMBOL_UNKNOWN', 100],
      );
    });
  });

  describe('refuses', () => {
    const BAD: [string, Partial<Record<keyof HistoryOptions, unknown>>, string, RegExp][] = [
      ['a count of 0', { count: 0 }, 'SETTING_INVALID', /“count”.*whole number from 1 to 40000/],
      ['a negative count', { count: -5 }, 'SETTING_INVALID', /“count”/],
      ['a fraction as count', { count: 1.5 }, 'SETTING_INVALID', /“count”/],
      ['a million', { count: 1_000_000 }, 'SETTING_INVALID', /“count”.*40000/],
      ['a count that is no number', { count: 'many' }, 'SETTING_INVALID', /“count”/],
      ['a count that is a list', { count: [10] }, 'SETTING_INVALID', /“count”/],
      ['neither count nor from', {}, 'SETTING_INVALID', /“count” or “from”/],
      ['from after to', { from: '2026-05-02', to: '2026-05-01' }, 'SETTING_INVALID', /“from” must be before “to”/],
      ['from equal to to', { from: 1000, to: 1000 }, 'SETTING_INVALID', /“from” must be before “to”/],
      ['a from that is no time', { from: 'yesterday' }, 'SETTING_INVALID', /“from”.*2026-01-31T14:30:00Z/],
      ['a to that is no time', { count: 5, to: '31.1.2026' }, 'SETTING_INVALID', /“to”/],
      ['a month that is none', { from: '2026-13-01' }, 'SETTING_INVALID', /“from”/],
      ['a day that is none', { from: '2026-02-30T10:00Z' }, 'SETTING_INVALID', /“from”/],
      ['an hour that is none', { from: '2026-02-03T25:00' }, 'SETTING_INVALID', /“from”/],
      ['a time beyond all', { from: 1e300 }, 'SETTING_INVALID', /“from”/],
      ['no time at all', { from: Number.NaN }, 'SETTING_INVALID', /“from”/],
      ['an unknown timeframe', { count: 5, timeframe: '7m' }, 'TIMEFRAME_INVALID', /“7m”.*1m, 3m/],
      ['a symbol without an exchange', { symbol: 'BTCUSDT', count: 5 }, 'SYMBOL_INVALID', /“BTCUSDT”.*EXCHANGE:SYMBOL/],
      ['no symbol', { symbol: '', count: 5 }, 'SYMBOL_INVALID', /empty/],
    ];
    for (const [what, options, code, sentence] of BAD) {
      it(`${what}, naming the field, before anything is sent`, async () => {
        const practice = open();
        const asked = await ask(practice, { symbol: BTC, ...options } as HistoryOptions);
        assert.equal(asked.error?.code, code);
        assert.match(asked.error.message, sentence);
        assert.equal(practice.transport.links.length, 0);
      });
    }
  });
});
