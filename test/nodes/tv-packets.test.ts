import assert from 'node:assert/strict';
import { FastMarket } from '../support/fast-market';
import { Flow } from '../support/flow';
import type { FlowMessage } from '../support/flow-message';
import { until } from '../support/until';

const TAB = { id: 'f', type: 'tab' };
const CATCH = { id: 'catcher', z: 'f', type: 'catch', scope: null, wires: [['caught']] };
const STATUS = { id: 'watcher', z: 'f', type: 'status', scope: null, wires: [['statuses']] };
const collector = (id: string) => ({ id, z: 'f', type: 'collector', wires: [] });
const AROUND = [TAB, CATCH, STATUS, collector('caught'), collector('statuses')];
const OHLC = {
  id: 'o',
  z: 'f',
  type: 'tv-ohlc',
  connection: 'c',
  symbols: ['BINANCE:BTCUSDT'],
  timeframe: '5s',
  history: 2,
  wires: [[], [], []],
};
const packets = (id: string, more: object = {}) => [
  { id, z: 'f', type: 'tv-packets', connection: 'c', methods: [], wires: [[`${id}-out`]], ...more },
  collector(`${id}-out`),
];
const variable = (name: string) => `\${${name}}`;
const shows = (key: string) => (message: FlowMessage) => message.status?.text === `tv-packets.status.${key}`;

describe('tv-packets', () => {
  let market: FastMarket;
  let flow: Flow;

  beforeEach(async () => {
    market = await FastMarket.open();
  });

  afterEach(async () => {
    delete process.env.LIVETICK_METHODS;
    await flow.stop();
    await market.close();
  });

  const start = async (...nodes: { id: string; type: string }[]) => {
    const { url, httpUrl } = market;
    const config = { id: 'c', type: 'tv-connection', server: 'custom', url, httpUrl };
    flow = await Flow.start([...AROUND, config, ...nodes], { c: { token: 'header.secret-claims.signature' } });
  };
  const methodsOf = (id: string) => new Set(flow.received(`${id}-out`).map(({ topic }) => topic));

  it('sends what comes for the other nodes of the connection, as the contract has it', async () => {
    await start(...packets('p'), OHLC);
    await flow.until('p-out', () => methodsOf('p').size >= 5);
    for (const message of flow.received('p-out')) {
      const { _msgid, ...rest } = message;
      assert.deepEqual(Object.keys(rest).sort(), ['event', 'payload', 'topic']);
      assert.equal(rest.event, 'packet');
      assert.equal(rest.topic, rest.payload.m);
      assert.deepEqual(Object.keys(rest.payload), ['m', 'p']);
      assert.ok(Array.isArray(rest.payload.p));
    }
    for (const method of ['symbol_resolved', 'timescale_update', 'series_completed', 'du']) {
      assert.ok(methodsOf('p').has(method), method);
    }
    assert.doesNotMatch(JSON.stringify(flow.received('p-out')), /secret/);
    assert.equal(market.market.stats().connectionsEver, 1);
  });

  it('sends only the methods that are named, also by a variable with commas', async () => {
    process.env.LIVETICK_METHODS = 'symbol_resolved, series_completed';
    await start(
      ...packets('p', { methods: [variable('LIVETICK_METHODS')] }),
      ...packets('q', { methods: ['du'] }),
      OHLC,
    );
    await flow.until('p-out', (messages) => messages.length >= 2);
    await flow.until('q-out', (messages) => messages.length >= 3);
    assert.deepEqual([...methodsOf('p')].sort(), ['series_completed', 'symbol_resolved']);
    assert.deepEqual([...methodsOf('q')], ['du']);
  });

  it('gives each node packets of its own', async () => {
    await start(...packets('p', { methods: ['du'] }), ...packets('q', { methods: ['du'] }), OHLC);
    const [first] = await flow.until('p-out', (messages) => messages.length >= 1);
    first?.payload.p.push('spoilt');
    const [other] = await flow.until('q-out', (messages) => messages.length >= 1);
    assert.equal(other?.payload.p.includes('spoilt'), false);
  });

  it('holds the connection by itself, and shows how it is', async () => {
    await start(...packets('p'));
    const { status } = await flow.find('statuses', shows('live'));
    assert.deepEqual([status?.fill, status?.shape], ['green', 'dot']);
    assert.equal(market.market.stats().sockets, 1);
    market.market.faults.badToken();
    market.market.faults.drop(1006);
    const { status: stopped } = await flow.find('statuses', shows('stopped'));
    assert.deepEqual([stopped?.fill, stopped?.shape], ['red', 'ring']);
  });

  it('answers list and reconnect', async () => {
    await start(...packets('p', { methods: ['none_such'] }));
    await flow.find('statuses', shows('live'));
    flow.send('p', { action: 'list', own: 7 });
    const [list] = await flow.until('p-out', (messages) => messages.length === 1);
    const { _msgid, ...rest } = list as FlowMessage;
    assert.deepEqual(rest, {
      action: 'list',
      own: 7,
      event: 'list',
      payload: [{ methods: ['none_such'], state: 'live' }],
    });
    flow.send('p', { action: 'reconnect' });
    await until(() => market.market.stats().connectionsEver === 2);
    assert.deepEqual(flow.received('caught'), []);
  });

  it('refuses any other action', async () => {
    await start(...packets('p'));
    for (const action of ['subscribe', 'unsubscribe', 'dance', undefined]) flow.send('p', { action, topic: 'A:B' });
    const caught = await flow.until('caught', (messages) => messages.length === 4);
    for (const { error } of caught) {
      assert.equal(error?.code, 'ACTION_INVALID');
      assert.match(error?.message ?? '', /must be one of list, reconnect\./);
    }
  });

  for (const [what, more, sentence] of [
    ['a variable that is not set', { methods: [variable('LIVETICK_UNSET')] }, /“methods”.*LIVETICK_UNSET/],
    ['a method that is none', { methods: ['two words'] }, /“methods”/],
    ['no connection', { connection: '' }, /“connection”/],
  ] as const) {
    it(`names the field for ${what}`, async () => {
      await start(...packets('p', more));
      const [message] = await flow.until('caught', (messages) => messages.length === 1);
      assert.equal(message?.error?.code, 'SETTING_INVALID');
      assert.match(message?.error?.message ?? '', sentence);
      const { status } = await flow.find('statuses', shows('error'));
      assert.equal(status?.fill, 'red');
      assert.equal(market.market.stats().connectionsEver, 0);
    });
  }

  it('lets go of the connection when it is removed', async () => {
    await start(...packets('p'), OHLC);
    await flow.until('p-out', (messages) => messages.length >= 1);
    const { url, httpUrl } = market;
    await flow.deploy([
      ...AROUND,
      { id: 'c', type: 'tv-connection', server: 'custom', url, httpUrl },
      collector('p-out'),
    ]);
    const had = flow.received('p-out').length;
    await market.until(market.clock.now() + 10_000);
    assert.equal(flow.received('p-out').length, had);
  });
});
