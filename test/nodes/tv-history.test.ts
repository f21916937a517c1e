import assert from 'node:assert/strict';
import { FastMarket, START } from '../support/fast-market';
import { Flow } from '../support/flow';
import { asTold, type FlowMessage, settledCandles } from '../support/flow-message';

const BTC = 'BINANCE:BTCUSDT';
const ETH = 'BINANCE:ETHUSDT';
const MINUTE = 60_000;
const MANY = 20_000;

const variable = (name: string) => `\${${name}}`;

/** The answer to a request, with what the flow had put into the message. */
type Answer = FlowMessage & { complete?: boolean; reason?: string; keep?: unknown; nr?: number };

function connection(market: FastMarket, more: object = {}) {
  return { id: 'c', type: 'tv-connection', server: 'custom', url: market.url, httpUrl: market.httpUrl, ...more };
}

function history(id: string, more: object = {}) {
  return {
    id,
    z: 'f',
    type: 'tv-history',
    connection: 'c',
    symbol: BTC,
    timeframe: '1m',
    count: 10,
    from: '',
    to: '',
    wires: [['answers']],
    ...more,
  };
}

const TAB = { id: 'f', type: 'tab' };
const ANSWERS = { id: 'answers', z: 'f', type: 'collector', wires: [] };
const CATCH = { id: 'catcher', z: 'f', type: 'catch', scope: null, wires: [['caught']] };
const CAUGHT = { id: 'caught', z: 'f', type: 'collector', wires: [] };
const STATUS = { id: 'watcher', z: 'f', type: 'status', scope: null, wires: [['statuses']] };
const STATUSES = { id: 'statuses', z: 'f', type: 'collector', wires: [] };
const COMPLETE = { id: 'completer', z: 'f', type: 'complete', scope: ['n'], wires: [['completed']] };
const COMPLETED = { id: 'completed', z: 'f', type: 'collector', wires: [] };
const AROUND = [TAB, ANSWERS, CATCH, CAUGHT, STATUS, STATUSES, COMPLETE, COMPLETED];

const shows = (text: string | RegExp) => (message: FlowMessage) => {
  const shown = message.status?.text;
  return typeof text === 'string' ? shown === text : text.test(shown ?? '');
};

describe('tv-history', () => {
  let market: FastMarket;
  let flow: Flow;

  const open = async (options: object = {}) => {
    market = await FastMarket.open(options);
  };

  afterEach(async () => {
    await flow.stop();
    await market.close();
  });

  const start = async (...nodes: { id: string; type: string }[]) => {
    flow = await Flow.start([...AROUND, connection(market), ...nodes]);
  };

  const answers = (count: number): Promise<Answer[]> => flow.until('answers', (messages) => messages.length >= count);

  /** The answer's candles are the truth, under the indexes from 0 on. */
  function assertTrue({ payload, topic, timeframe }: Answer): void {
    const truth = market.market.candles(
      topic ?? '',
      timeframe as '1m',
      payload[0].timestamp,
      payload.at(-1).timestamp + 1,
    );
    assert.deepEqual(payload, asTold(truth));
  }

  /** Waits until clients have asked for so many pages. */
  async function pages(count: number): Promise<void> {
    while (market.received('request_more_data') < count) await market.until(market.clock.now() + 250);
  }

  describe('an answer', () => {
    beforeEach(() => open());

    it('is the message that asked, with the candles of the settings', async () => {
      await start(history('n'));
      flow.send('n', { payload: 1781042400000, keep: { me: true }, _msgid: 'the same' });
      const [answer] = await answers(1);
      assert.ok(answer);
      const { payload, ...rest } = answer;
      assert.deepEqual(rest, {
        keep: { me: true },
        _msgid: 'the same',
        topic: BTC,
        symbol: BTC,
        timeframe: '1m',
        event: 'history',
        complete: true,
      });
      assert.equal(payload.length, 10);
      assert.deepEqual(Object.keys(payload[0]), [
        'index',
        'timestamp',
        'open',
        'high',
        'low',
        'close',
        'volume',
        'closed',
      ]);
      assert.ok(payload.at(-1).timestamp >= START - MINUTE && payload.at(-1).timestamp < market.clock.now());
      assertTrue(answer);
      await flow.until('completed', (messages) => messages.length === 1);
      assert.deepEqual(flow.received('caught'), []);
    });

    it('follows what the message says before the settings', async () => {
      await start(history('n', { from: '2026-05-01', to: '2026-05-02' }));
      const [from, to] = [Date.UTC(2026, 4, 4), '2026-05-06T00:00:00Z'];
      flow.send('n', { payload: { symbol: ETH.toLowerCase(), timeframe: '1d', from, to }, topic: 'NASDAQ:AAPL' });
      const [answer] = await answers(1);
      assert.deepEqual([answer?.topic, answer?.symbol, answer?.timeframe], [ETH, ETH, '1d']);
      assert.deepEqual(
        answer?.payload.map(({ timestamp }: { timestamp: number }) => timestamp),
        [from, from + 86_400_000],
      );
    });

    it('takes the symbol from the topic, where that is one', async () => {
      await start(history('n'));
      flow.send('n', { topic: ETH });
      flow.send('n', { topic: 'daily report' });
      flow.send('n', { topic: ETH, payload: { symbol: 'BINANCE:SOLUSDT', count: '3' } });
      const topics = (await answers(3)).map(({ topic, payload }) => `${topic} ${payload.length}`);
      assert.deepEqual(topics.sort(), ['BINANCE:BTCUSDT 10', 'BINANCE:ETHUSDT 10', 'BINANCE:SOLUSDT 3']);
    });

    it('takes a symbol as payload, and a count in place of the settings’ beginning', async () => {
      await start(history('n', { from: '2026-05-01' }));
      flow.send('n', { payload: ETH, topic: 'daily report' });
      flow.send('n', { payload: { count: 3 } });
      const [first, second] = (await answers(2)).sort((a, b) => b.payload.length - a.payload.length);
      assert.equal(first?.topic, ETH);
      assert.deepEqual([second?.topic, second?.payload.length], ['BINANCE:BTCUSDT', 3]);
    });

    it('takes times as a Date, too', async () => {
      await start(history('n', { timeframe: '1h' }));
      flow.send('n', { payload: { from: new Date('2026-05-13T10:00Z'), to: new Date('2026-05-13T12:00Z') } });
      const [answer] = await answers(1);
      assert.equal(answer?.payload.length, 2);
    });

    it('that a limit has cut says so, and why; the next one does not', async () => {
      await start(history('n', { count: 6_000 }));
      flow.send('n', {});
      const [cut] = await answers(1);
      assert.equal(cut?.complete, false);
      assert.match(cut?.reason ?? '', /no more than 5000 candles/);
      assert.ok((cut?.payload.length ?? 0) >= 4_999);
      flow.send('n', { ...cut, payload: { count: 5 } });
      const [, whole] = await answers(2);
      assert.equal(whole?.complete, true);
      assert.equal('reason' in (whole ?? {}), false);
    });

    it('comes to each of many requests, as they are ready, each to its own', async () => {
      await start(history('n'));
      const symbols = [BTC, ETH, 'BINANCE:SOLUSDT', 'FX:EURUSD', BTC];
      symbols.forEach((topic, nr) => {
        flow.send('n', { topic, nr, payload: { count: 100 * (nr + 1) } });
      });
      const all = await answers(symbols.length);
      for (const answer of all) {
        const nr = answer.nr ?? -1;
        assert.deepEqual([answer.topic, answer.payload.length], [symbols[nr], 100 * (nr + 1)]);
        assertTrue(answer);
      }
      await flow.until('completed', (messages) => messages.length === symbols.length);
      await flow.find('statuses', shows('tv-history.status.idle'));
    });

    it('comes again after the connection has gone idle', async () => {
      await start(history('n'));
      flow.send('n', {});
      await answers(1);
      while (market.market.stats().sockets > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      flow.send('n', {});
      assertTrue((await answers(2))[1] as Answer);
      assert.equal(market.market.stats().connectionsEver, 2);
    });
  });

  describe('settings', () => {
    beforeEach(() => open());
    afterEach(() => {
      for (const name of Object.keys(process.env)) if (name.startsWith('LIVETICK_')) delete process.env[name];
    });

    it('may come from the environment, all of them', async () => {
      Object.assign(process.env, {
        LIVETICK_SYMBOL: ETH,
        LIVETICK_TIMEFRAME: '1h',
        LIVETICK_COUNT: '7',
        LIVETICK_FROM: '2026-05-12',
        LIVETICK_TO: '2026-05-13',
      });
      await start(
        history('n', {
          symbol: variable('LIVETICK_SYMBOL'),
          timeframe: variable('LIVETICK_TIMEFRAME'),
          count: variable('LIVETICK_COUNT'),
          from: variable('LIVETICK_FROM'),
          to: variable('LIVETICK_TO'),
        }),
        history('m', { from: undefined, count: variable('LIVETICK_COUNT') }),
      );
      flow.send('n', {});
      const [answer] = await answers(1);
      assert.deepEqual([answer?.topic, answer?.timeframe, answer?.payload.length], [ETH, '1h', 24]);
      flow.send('m', {});
      assert.equal((await answers(2))[1]?.payload.length, 7);
    });
  });

  describe('errors', () => {
    beforeEach(() => open());

    const BAD: [string, object, object, string, RegExp][] = [
      ['a count of 0', {}, { payload: { count: 0 } }, 'SETTING_INVALID', /“count”.*1 to 40000/],
      ['a million candles', {}, { payload: { count: 1_000_000 } }, 'SETTING_INVALID', /“count”/],
      ['a count that is no number', { count: 'many' }, {}, 'SETTING_INVALID', /“count”/],
      ['a count that is a list', {}, { payload: { count: [1] } }, 'SETTING_INVALID', /“count”/],
      ['no count and no from', { count: '' }, {}, 'SETTING_INVALID', /“count” or “from”/],
      ['from after to', { from: '2026-05-02', to: '2026-05-01' }, {}, 'SETTING_INVALID', /“from” must be before “to”/],
      ['a from that is no time', { from: 'yesterday' }, {}, 'SETTING_INVALID', /“from”/],
      ['a variable that is not set', { count: variable('LIVETICK_NO') }, {}, 'SETTING_INVALID', /“count”.*LIVETICK_NO/],
      ['an unknown timeframe', { timeframe: '7m' }, {}, 'TIMEFRAME_INVALID', /“7m”/],
      ['no symbol at all', { symbol: '' }, {}, 'SYMBOL_INVALID', /empty/],
      ['a symbol that is none', { symbol: '' }, { topic: 'BTCUSDT' }, 'SYMBOL_INVALID', /“BTCUSDT”/],
    ];
    for (const [what, settings, message, code, sentence] of BAD) {
      it(`such as ${what} reach the Catch node with the message that asked, and nothing else`, async () => {
        await start(history('n', settings));
        flow.send('n', { keep: 'me', ...message });
        const [caught] = await flow.until('caught', (messages) => messages.length > 0);
        assert.deepEqual([caught?.error?.code, (caught as Answer).keep], [code, 'me']);
        assert.match(caught?.error?.message ?? '', sentence);
        assert.equal(caught?.error?.source.id, 'n');
        await flow.find('statuses', shows('tv-history.status.error'));
        assert.equal(market.market.stats().connectionsEver, 0, 'nothing was sent');
        assert.deepEqual([flow.received('answers'), flow.received('completed')], [[], []]);
      });
    }

    it('of one request leave the others alone', async () => {
      await start(history('n'));
      for (const topic of [BTC, 'NOWHERE:NOTHING', 'ECONOMICS:USM2', ETH]) flow.send('n', { topic });
      await answers(2);
      const caught = await flow.until('caught', (messages) => messages.length === 2);
      assert.deepEqual(caught.map(({ topic, error }) => `${topic} ${error?.code}`).sort(), [
        'ECONOMICS:USM2 SYMBOL_FORBIDDEN',
        'NOWHERE:NOTHING SYMBOL_UNKNOWN',
      ]);
    });

    it('of a connection that is not there are told at the start and at each request', async () => {
      await start(history('n', { connection: 'nowhere' }));
      await flow.until('caught', (messages) => messages.length === 1);
      flow.send('n', {});
      const caught = await flow.until('caught', (messages) => messages.length === 2);
      for (const { error } of caught) assert.deepEqual(error?.code, 'SETTING_INVALID');
    });

    it('of a connection that is set up wrongly are told, and show at once', async () => {
      flow = await Flow.start([...AROUND, connection(market, { grace: 'long' }), history('n')]);
      await flow.find('statuses', shows('tv-history.status.error'));
      flow.send('n', {});
      const caught = await flow.until('caught', (messages) => messages.length === 2);
      for (const { error } of caught) assert.deepEqual(error?.code, 'SETTING_INVALID');
    });

    it('of a connection that has stopped end the request', async () => {
      market.market.faults.ban();
      await start(history('n'));
      flow.send('n', { keep: 'me' });
      const caught = await flow.until('caught', (messages) => messages.some((one) => (one as Answer).keep === 'me'));
      for (const { error } of caught) assert.equal(error?.code, 'BANNED');
      await flow.find('statuses', shows('tv-history.status.stopped'));
    });
  });

  describe('12,000 candles', () => {
    beforeEach(() => open({ maxCandles: MANY }));

    const live = {
      id: 'o',
      z: 'f',
      type: 'tv-ohlc',
      connection: 'c',
      symbols: [BTC],
      timeframe: '1m',
      history: 5,
      wires: [['live'], [], ['live']],
    };
    const LIVE = { id: 'live', z: 'f', type: 'collector', wires: [] };
    const startLive = async () => {
      flow = await Flow.start([...AROUND, LIVE, connection(market, { maxCandles: MANY }), live, history('n')]);
      await flow.until('live', (messages) => messages.length >= 2);
    };

    /** No live candle was lost, repeated, or out of order. */
    function assertLive(): void {
      const messages = flow.received('live');
      const candles = settledCandles(messages);
      const truth = market.market.candles(BTC, '1m', candles[0].timestamp, candles.at(-1).timestamp + 1);
      assert.deepEqual(candles, asTold(truth));
      assert.ok(messages.every(({ event }) => event === 'history' || event === 'closed'));
    }

    it('come while live candles keep coming, with the progress in the status', async () => {
      await startLive();
      market.market.faults.slow(60_000);
      const before = flow.received('live').length;
      flow.send('n', { payload: { count: 12_000 } });
      const [answer] = await answers(1);
      assert.equal(answer?.payload.length, 12_000);
      assert.equal(answer.complete, true);
      assertTrue(answer);
      assert.ok(flow.received('live').length >= before + 5, 'live candles came meanwhile');
      assertLive();
      await flow.find('statuses', shows(/^\d+\/120\d\d$/));
      await flow.find('statuses', shows('tv-history.status.idle'));
      assert.equal(market.market.stats().connectionsEver, 1);
      await market.market.faults.clear();
      while (market.market.stats().series !== 1) await market.until(market.clock.now() + 250);
    });

    it('are the same over a socket that drops in the middle', async () => {
      await startLive();
      market.market.faults.slow(20_000);
      flow.send('n', { payload: { count: 12_000 } });
      await pages(2);
      market.market.faults.drop(1006);
      const [answer] = await answers(1);
      assert.equal(answer?.payload.length, 12_000);
      assert.equal(answer.complete, true);
      assertTrue(answer);
      await flow.until('live', (messages) => messages.some(({ backfilled }) => backfilled));
      const { length } = flow.received('live');
      await flow.until('live', (messages) => messages.length >= length + 2);
      assertLive();
      assert.equal(market.market.stats().connectionsEver, 2);
    });

    it('are given up by a deploy in the middle, without an error, and the flow goes on', async () => {
      await startLive();
      market.market.faults.slow(20_000);
      flow.send('n', { payload: { count: 12_000 } });
      await pages(2);
      const deployed = performance.now();
      await flow.deploy([
        ...AROUND,
        LIVE,
        connection(market, { maxCandles: MANY }),
        live,
        history('n', { name: 'changed' }),
      ]);
      assert.ok(performance.now() - deployed < 2_000);
      flow.send('n', {});
      const [answer] = await answers(1);
      assert.equal(answer?.payload.length, 10);
      assert.deepEqual(flow.received('caught'), []);
      assert.equal(market.market.stats().connectionsEver, 1);
      await market.market.faults.clear();
      while (market.market.stats().series !== 1) await market.until(market.clock.now() + 250);
      assertLive();
    });
  });
});
