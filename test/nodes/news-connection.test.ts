import assert from 'node:assert/strict';
import { ConnectProxy } from '../support/connect-proxy';
import { FastNews } from '../support/fast-news';
import { Flow } from '../support/flow';
import type { FlowMessage } from '../support/flow-message';

const code = (wanted: string) => (message: FlowMessage) => message.error?.code === wanted;
const shows = (text: string) => (message: FlowMessage) => message.status?.text === text;
const tab = (z: string) => [
  { id: z, type: 'tab' },
  { id: `${z}-catcher`, z, type: 'catch', scope: null, wires: [[`${z}-caught`]] },
  { id: `${z}-caught`, z, type: 'collector', wires: [] },
  { id: `${z}-watcher`, z, type: 'status', scope: null, wires: [[`${z}-statuses`]] },
  { id: `${z}-statuses`, z, type: 'collector', wires: [] },
];
const articles = (id: string, z: string, more: object = {}) => [
  { id, z, type: 'news-articles', connection: 'c', wires: [[`${id}-told`], []], ...more },
  { id: `${id}-told`, z, type: 'collector', wires: [] },
];

describe('news-connection', () => {
  let server: FastNews;
  let flow: Flow;

  beforeEach(async () => {
    server = await FastNews.open();
  });

  afterEach(async () => {
    await flow.stop();
    await server.close();
  });

  const connection = (more: object = {}) => ({
    id: 'c',
    type: 'news-connection',
    server: 'custom',
    url: server.url,
    ...more,
  });

  const BAD: [string, object, RegExp][] = [
    ['an unknown server', { server: 'moon' }, /“server”.*practice/],
    ['no address', { url: '' }, /“url”.*http:\/\//],
    ['the address of a WebSocket', { url: 'ws://127.0.0.1/' }, /“url”.*http:\/\//],
    ['an address with a query', { url: 'http://127.0.0.1/?a=b' }, /“url”/],
    ['a silence that is none', { idleTimeout: 0 }, /“idleTimeout”/],
    ['a proxy that is not there', { proxy: 'nowhere' }, /“proxy”/],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Node-RED's own syntax
    ['a variable that is not set', { url: '${LIVETICK_UNSET}' }, /“url”.*LIVETICK_UNSET/],
  ];
  for (const [what, settings, sentence] of BAD) {
    it(`names the field for ${what}, to every flow that uses it, and opens nothing`, async () => {
      flow = await Flow.start([
        ...tab('f'),
        ...tab('g'),
        connection(settings),
        ...articles('n', 'f'),
        ...articles('m', 'g'),
      ]);
      for (const z of ['f', 'g']) {
        const { error } = await flow.find(`${z}-caught`, code('SETTING_INVALID'));
        assert.match(error?.message ?? '', sentence);
        await flow.find(`${z}-statuses`, shows('news-articles.status.error'));
      }
      assert.equal(server.news.stats().streamsEver, 0);
    });
  }

  it('gives nodes with equal queries one stream, and outlives a partial deploy', async () => {
    const nodes = (name: string) => [
      ...tab('f'),
      connection(),
      ...articles('n', 'f', { name }),
      ...articles('m', 'f', { keywords: ['bitcoin'] }),
    ];
    flow = await Flow.start(nodes('a'));
    await flow.until('n-told', (all) => all.length > 3);
    assert.equal(server.news.stats().streamsEver, 1);
    await flow.deploy(nodes('b'));
    await flow.until('n-told', (all) => all.length > 8);
    assert.equal(server.news.stats().streams, 1);
  });

  it('tells who is taken for a robot at once and once, and goes on when asked to', async () => {
    server.news.faults.robots();
    flow = await Flow.start([
      ...tab('f'),
      connection(),
      ...articles('n', 'f'),
      ...articles('m', 'f', { sources: ['decrypt'] }),
    ]);
    const caught = await flow.until('f-caught', (all) => all.length === 2);
    assert.ok(caught.every(code('BANNED')));
    const { status } = await flow.find('f-statuses', shows('news-articles.status.stopped'));
    assert.equal(status?.fill, 'red');
    server.news.faults.robots(false);
    flow.send('n', { action: 'reconnect' });
    await flow.until('n-told', (all) => all.length > 0);
    await flow.find('f-statuses', shows('news-articles.status.live'));
    assert.equal(flow.received('f-caught').length, 2, 'one for each user');
  });

  it('tells of an outage after the second try, and of none that is over by then', async () => {
    flow = await Flow.start([...tab('f'), connection(), ...articles('n', 'f')]);
    await flow.until('n-told', (all) => all.length > 0);
    server.news.faults.drop();
    await flow.find('f-statuses', shows('news-articles.status.waiting'));
    const known = flow.received('f-statuses').length;
    await flow.until('f-statuses', (all) => all.slice(known).some(shows('news-articles.status.live')));
    assert.deepEqual(flow.received('f-caught'), []);
    server.news.faults.refuse();
    server.news.faults.drop();
    const { error } = await flow.find('f-caught', code('UNREACHABLE'));
    assert.equal(error?.source.id, 'c');
    await server.news.faults.clear();
  });

  it('travels through the proxy that is named', async () => {
    const proxy = await ConnectProxy.open();
    try {
      const node = { id: 'p', type: 'http proxy', url: `http://${proxy.host}`, noproxy: [] };
      flow = await Flow.start([...tab('f'), node, connection({ proxy: 'p' }), ...articles('n', 'f')]);
      await flow.until('n-told', (all) => all.length > 0);
      assert.deepEqual(proxy.targets, [new URL(server.url).host]);
    } finally {
      await proxy.close();
    }
  });

  it('is not taken for a connection of the other feed, and takes no other for its own', async () => {
    const tv = { id: 'c', type: 'tv-connection', server: 'practice' };
    flow = await Flow.start([...tab('f'), tv, ...articles('n', 'f')]);
    assert.match(
      (await flow.find('f-caught', code('SETTING_INVALID'))).error?.message ?? '',
      /Choose a news-connection/,
    );
    await flow.stop();
    const trades = {
      id: 't',
      z: 'f',
      type: 'tv-trades',
      connection: 'c',
      symbols: ['BINANCE:BTCUSDT'],
      wires: [[], []],
    };
    flow = await Flow.start([...tab('f'), connection(), trades]);
    assert.match((await flow.find('f-caught', code('SETTING_INVALID'))).error?.message ?? '', /Choose a tv-connection/);
  });
});
