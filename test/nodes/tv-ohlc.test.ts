import assert from 'node:assert/strict';
import { FastMarket } from '../support/fast-market';
import { Flow } from '../support/flow';
import type { FlowMessage } from '../support/flow-message';

const BTC = 'BINANCE:BTCUSDT';
const ETH = 'BINANCE:ETHUSDT';

function connection(market: FastMarket, more: object = {}) {
  return { id: 'c', type: 'tv-connection', server: 'custom', url: market.url, httpUrl: market.httpUrl, ...more };
}

function ohlc(id: string, more: object = {}) {
  return {
    id,
    z: 'f',
    type: 'tv-ohlc',
    connection: 'c',
    symbols: [BTC],
    timeframe: '5s',
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

const MEMORY = { default: { module: 'memory' } };

const code = (wanted: string) => (message: FlowMessage) => message.error?.code === wanted;
const shows = (text: string) => (message: FlowMessage) => message.status?.text === text;

describe('tv-ohlc', () => {
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

  describe('messages', () => {
    it('gives the history, then the forming candle, then each closed one, as the contract has them', async () => {
      await start(ohlc('n'), ...collectors('n'));
      const closed = await flow.until('n-closed', (messages) => messages.length >= 4);
      const [history] = flow.received('n-events');
      assert.equal(history?.event, 'history');
      assert.equal(history?.topic, BTC);
      assert.equal(history?.symbol, BTC);
      assert.equal(history?.timeframe, '5s');
      assert.deepEqual(
        history?.payload.map((candle: { index: number }) => candle.index),
        [0, 1, 2],
      );
      closed.slice(0, 4).forEach((message, i) => {
        assert.equal(message.event, 'closed');
        assert.equal(message.topic, BTC);
        assert.equal('backfilled' in message, false);
        assert.equal(message.payload.index, 3 + i);
        assert.equal(message.payload.closed, true);
        const { timestamp: time } = message.payload;
        const [bar] = market.market.candles(BTC, '5s', time, time + 1);
        const { index: _i, closed: _c, timestamp, ...values } = message.payload;
        assert.deepEqual({ time: timestamp, ...values }, bar);
      });
      const [forming] = flow.received('n-forming');
      assert.equal(forming?.event, 'forming');
      assert.equal(forming?.payload.closed, false);
      assert.equal(forming?.payload.index, 3);
      assert.deepEqual(Object.keys(forming?.payload), [
        'index',
        'timestamp',
        'open',
        'high',
        'low',
        'close',
        'volume',
        'closed',
      ]);
    });

    it('sends no history where none is wanted, and counts from the first candle', async () => {
      await start(ohlc('n', { history: 0 }), ...collectors('n'));
      const [first] = await flow.until('n-closed', (messages) => messages.length > 0);
      assert.equal(first?.payload.index, 0);
      assert.deepEqual(flow.received('n-events'), []);
    });

    it('gives each node objects of its own', async () => {
      await start(ohlc('n'), ...collectors('n'), ohlc('m'), ...collectors('m'));
      await flow.until('n-closed', (messages) => messages.length >= 2);
      await flow.until('m-closed', (messages) => messages.length >= 2);
      const [a, b] = [flow.received('n-closed')[0]?.payload, flow.received('m-closed')[0]?.payload];
      assert.deepEqual(a, b);
      assert.notEqual(a, b);
    });

    it('gives each message an id of its own, such as Node-RED makes them', async () => {
      await start(ohlc('n'), ...collectors('n'), ohlc('m'), ...collectors('m'));
      await flow.until('n-closed', (messages) => messages.length >= 2);
      await flow.until('m-forming', (messages) => messages.length >= 2);
      const ids = ['n-closed', 'n-forming', 'n-events', 'm-closed', 'm-forming', 'm-events']
        .flatMap((id) => flow.received(id))
        .map(({ _msgid }) => _msgid as string);
      assert.equal(new Set(ids).size, ids.length);
      for (const id of ids) assert.match(id, /^[0-9a-f]{16}$/);
    });
  });

  describe('errors', () => {
    it('tells an unknown and a forbidden symbol once and goes on with the others', async () => {
      const symbols = ['NOWHERE:NOTHING', BTC, 'ECONOMICS:USM2', 'no symbol'];
      await start(ohlc('n', { symbols }), ...collectors('n'));
      await flow.until('n-closed', (messages) => messages.length >= 3);
      const caught = flow.received('caught');
      const codes = caught.map(({ error }) => error?.code).sort();
      assert.deepEqual(codes, ['SYMBOL_FORBIDDEN', 'SYMBOL_INVALID', 'SYMBOL_UNKNOWN']);
      assert.equal(caught.find(code('SYMBOL_UNKNOWN'))?.topic, 'NOWHERE:NOTHING');
      assert.equal(caught.find(code('SYMBOL_INVALID'))?.topic, 'no symbol');
      await flow.find('statuses', shows('1/4'));
      assert.equal(market.received('resolve_symbol'), 3, 'no symbol is tried twice');
    });

    it('shows red when its only symbol is refused', async () => {
      await start(ohlc('n', { symbols: ['NOWHERE:NOTHING'] }));
      await flow.find('caught', code('SYMBOL_UNKNOWN'));
      const { status } = await flow.find('statuses', shows('tv-ohlc.status.refused'));
      assert.equal(status?.fill, 'red');
    });

    it('names a connection that is disabled as such', async () => {
      flow = await Flow.start([TAB, CATCH, CAUGHT, connection(market, { d: true }), ohlc('n')]);
      const { error } = await flow.find('caught', code('SETTING_INVALID'));
      assert.match(error?.message ?? '', /“connection”.*disabled/);
    });

    it('tells a symbol once that is given several times', async () => {
      await start(ohlc('n', { symbols: ['bad', ' bad', BTC, BTC.toLowerCase(), 'bad'] }), ...collectors('n'));
      await flow.until('n-closed', (messages) => messages.length >= 2);
      assert.deepEqual(
        flow.received('caught').map(({ topic }) => topic),
        ['bad'],
      );
      await flow.find('statuses', shows('1/2'));
    });

    const BAD: [string, object, string, RegExp][] = [
      ['an unknown timeframe', { timeframe: '7m' }, 'TIMEFRAME_INVALID', /1s, 5s.*1M/],
      ['a negative history', { history: -1 }, 'SETTING_INVALID', /“history”/],
      ['a huge history', { history: 1e9 }, 'SETTING_INVALID', /“history”/],
      ['a history that is no number', { history: 'many' }, 'SETTING_INVALID', /“history”/],
      ['an unknown session', { session: 'night' }, 'SETTING_INVALID', /“session”.*regular/],
      ['an unknown adjustment', { adjustment: 'some' }, 'SETTING_INVALID', /“adjustment”.*splits/],
      ['an empty symbol', { symbols: [''] }, 'SYMBOL_INVALID', /empty/],
      ['a malformed symbol', { symbols: ['BTCUSDT'] }, 'SYMBOL_INVALID', /EXCHANGE:SYMBOL/],
      [
        'a variable that is not set',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Node-RED's own syntax
        { symbols: ['${LIVETICK_UNSET}'] },
        'SETTING_INVALID',
        /“symbols”.*LIVETICK_UNSET/,
      ],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Node-RED's own syntax
      ['a timeframe variable that is not set', { timeframe: '${LIVETICK_UNSET}' }, 'SETTING_INVALID', /“timeframe”/],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Node-RED's own syntax
      ['a switch variable that is not set', { remember: '${LIVETICK_UNSET}' }, 'SETTING_INVALID', /“remember”/],
      ['a switch that is neither on nor off', { remember: 'perhaps' }, 'SETTING_INVALID', /“remember”.*true or false/],
      ['no connection', { connection: '' }, 'SETTING_INVALID', /“connection” is empty/],
      [
        'a connection that is not there',
        { connection: 'gone' },
        'SETTING_INVALID',
        /“connection”.*not there or disabled/,
      ],
      ['a connection of another type', { connection: 'good' }, 'SETTING_INVALID', /“connection”.*another type/],
    ];
    for (const [what, settings, wanted, sentence] of BAD) {
      it(`names the field for ${what}, before anything reaches the network`, async () => {
        await start(ohlc('n', settings), ohlc('good'), ...collectors('good'));
        const { error } = await flow.find('caught', code(wanted));
        assert.match(error?.message ?? '', sentence);
        assert.equal(error?.source.id, 'n');
        await flow.find('statuses', shows('tv-ohlc.status.error'));
        await flow.until('good-closed', (messages) => messages.length > 0);
        assert.equal(market.received('resolve_symbol'), 1, 'only the good node has asked for anything');
        assert.equal(flow.received('caught').length, 1);
      });
    }
  });

  describe('settings', () => {
    afterEach(() => {
      delete process.env.LIVETICK_SYMBOLS;
      delete process.env.LIVETICK_HISTORY;
    });

    for (const blank of ['', ' ', null]) {
      it(`takes the default for what is ${JSON.stringify(blank)}`, async () => {
        const blanks = { history: blank, timeframe: '5s', session: blank, adjustment: blank, remember: blank };
        await start(ohlc('n', blanks), ...collectors('n'));
        const { payload } = await flow.find('n-events', ({ event }) => event === 'history');
        assert.equal(payload.length, 10);
      });
    }

    it('takes the default for a variable that is set but empty', async () => {
      process.env.LIVETICK_HISTORY = '';
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Node-RED's own syntax
      await start(ohlc('n', { history: '${LIVETICK_HISTORY}' }), ...collectors('n'));
      const { payload } = await flow.find('n-events', ({ event }) => event === 'history');
      assert.equal(payload.length, 10);
    });

    it('passes over blanks between commas', async () => {
      process.env.LIVETICK_SYMBOLS = `${BTC},, ${ETH}, `;
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Node-RED's own syntax
      await start(ohlc('n', { symbols: ['${LIVETICK_SYMBOLS}'] }), ...collectors('n'));
      await flow.find('statuses', shows('2/2'));
      assert.deepEqual(flow.received('caught'), []);
    });

    it('takes a list in an element, as the environment of a subflow may give it', async () => {
      await start(ohlc('n', { symbols: [[BTC, [ETH]]] }), ...collectors('n'));
      await flow.find('statuses', shows('2/2'));
      assert.deepEqual(flow.received('caught'), []);
    });

    it('takes symbols, several in one element too, and numbers from the environment', async () => {
      process.env.LIVETICK_SYMBOLS = ` ${BTC.toLowerCase()} , ${ETH}`;
      process.env.LIVETICK_HISTORY = '2';
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Node-RED's own syntax
      await start(ohlc('n', { symbols: ['${LIVETICK_SYMBOLS}'], history: '${LIVETICK_HISTORY}' }), ...collectors('n'));
      const events = await flow.until('n-events', (messages) => messages.length >= 2);
      assert.deepEqual(events.map(({ topic }) => topic).sort(), [BTC, ETH]);
      assert.equal(events[0]?.payload.length, 2);
    });
  });

  describe('control messages', () => {
    it('subscribes, lists and unsubscribes', async () => {
      await start(ohlc('n', { symbols: [] }), ...collectors('n'));
      flow.send('n', { action: 'subscribe', payload: [BTC, ETH] });
      flow.send('n', { action: 'subscribe', topic: BTC.toLowerCase(), payload: 1234 });
      await flow.until('n-events', (messages) => messages.length >= 2);
      flow.send('n', { action: 'list', keep: 'me' });
      const list = await flow.find('n-events', ({ event }) => event === 'list');
      assert.deepEqual(list.payload, [
        { symbol: BTC, timeframe: '5s', state: 'live' },
        { symbol: ETH, timeframe: '5s', state: 'live' },
      ]);
      assert.equal((list as { keep?: string }).keep, 'me');
      flow.send('n', { action: 'unsubscribe', payload: ETH });
      flow.send('n', { action: 'unsubscribe', payload: 'NOT:THERE' });
      flow.send('n', { action: 'list' });
      const [, after] = (
        await flow.until('n-events', (all) => all.filter((m) => m.event === 'list').length === 2)
      ).filter(({ event }) => event === 'list');
      assert.deepEqual(after?.payload, [{ symbol: BTC, timeframe: '5s', state: 'live' }]);
      assert.equal(market.received('create_series'), 2, 'subscribing twice asks once');
      assert.deepEqual(flow.received('caught'), []);
    });

    it('reconnects without losing or repeating a candle, and without a second history', async () => {
      await start(ohlc('n'), ...collectors('n'));
      await flow.until('n-closed', (messages) => messages.length >= 2);
      flow.send('n', { action: 'reconnect' });
      const closed = await flow.until('n-closed', (messages) => messages.length >= 8);
      assert.equal(market.market.stats().connectionsEver, 2);
      closed.forEach(({ payload }, i) => {
        assert.equal(payload.index, 3 + i);
        assert.equal(payload.timestamp, closed[0]?.payload.timestamp + i * 5000);
      });
      assert.deepEqual(
        flow.received('n-events').map(({ event }) => event),
        ['history'],
      );
    });

    const NONSENSE: [object, string][] = [
      [{ payload: 'hello' }, 'ACTION_INVALID'],
      [{ action: 'dance' }, 'ACTION_INVALID'],
      [{ action: 42, payload: BTC }, 'ACTION_INVALID'],
      [{ action: 'subscribe' }, 'SYMBOL_INVALID'],
      [{ action: 'subscribe', payload: 'nonsense' }, 'SYMBOL_INVALID'],
      [{ action: 'subscribe', payload: [null] }, 'SYMBOL_INVALID'],
    ];
    for (const [message, wanted] of NONSENSE) {
      it(`answers ${JSON.stringify(message)} with ${wanted} and goes on`, async () => {
        await start(ohlc('n'), ...collectors('n'));
        flow.send('n', message);
        const caught = await flow.find('caught', code(wanted));
        assert.equal(caught.error?.source.id, 'n');
        await flow.until('n-closed', (messages) => messages.length >= 1);
      });
    }

    it('keeps nothing of symbols that are none, and passes over blanks', async () => {
      await start(ohlc('n', { symbols: [] }), ...collectors('n'));
      flow.send('n', { action: 'subscribe', payload: ['nonsense', `${BTC.toLowerCase()},`, ' '] });
      await flow.until('caught', (messages) => messages.length === 2);
      await flow.find('n-closed', ({ topic }) => topic === BTC);
      flow.send('n', { action: 'list' });
      const { payload } = await flow.find('n-events', ({ event }) => event === 'list');
      assert.deepEqual(payload, [{ symbol: BTC, timeframe: '5s', state: 'live' }]);
      await flow.find('statuses', shows('tv-ohlc.status.live'));
    });

    it('tells each symbol that is none under its name, in their order, with the rest of the message', async () => {
      await start(ohlc('n', { symbols: [] }));
      flow.send('n', { action: 'subscribe', payload: ['one', 'two', 'one', 'three'], topic: 'mine', keep: 'me' });
      const caught = await flow.until('caught', (messages) => messages.length === 3);
      for (const [i, symbol] of ['one', 'two', 'three'].entries()) {
        const { topic, error, ...message } = caught[i] as FlowMessage & { keep: string };
        assert.deepEqual([topic, message.symbol, message.keep], [symbol, symbol, 'me']);
        assert.match(error?.message ?? '', new RegExp(symbol));
        assert.equal(error?.code, 'SYMBOL_INVALID');
      }
    });

    it('tries a refused symbol again when it is subscribed again', async () => {
      await start(ohlc('n', { symbols: ['NOWHERE:NOTHING'] }));
      await flow.find('caught', code('SYMBOL_UNKNOWN'));
      flow.send('n', { action: 'subscribe', payload: 'NOWHERE:NOTHING' });
      await flow.until('caught', (messages) => messages.filter(code('SYMBOL_UNKNOWN')).length === 2);
      assert.equal(market.received('resolve_symbol'), 2);
    });
  });

  describe('one pooled connection', () => {
    const nodes = () => [
      ohlc('a'),
      ...collectors('a'),
      ohlc('b'),
      ...collectors('b'),
      ohlc('d', { symbols: [ETH] }),
      ...collectors('d'),
    ];
    const all = () => [TAB, CATCH, CAUGHT, STATUS, STATUSES, connection(market), ...nodes()];

    it('serves three nodes, two of them on the same series, with one socket and two series', async () => {
      await start(...nodes());
      for (const id of ['a', 'b', 'd']) await flow.until(`${id}-closed`, (messages) => messages.length >= 2);
      const { sockets, series, sessions } = market.market.stats();
      assert.deepEqual({ sockets, series, sessions }, { sockets: 1, series: 2, sessions: 2 });
    });

    it('opens no new socket when one of them is changed, and closes it when all are deleted', async () => {
      await start(...nodes());
      await flow.until('d-closed', (messages) => messages.length >= 1);
      const changed = all().map((node) => (node.id === 'd' ? ohlc('d', { symbols: [ETH], history: 5 }) : node));
      await flow.deploy(changed);
      await flow.until('d-events', (messages) => messages.some(({ payload }) => payload.length === 5));
      assert.equal(market.market.stats().connectionsEver, 1);
      assert.equal(market.market.stats().series, 2);
      await flow.deploy([TAB]);
      await until(() => market.market.stats().sockets === 0);
    });

    it('leaves no listener behind over twenty deploys', async () => {
      await start(...nodes());
      const { events } = require('@node-red/util');
      const before = events.listenerCount('flows:started');
      for (let i = 0; i < 20; i++) await flow.deploy(all(), 'full');
      await flow.until('a-events', (messages) => messages.length >= 1);
      assert.equal(events.listenerCount('flows:started'), before);
      await until(() => market.market.stats().sockets === 1);
    });
  });

  describe('remember', () => {
    // A client whose time does not keep up with the market's would take what it remembers for the future.
    beforeEach(async () => {
      await market.close();
      market = await FastMarket.openTogether();
    });

    const deploy = (changed: Parameters<Flow['deploy']>[0]) => market.still(() => flow.deploy(changed));

    const nodes = (more: object = {}, around: object = {}) => [
      TAB,
      CATCH,
      CAUGHT,
      connection(market, around),
      ohlc('n', { remember: true, ...more }),
      ...collectors('n'),
    ];

    /** Lets some candles close while the node cannot work for a wrong setting. @returns the last one told before */
    async function pause(): Promise<number> {
      await deploy(nodes({ timeframe: '7m' }));
      const last = flow.received('n-closed').at(-1)?.payload.timestamp;
      await market.until(last + 6 * 5000);
      return last;
    }

    for (const store of ['no context store configured', 'a configured context store']) {
      it(`goes on after a deploy where it had stopped, with ${store}`, async () => {
        flow = await Flow.start(nodes(), {}, { contextStorage: store.startsWith('no') ? undefined : MEMORY });
        await flow.until('n-closed', (messages) => messages.length >= 3);
        const last = await pause();
        await deploy(nodes({ name: 'changed' }));
        const [, history] = (
          await flow.until('n-events', (all) => all.filter(({ event }) => event === 'history').length === 2)
        ).filter(({ event }) => event === 'history');
        assert.equal(history?.payload.length, 3);
        assert.equal(history?.payload.at(-1).timestamp, last, 'the history ends where it had stopped');
        const closed = await flow.until('n-closed', (all) => all.filter((m) => !m.backfilled).length >= 5);
        const late = closed.filter(({ backfilled }) => backfilled);
        assert.ok(late.length >= 3, `${late.length} came late`);
        assert.equal(late[0]?.payload.timestamp, last + 5000);
        assert.equal(late[0]?.payload.index, 3);
        const times = closed.map(({ payload }) => payload.timestamp);
        assert.deepEqual(
          times,
          times.map((_, i) => times[0] + i * 5000),
        );
        assert.ok(flow.received('caught').every(code('TIMEFRAME_INVALID')));
      });
    }

    it('begins afresh with another connection, another server, and after it was off', async () => {
      flow = await Flow.start(nodes());
      let last = 0;
      const fresh = async (change: () => Promise<void>) => {
        await flow.until('n-closed', (all) => all.at(-1)?.payload.timestamp > last);
        last = await pause();
        const before = flow.received('n-events').length;
        await change();
        await flow.until('n-events', (all) => all.length > before);
        const history = flow.received('n-events')[before];
        assert.equal(history?.event, 'history');
        assert.ok(history.payload.at(-1).timestamp > last, 'not where it had stopped');
      };
      const other = { ...connection(market), id: 'other' };
      await fresh(() => deploy([...nodes({ connection: 'other' }), other]));
      await fresh(() => deploy(nodes({}, { url: market.url.replace('127.0.0.1', 'localhost') })));
      await fresh(() => deploy(nodes({ remember: false })));
      await fresh(() => deploy(nodes()));
      assert.equal(flow.received('n-closed').filter(({ backfilled }) => backfilled).length, 0);
    });

    it('forgets a node that is deleted', async () => {
      flow = await Flow.start(nodes());
      await flow.until('n-closed', (messages) => messages.length >= 1);
      const last = flow.received('n-closed').at(-1)?.payload.timestamp;
      await deploy([TAB, connection(market)]);
      await market.until(last + 6 * 5000);
      await deploy(nodes());
      await flow.until('n-events', (messages) => messages.length === 2);
      assert.ok(flow.received('n-events')[1]?.payload.at(-1).timestamp > last);
    });
  });

  describe('status', () => {
    it('goes from connecting over loading to live, not more than once a second, and is cleared when the node is closed', async () => {
      const { events } = require('@node-red/util');
      const shown: { at: number; text?: string }[] = [];
      const record = ({ id, status }: { id: string; status: { text?: string } }) => {
        if (id === 'n') shown.push({ at: performance.now(), ...status });
      };
      events.on('node-status', record);
      try {
        await start(ohlc('n'), ...collectors('n'));
        await flow.find('statuses', shows('tv-ohlc.status.live'));
        await flow.deploy([TAB, CATCH, CAUGHT, STATUS, STATUSES, connection(market), ohlc('n', { name: 'changed' })]);
        const end = shown.findIndex(({ text }) => text === undefined);
        const texts = shown.slice(0, end).map(({ text }) => text?.replace('tv-ohlc.status.', '') ?? '');
        // What lasts for less than a second may never show.
        assert.match(texts.join(' '), /^(idle )?(connecting )?(loading )?live$/);
        for (let i = 1; i < end; i++) {
          const pause = (shown[i]?.at ?? 0) - (shown[i - 1]?.at ?? 0);
          assert.ok(pause > 990, `${pause} ms between two`);
        }
      } finally {
        events.off('node-status', record);
      }
    });
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
