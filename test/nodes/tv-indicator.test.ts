import assert from 'node:assert/strict';
import { FastMarket } from '../support/fast-market';
import { Flow } from '../support/flow';
import type { FlowMessage } from '../support/flow-message';
import { assertValues, IndicatorTruth, macd, rsi } from '../support/indicator-truth';

const BTC = 'BINANCE:BTCUSDT';
const ETH = 'BINANCE:ETHUSDT';
const MINUTE = 60_000;

const variable = (name: string) => `\${${name}}`;

function connection(market: FastMarket, more: object = {}) {
  return { id: 'c', type: 'tv-connection', server: 'custom', url: market.url, httpUrl: market.httpUrl, ...more };
}

function indicator(id: string, more: object = {}) {
  return {
    id,
    z: 'f',
    type: 'tv-indicator',
    connection: 'c',
    symbols: [BTC],
    timeframe: '1m',
    indicator: 'STD;RSI',
    version: 'last',
    indicatorInputs: {},
    history: 3,
    wires: [[`${id}-closed`], [`${id}-forming`], [`${id}-events`]],
    ...more,
  };
}

function collectors(id: string) {
  return ['closed', 'forming', 'events'].map((name) => ({ id: `${id}-${name}`, z: 'f', type: 'collector', wires: [] }));
}

const TAB = { id: 'f', type: 'tab' };
const CATCH = { id: 'catcher', z: 'f', type: 'catch', scope: null, wires: [['caught']] };
const CAUGHT = { id: 'caught', z: 'f', type: 'collector', wires: [] };
const STATUS = { id: 'watcher', z: 'f', type: 'status', scope: null, wires: [['statuses']] };
const STATUSES = { id: 'statuses', z: 'f', type: 'collector', wires: [] };

const code = (wanted: string) => (message: FlowMessage) => message.error?.code === wanted;
const shows = (text: string) => (message: FlowMessage) => message.status?.text === text;
const timesOf = (messages: readonly FlowMessage[]): number[] => messages.map(({ payload }) => payload.timestamp);

/** One a minute, without a hole or a repetition. */
function assertSeamless(times: readonly number[]): void {
  assert.deepEqual(
    times,
    times.map((_, n) => (times[0] ?? 0) + n * MINUTE),
  );
}

describe('tv-indicator', () => {
  let market: FastMarket;
  let flow: Flow;

  beforeEach(async () => {
    market = await FastMarket.open();
  });

  afterEach(async () => {
    await flow.stop();
    await market.close();
  });

  const start = async (...nodes: { id: string; type: string }[]) => {
    flow = await Flow.start([TAB, CATCH, CAUGHT, STATUS, STATUSES, connection(market), ...nodes]);
  };

  const closed = (id: string, count: number) => flow.until(`${id}-closed`, (messages) => messages.length >= count);

  describe('messages', () => {
    it('are the history, then forming and closed values, as the contract has them', async () => {
      await start(indicator('n', { indicator: 'STD;Practice%1Alert' }), ...collectors('n'));
      const messages = await closed('n', 4);
      const [history, ...others] = flow.received('n-events');
      assert.deepEqual(others, []);
      const told = ({ topic, symbol, event, timeframe }: FlowMessage) => [topic, symbol, event, timeframe];
      assert.deepEqual(told(history as FlowMessage), [BTC, BTC, 'history', '1m']);
      assert.equal(history?.payload.length, 3);
      messages.forEach((message, n) => {
        assert.deepEqual(told(message), [BTC, BTC, 'closed', '1m']);
        assert.deepEqual([message.payload.index, message.payload.closed], [3 + n, true]);
        assert.equal('backfilled' in message, false);
      });
      const items = [...history.payload, ...messages.map(({ payload }) => payload)];
      assertSeamless(items.map(({ timestamp }) => timestamp));
      for (const item of items) {
        const [candle] = market.market.candles(BTC, '1m', item.timestamp, item.timestamp + 1);
        assert.ok(candle);
        const { open, high, low, close } = candle;
        const [up, down] = [Number(close > open), Number(close < open)];
        const mark = up === 1 ? 1 : null;
        assert.deepEqual(Object.keys(item), ['index', 'timestamp', 'closed', 'values', 'plots', 'alerts']);
        assert.deepEqual(item.values, { Plot: close, 'Plot (2)': (high + low) / 2, 'Up Mark': mark });
        assert.deepEqual(item.plots, [close, (high + low) / 2, mark, up, down]);
        assert.deepEqual(item.alerts, up === 1 ? ['Up'] : down === 1 ? ['Down'] : []);
      }
      const [forming] = flow.received('n-forming');
      assert.deepEqual(told(forming as FlowMessage), [BTC, BTC, 'forming', '1m']);
      assert.deepEqual([forming?.payload.index, forming?.payload.closed], [3, false]);
    });

    it('are RSI and MACD over one socket, as a computation of one’s own has them, closed and forming', async () => {
      const ohlc = { id: 'o', z: 'f', type: 'tv-ohlc', connection: 'c', symbols: [BTC], history: 0 };
      const all = (id: string) => ({ wires: [[`${id}-closed`], ['all'], [`${id}-events`]] });
      await start(
        { ...ohlc, timeframe: '1m', wires: [[], ['all'], []] } as { id: string; type: string },
        indicator('r', { ...all('r'), name: 'rsi' }),
        ...collectors('r'),
        indicator('m', { ...all('m'), indicator: 'STD;MACD' }),
        ...collectors('m'),
        { id: 'all', z: 'f', type: 'collector', wires: [] } as { id: string; type: string },
      );
      await closed('r', 4);
      await closed('m', 4);
      const truth = new IndicatorTruth(market.market, BTC, '1m', MINUTE);
      for (const [id, name] of [['r', 'rsi'] as const, ['m', 'macd'] as const]) {
        const [history] = flow.received(`${id}-events`);
        const items = [...(history?.payload ?? []), ...flow.received(`${id}-closed`).map(({ payload }) => payload)];
        assertSeamless(items.map(({ timestamp }) => timestamp));
        for (const item of items) assertValues(item, truth[name](item.timestamp));
      }
      assert.equal(assertForming(flow.received('all')), 2, 'values of both were compared');
      const { sockets, connectionsEver, series, studies } = market.market.stats();
      assert.deepEqual([sockets, connectionsEver, series, studies], [1, 1, 1, 2]);
    });

    /** What forms is told of the candle as it was just before. @returns how many indicators there were */
    function assertForming(messages: readonly FlowMessage[]): number {
      const seen = new Map<string, number>();
      let candle: FlowMessage['payload'] | undefined;
      for (const { payload } of messages) {
        if ('close' in payload) candle = payload;
        if (!('values' in payload) || payload.timestamp !== candle?.timestamp) continue;
        const before = market.market.candles(BTC, '1m', payload.timestamp - 600 * MINUTE, payload.timestamp);
        const closes = [...before.map(({ close }) => close), candle.close];
        if ('RSI' in payload.values) {
          assertValues(payload, { RSI: rsi(closes).at(-1) ?? null });
        } else {
          const lines = macd(closes);
          assertValues(payload, { MACD: lines.macd.at(-1) ?? null, Histogram: lines.histogram.at(-1) ?? null });
        }
        const name = Object.keys(payload.values).join();
        seen.set(name, (seen.get(name) ?? 0) + 1);
      }
      for (const [name, count] of seen) assert.ok(count >= 20, `${name}: ${count}`);
      return seen.size;
    }

    it('follow the inputs, by name and by id, and the version', async () => {
      await start(
        indicator('n', { indicatorInputs: { ' rsi length ': '7' }, version: '37.0' }),
        ...collectors('n'),
        indicator('m', { indicatorInputs: undefined, inputs: { in_0: 7 }, version: '37.0' }),
        ...collectors('m'),
      );
      await closed('n', 2);
      await closed('m', 2);
      const truth = new IndicatorTruth(market.market, BTC, '1m', MINUTE);
      for (const { payload } of flow.received('n-closed')) assertValues(payload, truth.rsi(payload.timestamp, 7));
      const [a, b] = [flow.received('n-closed')[0]?.payload, flow.received('m-closed')[0]?.payload];
      assert.deepEqual(a, b);
      assert.notEqual(a, b, 'each node has objects of its own');
      assert.equal(market.received('create_study'), 1, 'equal indicators are one study');
    });

    it('are backfilled after an outage, each once and in order', async () => {
      await start(indicator('n'), ...collectors('n'));
      await closed('n', 2);
      const { faults } = market.market;
      faults.drop(1006);
      faults.refuse('connection');
      const dropped = market.clock.now();
      await market.until(dropped + 4 * MINUTE);
      await faults.accept();
      const messages = await flow.until('n-closed', (all) => {
        const late = all.findLastIndex(({ backfilled }) => backfilled);
        return late >= 0 && all.length > late + 2;
      });
      assertSeamless(timesOf(messages));
      assert.ok(messages.filter(({ backfilled }) => backfilled).length >= 3);
      const truth = new IndicatorTruth(market.market, BTC, '1m', MINUTE);
      for (const { payload } of messages) assertValues(payload, truth.rsi(payload.timestamp));
      assert.deepEqual(
        flow.received('n-events').map(({ event }) => event),
        ['history'],
      );
    });

    it('need no history, and count from the first', async () => {
      await start(indicator('n', { history: 0 }), ...collectors('n'));
      const messages = await closed('n', 2);
      assert.deepEqual(
        messages.slice(0, 2).map(({ payload }) => payload.index),
        [0, 1],
      );
      assert.deepEqual(flow.received('n-events'), []);
    });
  });

  describe('settings', () => {
    afterEach(() => {
      for (const name of Object.keys(process.env)) if (name.startsWith('LIVETICK_')) delete process.env[name];
    });

    it('may come from the environment, all of them', async () => {
      Object.assign(process.env, {
        LIVETICK_SYMBOLS: `${BTC.toLowerCase()}, ${ETH}`,
        LIVETICK_TIMEFRAME: '1m',
        LIVETICK_INDICATOR: 'STD;MACD',
        LIVETICK_VERSION: '31.0',
        LIVETICK_INPUTS: '{"Fast Length": 12}',
        LIVETICK_HISTORY: '2',
      });
      await start(
        indicator('n', {
          symbols: [variable('LIVETICK_SYMBOLS')],
          timeframe: variable('LIVETICK_TIMEFRAME'),
          indicator: variable('LIVETICK_INDICATOR'),
          version: variable('LIVETICK_VERSION'),
          indicatorInputs: variable('LIVETICK_INPUTS'),
          history: variable('LIVETICK_HISTORY'),
        }),
        ...collectors('n'),
      );
      await flow.find('n-closed', ({ topic }) => topic === ETH);
      await flow.find('n-closed', ({ topic }) => topic === BTC);
      const [history] = flow.received('n-events');
      assert.equal(history?.payload.length, 2);
      assert.deepEqual(Object.keys(history?.payload[0].values), ['Histogram', 'MACD', 'Signal']);
    });

    it('may hold a variable for a single input', async () => {
      process.env.LIVETICK_LENGTH = '7';
      await start(indicator('n', { indicatorInputs: { in_0: variable('LIVETICK_LENGTH') } }), ...collectors('n'));
      const [first] = await closed('n', 1);
      const truth = new IndicatorTruth(market.market, BTC, '1m', MINUTE);
      assertValues(first?.payload, truth.rsi(first?.payload.timestamp, 7));
    });
  });

  describe('control messages', () => {
    it('subscribe, list and unsubscribe', async () => {
      await start(indicator('n', { symbols: [] }), ...collectors('n'));
      await flow.find('statuses', shows('tv-indicator.status.idle'));
      flow.send('n', { action: 'subscribe', payload: [BTC, ETH] });
      flow.send('n', { action: 'subscribe', topic: BTC.toLowerCase() });
      await flow.find('n-closed', ({ topic }) => topic === ETH);
      await flow.find('n-closed', ({ topic }) => topic === BTC);
      flow.send('n', { action: 'list', keep: 'me' });
      const list = await flow.find('n-events', ({ event }) => event === 'list');
      assert.deepEqual(list.payload, [
        { symbol: BTC, timeframe: '1m', state: 'live' },
        { symbol: ETH, timeframe: '1m', state: 'live' },
      ]);
      assert.equal((list as { keep?: string }).keep, 'me');
      flow.send('n', { action: 'unsubscribe', payload: [ETH, 'NOT:THERE'] });
      flow.send('n', { action: 'list' });
      const lists = await flow.until('n-events', (all) => all.filter(({ event }) => event === 'list').length === 2);
      assert.deepEqual(lists.at(-1)?.payload, [{ symbol: BTC, timeframe: '1m', state: 'live' }]);
      while (market.market.stats().studies !== 1) await market.until(market.clock.now() + 1_000);
      assert.equal(flow.received('n-events').filter(({ event }) => event === 'history').length, 2);
      assert.deepEqual(flow.received('caught'), []);
    });

    it('reconnect, and nothing is lost or told again', async () => {
      await start(indicator('n'), ...collectors('n'));
      const { length } = await closed('n', 1);
      flow.send('n', { action: 'reconnect' });
      assertSeamless(timesOf(await closed('n', length + 3)));
      assert.equal(market.market.stats().connectionsEver, 2);
      assert.equal(flow.received('n-events').filter(({ event }) => event === 'history').length, 1);
    });

    it('that are none are an error, and it goes on', async () => {
      await start(indicator('n'), ...collectors('n'));
      flow.send('n', { payload: 'hello' });
      flow.send('n', { action: 'subscribe', payload: 'nonsense' });
      await flow.find('caught', code('ACTION_INVALID'));
      const caught = await flow.find('caught', code('SYMBOL_INVALID'));
      assert.equal(caught.error?.source.id, 'n');
      await closed('n', 1);
    });
  });

  describe('one indicator more than the plan allows', () => {
    const three = () => [
      indicator('a'),
      indicator('b', { indicator: 'STD;MACD' }),
      indicator('d', { indicator: 'STD;EMA' }),
      ...['a', 'b', 'd'].flatMap(collectors),
    ];

    /** Resolves when the third has been refused while the others work. */
    async function startThree(): Promise<void> {
      await start(...three());
      const caught = await flow.find('caught', code('INDICATOR_LIMIT'));
      assert.match(caught.error?.message ?? '', /2 indicators, which STD;RSI, STD;MACD hold/);
      assert.deepEqual([caught.error?.source.id, caught.topic, caught.symbol], ['d', BTC, BTC]);
      await flow.find('statuses', shows('tv-indicator.status.refused'));
      await closed('a', 2);
      await closed('b', 2);
      assert.deepEqual(flow.received('d-closed'), []);
      assert.equal(flow.received('caught').length, 1);
    }

    it('starts by itself when another is unsubscribed', async () => {
      await startThree();
      flow.send('a', { action: 'unsubscribe', payload: BTC });
      const [first] = await closed('d', 2);
      assert.deepEqual(Object.keys(first?.payload.values).slice(0, 1), ['EMA']);
      assert.equal(market.market.stats().studies, 2);
      await closed('b', flow.received('b-closed').length + 1);
      assertSeamless(timesOf(flow.received('b-closed')));
      assert.equal(flow.received('caught').length, 1);
    });

    it('starts by itself when another is deleted by a partial deploy', async () => {
      await startThree();
      const left = three().filter(({ id }) => !id.startsWith('b'));
      await flow.deploy([TAB, CATCH, CAUGHT, STATUS, STATUSES, connection(market), ...left]);
      await closed('d', 2);
      assert.equal(market.market.stats().studies, 2);
      assert.equal(market.market.stats().connectionsEver, 1);
      assertSeamless(timesOf(flow.received('a-closed')));
      assert.equal(flow.received('caught').length, 1);
    });

    it('is told so too where upstream has fewer slots than the plan says', async () => {
      flow = await Flow.start([
        TAB,
        CATCH,
        CAUGHT,
        STATUS,
        STATUSES,
        connection(market, { plan: 'premium' }),
        ...three(),
      ]);
      const caught = await flow.find('caught', code('INDICATOR_LIMIT'));
      assert.match(caught.error?.message ?? '', /2 indicators/);
      const waiting = caught.error?.source.id ?? '';
      const [other = ''] = ['a', 'b', 'd'].filter((id) => id !== waiting);
      await closed(other, 1);
      flow.send(other, { action: 'unsubscribe', payload: BTC });
      await closed(waiting, 1);
    });
  });

  describe('bad settings', () => {
    const good = () => [indicator('good', { symbols: [ETH] }), ...collectors('good')];

    /** The others are not disturbed, and of the bad one nothing has reached the market. */
    async function assertUndisturbed(): Promise<void> {
      await closed('good', 2);
      assertSeamless(timesOf(flow.received('good-closed')));
      assert.equal(market.received('create_study'), 1, 'only the good node has asked for a study');
      assert.equal(flow.received('caught').length, 1);
    }

    const BAD: [string, object, string, RegExp][] = [
      ['an id that is none', { indicator: 'rsi' }, 'INDICATOR_UNKNOWN', /“rsi”.*STD;RSI, PUB;…, USER;…/],
      ['a version that is none', { version: 'newest' }, 'SETTING_INVALID', /“version”.*“last”.*45\.0/],
      ['an unknown indicator', { indicator: 'STD;Nothing' }, 'INDICATOR_UNKNOWN', /STD;Nothing/],
      ['a version that does not exist', { version: '99.0' }, 'INDICATOR_UNKNOWN', /version 99\.0 of STD;RSI/],
      ['a private script', { indicator: 'USER;PracticePrivate' }, 'INDICATOR_FORBIDDEN', /session cookies/],
      [
        'a text for a number',
        { indicatorInputs: { in_0: 'long' } },
        'INPUT_INVALID',
        /“RSI Length” \(in_0\).*whole number, 1 or more/,
      ],
      ['a length of 0', { indicatorInputs: { 'RSI Length': 0 } }, 'INPUT_INVALID', /“RSI Length” \(in_0\).*1 or more/],
      ['a fraction', { indicatorInputs: { in_0: 14.5 } }, 'INPUT_INVALID', /“RSI Length” \(in_0\).*whole number/],
      ['a list for a number', { indicatorInputs: { in_0: [14] } }, 'INPUT_INVALID', /“RSI Length” \(in_0\)/],
      [
        'a number out of range',
        { indicatorInputs: { in_5: 51 } },
        'INPUT_INVALID',
        /“BB StdDev” \(in_5\).*from 0\.001 to 50/,
      ],
      [
        'a source that is none',
        { indicatorInputs: { Source: 'middle' } },
        'INPUT_INVALID',
        /“Source” \(in_1\).*open.*hlc3/,
      ],
      [
        'an unknown input',
        { indicatorInputs: { Lenght: 14 } },
        'INPUT_INVALID',
        /no input “Lenght”.*RSI Length \(in_0\)/,
      ],
      ['inputs that are a list', { indicatorInputs: [14] }, 'SETTING_INVALID', /“inputs”.*\{"in_0": 21\}/],
      ['inputs that are no JSON', { indicatorInputs: '{in_0: 14}' }, 'SETTING_INVALID', /“inputs”/],
      [
        'an input’s variable that is not set',
        { indicatorInputs: { in_0: variable('LIVETICK_NO') } },
        'SETTING_INVALID',
        /LIVETICK_NO/,
      ],
      [
        'an indicator’s variable that is not set',
        { indicator: variable('LIVETICK_NO') },
        'SETTING_INVALID',
        /LIVETICK_NO/,
      ],
      ['an unknown timeframe', { timeframe: '7m' }, 'TIMEFRAME_INVALID', /“7m”.*1m, 3m/],
      ['a negative history', { history: -1 }, 'SETTING_INVALID', /“history”.*from 0 to 5000/],
      ['a symbol that is none', { symbols: ['BTCUSDT'] }, 'SYMBOL_INVALID', /EXCHANGE:SYMBOL/],
    ];
    for (const [what, settings, wanted, sentence] of BAD) {
      it(`such as ${what} are told by name, before anything is asked of the market`, async () => {
        await start(indicator('n', settings), ...collectors('n'), ...good());
        const { error } = await flow.find('caught', code(wanted));
        assert.match(error?.message ?? '', sentence);
        assert.equal(error?.source.id, 'n');
        await assertUndisturbed();
        assert.deepEqual(flow.received('n-closed'), []);
      });
    }

    it('such as a script that fails are told in upstream’s words, and not tried again', async () => {
      await start(indicator('n', { indicator: 'PUB;PracticeError' }), ...collectors('n'), ...good());
      const caught = await flow.find('caught', code('INDICATOR_FAILED'));
      assert.match(caught.error?.message ?? '', /PUB;PracticeError has failed on BINANCE:BTCUSDT.*array\.get/);
      assert.equal(caught.topic, BTC);
      const { status } = await flow.find('statuses', shows('tv-indicator.status.refused'));
      assert.equal(status?.fill, 'red');
      await closed('good', 3);
      assert.equal(market.received('create_study'), 2);
      assert.equal(flow.received('caught').length, 1);
    });

    it('of one symbol leave the other symbols of the node alone', async () => {
      await start(indicator('n', { symbols: ['NOWHERE:NOTHING', BTC] }), ...collectors('n'));
      const caught = await flow.find('caught', code('SYMBOL_UNKNOWN'));
      assert.equal(caught.topic, 'NOWHERE:NOTHING');
      await closed('n', 2);
      await flow.find('statuses', shows('1/2'));
    });
  });

  describe('a look-up', () => {
    const good = () => [indicator('good', { indicator: 'Volume@tv-basicstudies-246' }), ...collectors('good')];

    for (const [how, wanted, sentence] of [
      [404, 'INDICATOR_UNKNOWN', /does not know STD;RSI/],
      [500, 'PROTOCOL', /STD;RSI.*HTTP 500/],
      ['rubbish', 'PROTOCOL', /JSON|cannot be read/],
    ] as const) {
      it(`that ends with ${how} is told, and the others go on`, async () => {
        market.market.faults.failLookUps('pine-facade', how);
        await start(indicator('n'), ...collectors('n'), ...good());
        const caught = await flow.find('caught', code(wanted));
        assert.match(caught.error?.message ?? '', sentence);
        assert.deepEqual([caught.error?.source.id, caught.topic], ['n', BTC]);
        const { length } = flow.received('good-closed');
        await closed('good', length + 2);
        assert.equal(market.received('create_study'), 1);
        assert.equal(flow.received('caught').length, 1);
      });
    }

    for (const how of [500, 'rubbish'] as const) {
      it(`that ends with ${how} for a moment only is not noticed`, async () => {
        market.market.faults.failLookUps('pine-facade', how, 2);
        await start(indicator('n'), ...collectors('n'));
        await closed('n', 1);
        assert.deepEqual(flow.received('caught'), []);
      });
    }

    it('that failed for a while is made good by itself', async () => {
      market.market.faults.failLookUps('pine-facade', 500);
      await start(indicator('n'), ...collectors('n'));
      await flow.find('caught', code('PROTOCOL'));
      await flow.find('statuses', shows('tv-indicator.status.error'));
      await market.market.faults.clear();
      await closed('n', 1);
      assert.equal(flow.received('caught').length, 1);
    });
  });
});
