import assert from 'node:assert/strict';
import { FastMarket } from '../support/fast-market';
import { Flow } from '../support/flow';
import type { FlowMessage } from '../support/flow-message';

const BTC = 'BINANCE:BTCUSDT';
const ETH = 'BINANCE:ETHUSDT';

function connection(market: FastMarket, more: object = {}) {
  return { id: 'c', type: 'tv-connection', server: 'custom', url: market.url, httpUrl: market.httpUrl, ...more };
}

function trades(id: string, more: object = {}) {
  return {
    id,
    z: 'f',
    type: 'tv-trades',
    connection: 'c',
    symbols: [BTC],
    throttle: 0,
    wires: [[`${id}-quotes`], [`${id}-events`]],
    ...more,
  };
}

function collectors(id: string) {
  return ['quotes', 'events'].map((name) => ({ id: `${id}-${name}`, z: 'f', type: 'collector', wires: [] }));
}

const TAB = { id: 'f', type: 'tab' };
const CATCH = { id: 'catcher', z: 'f', type: 'catch', scope: null, wires: [['caught']] };
const CAUGHT = { id: 'caught', z: 'f', type: 'collector', wires: [] };
const STATUS = { id: 'watcher', z: 'f', type: 'status', scope: null, wires: [['statuses']] };
const STATUSES = { id: 'statuses', z: 'f', type: 'collector', wires: [] };

const code = (wanted: string) => (message: FlowMessage) => message.error?.code === wanted;
const shows = (text: string) => (message: FlowMessage) => message.status?.text === text;

describe('tv-trades', () => {
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
    it('have the whole quote and what has moved, as the contract has them', async () => {
      await start(trades('n'), ...collectors('n'));
      const messages = await flow.until('n-quotes', (all) => all.length >= 20);
      const [first] = messages;
      assert.deepEqual(first?.changed, Object.keys(first?.payload).slice(1));
      for (const message of messages) {
        const { topic, symbol, event, payload } = message;
        assert.deepEqual([topic, symbol, event, payload.symbol], [BTC, BTC, 'quote', BTC]);
        assert.equal('timeframe' in message, false);
        assert.equal(payload.delay, 0);
        assert.equal(payload.timestamp % 1000, 0);
        assert.ok(Math.abs(payload.timestamp - market.clock.now()) < 3_600_000);
      }
      assert.deepEqual(Object.keys(messages.at(-1)?.payload), [
        'symbol',
        'price',
        'timestamp',
        'change',
        'changePercent',
        'volume',
        'bid',
        'ask',
        'bidSize',
        'askSize',
        'open',
        'high',
        'low',
        'previousClose',
        'currency',
        'description',
        'exchange',
        'type',
        'marketSession',
        'delay',
      ]);
      messages.slice(1).forEach(({ payload, changed }, i) => {
        const before = messages[i]?.payload;
        const moved = Object.keys(payload).filter((field) => payload[field] !== before[field]);
        assert.deepEqual(changed, moved);
        assert.ok(moved.length > 0);
      });
    });

    it('are each node’s own', async () => {
      await start(trades('n'), ...collectors('n'), trades('m'), ...collectors('m'));
      await flow.until('n-quotes', (messages) => messages.length >= 2);
      await flow.until('m-quotes', (messages) => messages.length >= 2);
      const [a, b] = [flow.received('n-quotes')[0], flow.received('m-quotes')[0]];
      assert.deepEqual(a?.payload, b?.payload);
      assert.notEqual(a?.payload, b?.payload);
      assert.notEqual(a?.changed, b?.changed);
      assert.equal(market.received('quote_add_symbols'), 1);
      const { sockets, quoteSessions, quotes } = market.market.stats();
      assert.deepEqual([sockets, quoteSessions, quotes], [1, 1, 1]);
    });

    it('are throttled, each symbol for itself', async () => {
      // The throttle counts in our own time; the market's runs some two hundred times as fast.
      await start(
        trades('n', { symbols: [BTC, ETH], throttle: 200 }),
        ...collectors('n'),
        trades('m', { symbols: [BTC, ETH] }),
        ...collectors('m'),
      );
      const at: Record<string, number[]> = { [BTC]: [], [ETH]: [] };
      let seen = 0;
      await flow.until('n-quotes', (messages) => {
        for (; seen < messages.length; seen++) at[messages[seen]?.topic ?? '']?.push(performance.now());
        return messages.length >= 10;
      });
      for (const symbol of [BTC, ETH]) {
        const times = at[symbol] ?? [];
        assert.ok(times.length >= 4, `${symbol} came ${times.length} times`);
        assert.ok((times.at(-1) ?? 0) - (times[0] ?? 0) >= 195 * (times.length - 1));
      }
      assert.ok(flow.received('m-quotes').length > 5 * flow.received('n-quotes').length);
    });

    it('are not built for an output without a wire, and begin whole when one is drawn', async () => {
      const without = trades('n', { wires: [[], ['n-events']] });
      const others = [TAB, CATCH, CAUGHT, STATUS, STATUSES, connection(market)];
      flow = await Flow.start([...others, without, ...collectors('n')]);
      await flow.find('statuses', shows('tv-trades.status.live'));
      await flow.deploy([...others, trades('n'), ...collectors('n')]);
      const [first] = await flow.until('n-quotes', (messages) => messages.length > 0);
      assert.deepEqual(first?.changed, Object.keys(first?.payload).slice(1));
    });
  });

  describe('errors', () => {
    it('of an unknown and a forbidden symbol are told once, and the others go on', async () => {
      const symbols = ['NOWHERE:NOTHING', BTC, 'ECONOMICS:USM2', 'no symbol'];
      await start(trades('n', { symbols }), ...collectors('n'));
      await flow.until('n-quotes', (messages) => messages.length >= 5);
      const caught = flow.received('caught');
      const codes = caught.map(({ error }) => error?.code).sort();
      assert.deepEqual(codes, ['SYMBOL_FORBIDDEN', 'SYMBOL_INVALID', 'SYMBOL_UNKNOWN']);
      assert.equal(caught.find(code('SYMBOL_UNKNOWN'))?.topic, 'NOWHERE:NOTHING');
      assert.equal(caught.find(code('SYMBOL_FORBIDDEN'))?.topic, 'ECONOMICS:USM2');
      await flow.find('statuses', shows('1/4'));
    });

    it('of the only symbol show red', async () => {
      await start(trades('n', { symbols: ['NOWHERE:NOTHING'] }));
      await flow.find('caught', code('SYMBOL_UNKNOWN'));
      const { status } = await flow.find('statuses', shows('tv-trades.status.refused'));
      assert.equal(status?.fill, 'red');
    });

    const BAD: [string, object, string, RegExp][] = [
      ['a negative throttle', { throttle: -1 }, 'SETTING_INVALID', /“throttle”.*0 or more/],
      ['a throttle that is no number', { throttle: 'often' }, 'SETTING_INVALID', /“throttle”/],
      ['a throttle that is a list', { throttle: [1] }, 'SETTING_INVALID', /“throttle”/],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Node-RED's own syntax
      ['a throttle variable that is not set', { throttle: '${LIVETICK_UNSET}' }, 'SETTING_INVALID', /“throttle”/],
      ['an empty symbol', { symbols: [''] }, 'SYMBOL_INVALID', /empty/],
      ['a malformed symbol', { symbols: ['BTCUSDT'] }, 'SYMBOL_INVALID', /EXCHANGE:SYMBOL/],
      ['no connection', { connection: '' }, 'SETTING_INVALID', /“connection”/],
    ];
    for (const [what, settings, wanted, sentence] of BAD) {
      it(`name the field for ${what}, before anything reaches the network`, async () => {
        await start(trades('n', settings), trades('good'), ...collectors('good'));
        const { error } = await flow.find('caught', code(wanted));
        assert.match(error?.message ?? '', sentence);
        assert.equal(error?.source.id, 'n');
        await flow.find('statuses', shows('tv-trades.status.error'));
        await flow.until('good-quotes', (messages) => messages.length > 0);
        assert.equal(market.received('quote_add_symbols'), 1, 'only the good node has asked for anything');
        assert.equal(flow.received('caught').length, 1);
      });
    }
  });

  describe('settings', () => {
    afterEach(() => {
      delete process.env.LIVETICK_SYMBOLS;
      delete process.env.LIVETICK_THROTTLE;
    });

    it('may come from the environment', async () => {
      process.env.LIVETICK_SYMBOLS = ` ${BTC.toLowerCase()} , ${ETH}`;
      process.env.LIVETICK_THROTTLE = '60000';
      const settings = {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Node-RED's own syntax
        symbols: ['${LIVETICK_SYMBOLS}'],
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Node-RED's own syntax
        throttle: '${LIVETICK_THROTTLE}',
      };
      await start(trades('n', settings), ...collectors('n'), trades('m'), ...collectors('m'));
      await flow.until('m-quotes', (messages) => messages.length >= 30);
      assert.deepEqual(
        flow
          .received('n-quotes')
          .map(({ topic }) => topic)
          .sort(),
        [BTC, ETH],
      );
    });
  });

  describe('control messages', () => {
    it('subscribe, list and unsubscribe', async () => {
      await start(trades('n', { symbols: [] }), ...collectors('n'));
      flow.send('n', { action: 'subscribe', payload: [BTC, ETH] });
      flow.send('n', { action: 'subscribe', topic: BTC.toLowerCase(), payload: 1234 });
      await flow.find('n-quotes', ({ topic }) => topic === ETH);
      flow.send('n', { action: 'list', keep: 'me' });
      const list = await flow.find('n-events', ({ event }) => event === 'list');
      assert.deepEqual(list.payload, [
        { symbol: BTC, state: 'live' },
        { symbol: ETH, state: 'live' },
      ]);
      assert.equal((list as { keep?: string }).keep, 'me');
      flow.send('n', { action: 'unsubscribe', payload: ETH });
      flow.send('n', { action: 'unsubscribe', payload: 'NOT:THERE' });
      flow.send('n', { action: 'list' });
      const [, after] = await flow.until('n-events', (all) => all.length === 2);
      assert.deepEqual(after?.payload, [{ symbol: BTC, state: 'live' }]);
      while (market.market.stats().quotes !== 1) await market.until(market.clock.now() + 1_000);
      assert.deepEqual(flow.received('caught'), []);
    });

    it('reconnect: nothing but what has moved is told again', async () => {
      await start(trades('n'), ...collectors('n'));
      const before = (await flow.until('n-quotes', (messages) => messages.length >= 5)).length;
      flow.send('n', { action: 'reconnect' });
      const messages = await flow.until('n-quotes', (all) => all.length >= before + 10);
      assert.equal(market.market.stats().connectionsEver, 2);
      for (const { changed } of messages.slice(1)) assert.ok(!changed?.includes('description'));
    });

    for (const [message, wanted] of [
      [{ payload: 'hello' }, 'ACTION_INVALID'],
      [{ action: 'dance' }, 'ACTION_INVALID'],
      [{ action: 'subscribe' }, 'SYMBOL_INVALID'],
      [{ action: 'subscribe', payload: 'nonsense' }, 'SYMBOL_INVALID'],
    ] as const) {
      it(`such as ${JSON.stringify(message)} are answered with ${wanted}, and it goes on`, async () => {
        await start(trades('n'), ...collectors('n'));
        flow.send('n', message);
        const caught = await flow.find('caught', code(wanted));
        assert.equal(caught.error?.source.id, 'n');
        await flow.until('n-quotes', (messages) => messages.length >= 1);
      });
    }

    it('try a refused symbol again', async () => {
      await start(trades('n', { symbols: ['NOWHERE:NOTHING'] }));
      await flow.find('caught', code('SYMBOL_UNKNOWN'));
      flow.send('n', { action: 'subscribe', payload: 'NOWHERE:NOTHING' });
      await flow.until('caught', (messages) => messages.filter(code('SYMBOL_UNKNOWN')).length === 2);
    });
  });

  it('ends its quotes when it is deleted, while another node’s candles go on', async () => {
    const ohlc = {
      id: 'o',
      z: 'f',
      type: 'tv-ohlc',
      connection: 'c',
      symbols: [BTC],
      timeframe: '5s',
      history: 0,
      wires: [['o-closed'], [], []],
    };
    const others = [TAB, connection(market), ohlc, { id: 'o-closed', z: 'f', type: 'collector', wires: [] }];
    flow = await Flow.start([...others, trades('n'), ...collectors('n')]);
    await flow.until('n-quotes', (messages) => messages.length >= 2);
    await flow.deploy(others);
    const { length } = flow.received('o-closed');
    await flow.until('o-closed', (messages) => messages.length >= length + 2);
    const { quoteSessions, sockets, connectionsEver } = market.market.stats();
    assert.deepEqual([quoteSessions, sockets, connectionsEver], [0, 1, 1]);
  });

  it('shows a closed market in grey', async () => {
    await start(trades('n', { symbols: ['TSE:7203'] }));
    const { status } = await flow.find('statuses', shows('tv-trades.status.market-closed'));
    assert.equal(status?.fill, 'grey');
  });
});
