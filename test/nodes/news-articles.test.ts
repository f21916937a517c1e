import assert from 'node:assert/strict';
import { FastNews } from '../support/fast-news';
import { Flow } from '../support/flow';
import type { FlowMessage } from '../support/flow-message';

const TAB = { id: 'f', type: 'tab' };
const CATCH = { id: 'catcher', z: 'f', type: 'catch', scope: null, wires: [['caught']] };
const STATUS = { id: 'watcher', z: 'f', type: 'status', scope: null, wires: [['statuses']] };
const collector = (id: string) => ({ id, z: 'f', type: 'collector', wires: [] });
const around = [TAB, CATCH, collector('caught'), STATUS, collector('statuses'), collector('told'), collector('events')];

const code = (wanted: string) => (message: FlowMessage) => message.error?.code === wanted;
const shows = (text: string) => (message: FlowMessage) => message.status?.text === `news-articles.status.${text}`;
const titles = (messages: FlowMessage[]) => messages.map(({ payload }) => payload.title);
const links = (messages: FlowMessage[]) => messages.map(({ payload }) => payload.link);
const unique = (list: readonly unknown[]) => new Set(list).size === list.length;

describe('news-articles', () => {
  let server: FastNews;
  let flow: Flow;
  /** New in each test, for what one node remembers is no other's. */
  let id = 'n';

  beforeEach(async () => {
    id += 'n';
    server = await FastNews.open();
  });

  afterEach(async () => {
    await flow.stop();
    await server.close();
  });

  const nodes = (more: object = {}) => [
    ...around,
    { id: 'c', type: 'news-connection', server: 'custom', url: server.url },
    { id, z: 'f', type: 'news-articles', connection: 'c', wires: [['told'], ['events']], ...more },
  ];

  it('sends each article once, as the contract has them', async () => {
    flow = await Flow.start(nodes());
    server.news.faults.publish({
      title: 'A title',
      sourceKey: 'decrypt',
      source: 'Decrypt',
      author: 'B',
      breaking: true,
    } as object);
    const told = await flow.until('told', (all) => titles(all).includes('A title') && all.length > 15);
    assert.ok(unique(links(told)));
    for (const { topic, event, payload } of told) {
      assert.equal(topic, `news/${payload.sourceKey}`);
      assert.equal(event, payload.breaking ? 'breaking' : 'news');
      assert.equal(typeof payload.timestamp, 'number');
    }
    const own = told.find(({ payload }) => payload.title === 'A title');
    assert.deepEqual(Object.keys(own?.payload).slice(0, 8), [
      'title',
      'link',
      'description',
      'source',
      'sourceKey',
      'category',
      'timestamp',
      'breaking',
    ]);
    assert.equal(own?.payload.author, 'B');
    await flow.find('statuses', shows('live'));
  });

  it('gives a topic that MQTT takes, whatever a source is called', async () => {
    flow = await Flow.start(nodes());
    server.news.faults.publish({ title: 'Sly', sourceKey: 'a/#+\u0007\u202e b' });
    const { topic } = await flow.find('told', ({ payload }) => payload.title === 'Sly');
    assert.match(String(topic), /^news\/[\w.-]+$/);
  });

  it('sends only what is wanted; messages change that until the flow restarts', async () => {
    process.env.LIVETICK_SOURCES = 'coindesk, decrypt';
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Node-RED's own syntax
    flow = await Flow.start(nodes({ sources: ['${LIVETICK_SOURCES}'], keywords: ['first'] }));
    const { faults } = server.news;
    faults.publish({ title: 'The first', sourceKey: 'coindesk' });
    faults.publish({ title: 'The first of another', sourceKey: 'theblock' });
    await flow.find('told', ({ payload }) => payload.title === 'The first');
    flow.send(id, { action: 'set', payload: { keywords: 'second, "third"', unknown: 1 } });
    flow.send(id, { action: 'list', _msgid: 'm' });
    const { payload } = await flow.find('events', ({ event }) => event === 'list');
    assert.deepEqual(payload, [
      {
        sources: ['coindesk', 'decrypt'],
        categories: [],
        keywords: ['second', '"third"'],
        breakingOnly: false,
        state: payload[0].state,
      },
    ]);
    faults.publish({ title: 'The second', sourceKey: 'decrypt' });
    faults.publish({ title: 'Thirds', sourceKey: 'decrypt' });
    await flow.find('told', ({ payload }) => payload.title === 'The second');
    assert.deepEqual(titles(flow.received('told')), ['The first', 'The second']);
    assert.equal(server.news.stats().streamsEver, 1, 'the query is the same');
    assert.deepEqual(flow.received('caught'), []);
    delete process.env.LIVETICK_SOURCES;
  });

  it('refuses control messages and settings that are none, in words, and goes on as before', async () => {
    flow = await Flow.start(nodes());
    await flow.until('told', (all) => all.length > 0);
    flow.send(id, { action: 'subscribe', payload: 'coindesk' });
    const wrong = await flow.find('caught', code('ACTION_INVALID'));
    assert.match(wrong.error?.message ?? '', /set, list, reconnect/);
    for (const payload of ['bitcoin', { sources: ['The Block'] }, { breakingOnly: 'perhaps' }]) {
      flow.send(id, { action: 'set', payload });
    }
    const caught = await flow.until('caught', (all) => all.length === 4);
    assert.ok(caught.slice(1).every(code('SETTING_INVALID')));
    const known = flow.received('told').length;
    await flow.until('told', (all) => all.length > known + 3);
  });

  it('reports a setting that is wrong, and opens nothing', async () => {
    flow = await Flow.start(nodes({ categories: ['de fi'] }));
    assert.match((await flow.find('caught', code('SETTING_INVALID'))).error?.message ?? '', /“categories”/);
    await flow.find('statuses', shows('error'));
    assert.equal(server.news.stats().streamsEver, 0);
  });

  it('goes on over ends and drops of the stream without a repeat', async () => {
    flow = await Flow.start(nodes({ breakingOnly: false }));
    for (let streams = 1; streams <= 4; streams++) {
      await flow.until('told', (all) => all.length >= 8 * streams);
      if (streams % 2 === 0) server.news.faults.drop();
      await server.pass(310);
    }
    assert.ok(server.news.stats().streamsEver > 2);
    assert.ok(unique(links(flow.received('told'))));
    assert.deepEqual(flow.received('caught'), [], 'the end of a stream is no alarm');
  });

  it('with remember sends nothing again after a deploy; without it begins with the newest', async () => {
    for (const remember of [true, false]) {
      if (!remember) await flow.stop();
      id += 'x';
      flow = await Flow.start(nodes({ remember }));
      await flow.until('told', (all) => all.length >= 8);
      await flow.deploy(nodes({ remember, name: 'changed' }));
      const before = flow.received('told').length;
      await flow.until('told', (all) => all.length >= before + 5);
      assert.equal(unique(links(flow.received('told'))), remember);
    }
  });

  it('shows when the server has no news, when its own error came, and when it is live again', async () => {
    server.news.faults.empty();
    flow = await Flow.start(nodes());
    const { status } = await flow.find('statuses', shows('empty'));
    assert.deepEqual([status?.fill, status?.shape], ['grey', 'ring']);
    server.news.faults.empty(false);
    await flow.find('statuses', shows('live'));
    server.news.faults.failPolls(1_000_000);
    assert.match((await flow.find('caught', code('PROTOCOL'))).error?.message ?? '', /cannot get news/);
    await flow.find('statuses', shows('error'));
    await server.news.faults.clear();
    const known = flow.received('statuses').length;
    await flow.until('statuses', (all) => all.slice(known).some(shows('live')));
    assert.equal(flow.received('caught').length, 1);
  });
});
