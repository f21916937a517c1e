import assert from 'node:assert/strict';
import { FastNews } from '../support/fast-news';
import type { FlowMessage } from '../support/flow-message';
import { MessageSink } from '../support/message-sink';
import { NodeRedProcess } from '../support/node-red-process';
import { PackedPalette } from '../support/packed-palette';
import { type Holdings, PROBED, probe, probeUntil } from '../support/probe';
import { until } from '../support/until';

/** Without these, as Node-RED comes, context does not outlive a restart. */
const PERSISTENT = { contextStorage: { default: { module: 'localfilesystem', config: { flushInterval: 1 } } } };
const SETTINGS = { ...PERSISTENT, ...PROBED };

describe('news in a real Node-RED', function () {
  this.timeout(60_000);
  let palette: PackedPalette;
  let red: NodeRedProcess;
  let server: FastNews;
  let sink: MessageSink;

  before(async () => {
    palette = new PackedPalette();
    server = await FastNews.open();
    sink = await MessageSink.open();
    red = await NodeRedProcess.start(palette.userDir, SETTINGS);
  });

  after(async () => {
    await red?.stop();
    sink?.close();
    await server?.close();
    palette?.remove();
  });

  const place = { z: 'f', x: 200, y: 100 };
  const flows = (settings: object = {}) => [
    { id: 'f', type: 'tab', label: 'test' },
    { id: 'c', type: 'news-connection', server: 'custom', url: server.url, ...settings },
    { id: 'a', ...place, type: 'news-articles', connection: 'c', remember: true, wires: [['sink'], ['sink']] },
    { id: 'b', ...place, type: 'news-articles', connection: 'c', keywords: ['bitcoin'], wires: [['sink'], ['sink']] },
    { id: 'p', ...place, type: 'news-prices', connection: 'c', symbols: ['bitcoin', 'solana'], wires: [['sink'], []] },
    { id: 's', ...place, type: 'status', scope: ['a'], wires: [['sink']] },
    { id: 'e', ...place, type: 'catch', scope: null, wires: [['sink']] },
    ...sink.nodes('f'),
  ];
  const articles = (messages: readonly FlowMessage[]) => messages.filter(({ topic }) => topic?.startsWith('news/'));
  const linkCounts = (messages: readonly FlowMessage[]) => {
    const counts = new Map<string, number>();
    for (const { payload } of articles(messages)) counts.set(payload.link, (counts.get(payload.link) ?? 0) + 1);
    return counts;
  };

  it('comes over one stream for each kind, and outlives drops and the end of streams', async () => {
    await red.deploy(flows());
    await sink.connected();
    await sink.until((all) => articles(all).length > 10 && all.some(({ event }) => event === 'price'));
    assert.deepEqual(
      server.news
        .stats()
        .open.map((url) => url.split('?')[0])
        .sort(),
      ['/api/prices/stream', '/api/sse'],
    );
    const { streamsEver } = server.news.stats();
    server.news.faults.drop();
    await until(() => server.news.stats().streamsEver >= streamsEver + 2);
    const known = articles(sink.messages).length;
    await sink.until((all) => articles(all).length > known + 10);
    // Two nodes get it at the most.
    assert.ok([...linkCounts(sink.messages).values()].every((count) => count <= 2));
    assert.ok(!sink.messages.some(({ error }) => error));
  });

  it('is remembered over a restart, where the node is to', async () => {
    // What is kept is written when it stops in good order.
    assert.equal(await red.stop(), 0);
    const before = new Set(linkCounts(sink.messages).keys());
    sink.messages.length = 0;
    red = await NodeRedProcess.start(palette.userDir, SETTINGS);
    await sink.until((all) => articles(all).length > 5);
    assert.ok(before.size > 10);
    // The other node begins with the newest, which were seen before.
    const bitcoin = (message: FlowMessage) => /bitcoin/i.test(message.payload.title + message.payload.description);
    const again = articles(sink.messages).filter((one) => before.has(one.payload.link) && !bitcoin(one));
    assert.deepEqual(
      again.map(({ payload }) => payload.link),
      [],
    );
  });

  it('needs no network with the practice news, and leaves nothing behind', async () => {
    sink.messages.length = 0;
    await red.deploy(flows({ server: 'practice' }));
    await until(() => server.news.stats().streams === 0);
    const { payload } = (await sink.until((all) => articles(all).length > 0)).find(({ topic }) =>
      topic?.startsWith('news/'),
    ) as FlowMessage;
    assert.match(payload.title, /^Practice: /);
    // What is made once, is there by now.
    await red.deploy([]);
    const empty = await probeUntil(red, ({ sockets }) => sockets.length === 0);
    const timers = ({ resources }: Holdings) => resources.Timeout ?? 0;
    for (let deploys = 0; deploys < 5; deploys++) {
      await red.deploy(flows());
      sink.messages.length = 0;
      await sink.until((all) => articles(all).length > 0);
      assert.deepEqual((await probe(red)).sockets.filter((host) => host === new URL(server.url).host).length, 2);
      await red.deploy([]);
    }
    const left = await probeUntil(red, (held) => held.sockets.length === 0 && timers(held) <= timers(empty));
    assert.deepEqual([left.sockets, left.listeners, left.warnings], [[], empty.listeners, []]);
    assert.ok(timers(left) <= timers(empty), `${timers(left)} timers, ${timers(empty)} before`);
    assert.equal(server.news.stats().streams, 0);
    assert.equal(await red.stop(), 0);
    assert.doesNotMatch(red.output, /Close timed out|Error stopping node|MaxListenersExceeded/);
  });
});
