import assert from 'node:assert/strict';
import { FastNews } from '../support/fast-news';
import { Flow } from '../support/flow';
import type { FlowMessage } from '../support/flow-message';

const collector = (id: string) => ({ id, z: 'f', type: 'collector', wires: [] });
const around = [
  { id: 'f', type: 'tab' },
  { id: 'catcher', z: 'f', type: 'catch', scope: null, wires: [['caught']] },
  collector('caught'),
  { id: 'watcher', z: 'f', type: 'status', scope: null, wires: [['statuses']] },
  collector('statuses'),
  collector('events'),
];
const code = (wanted: string) => (message: FlowMessage) => message.error?.code === wanted;
const shows = (text: string) => (message: FlowMessage) => message.status?.text === text;

describe('news-prices', () => {
  let server: FastNews;
  let flow: Flow;

  beforeEach(async () => {
    server = await FastNews.open();
  });

  afterEach(async () => {
    await flow.stop();
    await server.close();
  });

  const prices = (id: string, more: object = {}) => [
    { id, z: 'f', type: 'news-prices', connection: 'c', wires: [[`${id}-told`], ['events']], ...more },
    collector(`${id}-told`),
  ];
  const start = async (...nodes: { id: string; type: string }[]) => {
    const connection = { id: 'c', type: 'news-connection', server: 'custom', url: server.url };
    flow = await Flow.start([...around, connection, ...nodes]);
  };

  it('sends prices as the contract has them; all nodes share one stream', async () => {
    await start(...prices('n', { symbols: ['Bitcoin', 'ethereum'] }), ...prices('m', { symbols: ['solana, bitcoin'] }));
    const told = await flow.until('n-told', (all) => all.length > 10);
    for (const { topic, symbol, event, payload } of told) {
      assert.deepEqual([topic, symbol, event], [payload.symbol, payload.symbol, 'price']);
      assert.deepEqual(Object.keys(payload), ['symbol', 'price', 'change24h', 'timestamp']);
    }
    await flow.until('m-told', (all) => new Set(all.map(({ topic }) => topic)).size === 2);
    assert.deepEqual(
      server.news.stats().open.map((url) => decodeURIComponent(url)),
      ['/api/prices/stream?symbols=bitcoin,ethereum,solana'],
    );
    await flow.find('statuses', shows('2/2'));
  });

  it('takes control messages, as the other nodes do', async () => {
    await start(...prices('n', { symbols: [] }));
    await flow.find('statuses', shows('news-prices.status.idle'));
    flow.send('n', { action: 'subscribe', payload: ['bitcoin', 'RIPPLE'] });
    await flow.find('n-told', ({ topic }) => topic === 'ripple');
    flow.send('n', { action: 'unsubscribe', topic: 'ripple' });
    flow.send('n', { action: 'list' });
    const { payload } = await flow.find('events', ({ event }) => event === 'list');
    assert.deepEqual(payload, [{ symbol: 'bitcoin', state: 'live' }]);
    const known = flow.received('n-told').length;
    await flow.until('n-told', (all) => all.length > known + 5);
    assert.ok(
      flow
        .received('n-told')
        .slice(known + 1)
        .every(({ topic }) => topic === 'bitcoin'),
    );
    flow.send('n', { action: 'subscribe' });
    assert.match((await flow.find('caught', code('SYMBOL_INVALID'))).error?.message ?? '', /coins such as bitcoin/);
    flow.send('n', { payload: 'bitcoin' });
    await flow.find('caught', code('ACTION_INVALID'));
  });

  it('reports coins that are none, or that the server does not know, and goes on with the others', async () => {
    await start(...prices('n', { symbols: ['BINANCE:BTCUSDT', 'btc', 'bitcoin'] }));
    const { topic } = await flow.find('caught', code('SYMBOL_INVALID'));
    assert.equal(topic, 'BINANCE:BTCUSDT');
    assert.equal((await flow.find('caught', code('SYMBOL_UNKNOWN'))).topic, 'btc');
    await flow.until('n-told', (all) => all.length > 5);
    await flow.find('statuses', shows('1/3'));
  });

  it('reports the server’s own error once, however many coins it concerns', async () => {
    await start(...prices('n', { symbols: ['bitcoin', 'ethereum', 'solana'] }));
    await flow.until('n-told', (all) => all.length > 3);
    await flow.find('statuses', shows('3/3'));
    server.news.faults.failPolls(1_000_000);
    await flow.find('caught', code('PROTOCOL'));
    await flow.find('statuses', shows('news-prices.status.error'));
    await server.news.faults.clear();
    const known = flow.received('statuses').length;
    await flow.until('statuses', (all) => all.slice(known).some(shows('3/3')));
    assert.equal(flow.received('caught').length, 1);
  });
});
