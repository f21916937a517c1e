import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { takesSymbol } from '../../src/tradingview/shard';
import { ConnectProxy } from '../support/connect-proxy';
import { FastMarket } from '../support/fast-market';
import { Flow } from '../support/flow';
import type { FlowMessage } from '../support/flow-message';

const BTC = 'BINANCE:BTCUSDT';

const user = (id: string, z: string) => ({
  id,
  z,
  type: 'tv-ohlc',
  connection: 'c',
  symbols: [BTC],
  timeframe: '5s',
  history: 1,
  wires: [[`${id}-closed`], [], []],
});
const closed = (id: string, z: string) => ({ id: `${id}-closed`, z, type: 'collector', wires: [] });
/** A tab with a catch and a status node, and collectors behind them. */
const tab = (z: string) => [
  { id: z, type: 'tab' },
  { id: `${z}-catcher`, z, type: 'catch', scope: null, wires: [[`${z}-caught`]] },
  { id: `${z}-caught`, z, type: 'collector', wires: [] },
  { id: `${z}-watcher`, z, type: 'status', scope: null, wires: [[`${z}-statuses`]] },
  { id: `${z}-statuses`, z, type: 'collector', wires: [] },
];
const code = (wanted: string) => (message: FlowMessage) => message.error?.code === wanted;
const shows = (text: string) => (message: FlowMessage) => message.status?.text === text;

describe('tv-connection', () => {
  let flow: Flow;
  let market: FastMarket | null = null;
  let server: Server | null = null;

  afterEach(async () => {
    await flow.stop();
    await market?.close();
    server?.closeAllConnections();
    server?.close();
    market = null;
    server = null;
  });

  const connection = (more: object) => ({ id: 'c', type: 'tv-connection', server: 'custom', ...more });

  describe('settings', () => {
    const BAD: [string, object, object, RegExp][] = [
      ['a custom address that is no URL', { url: 'not a url' }, {}, /“url”.*ws:\/\//],
      ['a custom address of another kind', { url: 'http://127.0.0.1/' }, {}, /“url”.*ws:\/\//],
      ['no custom address', { url: '' }, {}, /“url”/],
      ['an unknown server', { server: 'moon' }, {}, /“server”.*practice/],
      ['an unknown plan', { plan: 'gold' }, {}, /“plan”.*free/],
      ['a negative grace', { grace: -1 }, {}, /“grace”/],
      ['a shard that is none', { shard: '3/2' }, {}, /“shard”/],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Node-RED's own syntax
      ['a variable that is not set', { url: '${LIVETICK_UNSET}' }, {}, /“url”.*LIVETICK_UNSET/],
      ['a token with line breaks', {}, { token: 'secret-part-one\nsecret-part-two' }, /“token”/],
    ];
    for (const [what, settings, credentials, sentence] of BAD) {
      it(`names the field for ${what}, to every flow that uses it, and opens nothing`, async () => {
        market = await FastMarket.open();
        const config = connection({ url: market.url, ...settings });
        flow = await Flow.start([...tab('f'), ...tab('g'), config, user('n', 'f'), user('m', 'g')], { c: credentials });
        for (const [z, id] of [
          ['f', 'n'],
          ['g', 'm'],
        ]) {
          const { error } = await flow.find(`${z}-caught`, code('SETTING_INVALID'));
          assert.match(error?.message ?? '', sentence);
          assert.doesNotMatch(JSON.stringify(flow.received(`${z}-caught`)), /secret/);
          assert.equal(error?.source.id, 'c');
          const { status } = await flow.find(`${z}-statuses`, shows('tv-ohlc.status.error'));
          assert.equal(status?.fill, 'red', id);
        }
        assert.equal(market.market.stats().connectionsEver, 0);
        assert.equal(flow.received('f-caught').length, 1);
      });
    }
  });

  it('takes its shard from an environment variable, so that every instance can run the same flow', async () => {
    market = await FastMarket.open();
    const SYMBOLS = [BTC, 'BINANCE:ETHUSDT', 'COINBASE:LTCUSD'];
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Node-RED's own syntax
    const shared = connection({ url: market.url, shard: '${LIVETICK_SHARD}' });
    const nodes = [...tab('f'), shared, { ...user('n', 'f'), symbols: SYMBOLS }, closed('n', 'f')];
    try {
      for (const index of [1, 2]) {
        process.env.LIVETICK_SHARD = `${index}/2`;
        flow = await Flow.start(nodes);
        const own = SYMBOLS.filter((symbol) => takesSymbol(symbol, { index, count: 2 }));
        assert.ok(own.length > 0);
        const seen = () => [...new Set(flow.received('n-closed').map(({ symbol }) => symbol))].sort();
        await flow.until('n-closed', (messages) => messages.length > 10 && seen().length >= own.length);
        assert.deepEqual(seen(), own.sort());
        if (index === 1) await flow.stop();
      }
    } finally {
      delete process.env.LIVETICK_SHARD;
    }
  });

  describe('token', () => {
    afterEach(() => {
      delete process.env.TRADINGVIEW_JWT_TOKEN;
    });

    it('is refused at the first try, in words, and not tried again', async () => {
      market = await FastMarket.open({ acceptToken: (token) => token === 'a.good.token' });
      flow = await Flow.start([...tab('f'), connection({ url: market.url }), user('n', 'f'), user('m', 'f')], {
        c: { token: 'a.bad.token' },
      });
      const caught = await flow.until('f-caught', (messages) => messages.length === 2);
      assert.ok(caught.every(code('TOKEN_REFUSED')), 'one for each user');
      assert.doesNotMatch(JSON.stringify(caught), /a\.bad\.token/);
      const { status } = await flow.find('f-statuses', shows('tv-ohlc.status.stopped'));
      assert.equal(status?.fill, 'red');
      assert.equal(market.market.stats().connectionsEver, 1);
    });

    it('is tried again by the action reconnect, and told again', async () => {
      market = await FastMarket.open({ acceptToken: () => false });
      flow = await Flow.start([...tab('f'), connection({ url: market.url }), user('n', 'f')], { c: { token: 'bad' } });
      await flow.until('f-caught', (messages) => messages.length === 1);
      flow.send('n', { action: 'reconnect' });
      await flow.until('f-caught', (messages) => messages.length === 2);
      assert.equal(market.market.stats().connectionsEver, 2);
    });

    it('is told again to a node that is deployed anew and still cannot work, and to no other', async () => {
      market = await FastMarket.open({ acceptToken: () => false });
      const nodes = (name: string) => [
        ...tab('f'),
        connection({ url: market?.url }),
        { ...user('n', 'f'), name },
        user('m', 'f'),
        ...tab('g'),
        user('o', 'g'),
      ];
      flow = await Flow.start(nodes('before'), { c: { token: 'bad' } });
      await flow.until('f-caught', (messages) => messages.length === 2);
      await flow.until('g-caught', (messages) => messages.length === 1);
      await flow.deploy(nodes('after'), 'nodes', { c: { token: 'bad' } });
      await flow.until('f-caught', (messages) => messages.length === 3);
      await flow.deploy([...nodes('after'), user('p', 'g')], 'nodes', { c: { token: 'bad' } });
      await flow.until('g-caught', (messages) => messages.length === 2);
      assert.equal(flow.received('f-caught').length, 3);
      assert.equal(market.market.stats().connectionsEver, 1);
    });

    it('is taken after a deploy with a good one', async () => {
      market = await FastMarket.open({ acceptToken: (token) => token === 'a.good.token' });
      const nodes = (name: string) => [
        ...tab('f'),
        connection({ url: market?.url, name }),
        user('n', 'f'),
        closed('n', 'f'),
      ];
      flow = await Flow.start(nodes('old'), { c: { token: 'a.bad.token' } });
      await flow.find('f-caught', code('TOKEN_REFUSED'));
      await flow.deploy(nodes('new'), 'nodes', { c: { token: 'a.good.token' } });
      await flow.until('n-closed', (messages) => messages.length >= 1);
    });

    it('comes from the environment when the connection has none', async () => {
      process.env.TRADINGVIEW_JWT_TOKEN = 'from.the.environment';
      const tokens: string[] = [];
      market = await FastMarket.open({ acceptToken: (token) => tokens.push(token) > 0 });
      flow = await Flow.start([...tab('f'), connection({ url: market.url }), user('n', 'f'), closed('n', 'f')]);
      await flow.until('n-closed', (messages) => messages.length >= 1);
      assert.deepEqual(tokens, ['from.the.environment']);
    });
  });

  it('tells an unreachable server from the second failed try on, once to each user', async () => {
    const tries: number[] = [];
    server = createServer();
    server.on('upgrade', (_request, socket) => {
      tries.push(performance.now());
      socket.destroy();
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    flow = await Flow.start([...tab('f'), connection({ url }), user('n', 'f'), user('m', 'f')]);
    await flow.find('f-statuses', shows('tv-ohlc.status.waiting'));
    const caught = await flow.until('f-caught', (messages) => messages.length === 2);
    assert.equal(tries.length, 2);
    // The fourth try shows that the third has failed, too.
    while (tries.length < 4) await once(server, 'upgrade');
    assert.equal(caught.length, 2);
    assert.ok(caught.every(code('UNREACHABLE')));
    assert.match(caught[0]?.error?.message ?? '', /127\.0\.0\.1:\d+ .*tried again/);
  });

  describe('proxy', () => {
    let proxy: ConnectProxy;

    afterEach(async () => {
      delete process.env.HTTP_PROXY;
      await proxy.close();
    });

    const proxyNode = (url: string) => ({ id: 'p', type: 'http proxy', url, noproxy: [] });
    const nodes = (more: object) => [
      ...tab('f'),
      connection({ url: market?.url, ...more }),
      user('n', 'f'),
      closed('n', 'f'),
    ];

    it('of a core http proxy node is used, with its login', async () => {
      market = await FastMarket.open();
      proxy = await ConnectProxy.open('someone:secret');
      flow = await Flow.start([proxyNode(`http://${proxy.host}`), ...nodes({ proxy: 'p' })], {
        p: { username: 'someone', password: 'secret' },
      });
      await flow.until('n-closed', (messages) => messages.length >= 1);
      assert.deepEqual(proxy.targets, [new URL(market.url).host]);
    });

    it('of the environment is used without one', async () => {
      market = await FastMarket.open();
      proxy = await ConnectProxy.open();
      process.env.HTTP_PROXY = `http://${proxy.host}`;
      flow = await Flow.start(nodes({}));
      await flow.until('n-closed', (messages) => messages.length >= 1);
      assert.deepEqual(proxy.targets, [new URL(market.url).host]);
    });

    it('that refuses the login lets nothing through', async () => {
      market = await FastMarket.open();
      proxy = await ConnectProxy.open('someone:secret');
      flow = await Flow.start([proxyNode(`http://${proxy.host}`), ...nodes({ proxy: 'p' })], {
        p: { username: 'someone', password: 'wrong-secret' },
      });
      await flow.find('f-statuses', shows('tv-ohlc.status.waiting'));
      assert.equal(market.market.stats().connectionsEver, 0);
    });

    it('that is not there is a wrong setting', async () => {
      market = await FastMarket.open();
      proxy = await ConnectProxy.open();
      flow = await Flow.start(nodes({ proxy: 'gone' }));
      const { error } = await flow.find('f-caught', code('SETTING_INVALID'));
      assert.match(error?.message ?? '', /“proxy”/);
    });
  });

  it('gives a practice market without any address, and closes it with the flow', async () => {
    flow = await Flow.start([...tab('f'), connection({ server: 'practice' }), user('n', 'f'), closed('n', 'f')]);
    const [first] = await flow.until('n-closed', (messages) => messages.length >= 1);
    assert.equal(first?.event, 'closed');
  });
});
