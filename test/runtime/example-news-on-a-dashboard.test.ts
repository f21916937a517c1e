import assert from 'node:assert/strict';
import { ExampleStage } from '../support/example-stage';
import { changed, type ExampleNode, FOLDER_FOR_OTHERS, injects, node, tapped } from '../support/examples';
import { FastNews } from '../support/fast-news';
import type { FlowMessage } from '../support/flow-message';
import { HOSTILE_TITLES, INVISIBLE } from '../support/hostile-titles';

const NAME = 'news-on-a-dashboard';
const LIST = 'keep the newest 50';

interface Listed {
  title: string;
  link: string;
  timestamp: number;
  breaking: boolean;
}

describe(`the example ${NAME}, with the real palette`, function () {
  this.timeout(60_000);
  let stage: ExampleStage;

  before(async () => {
    stage = await ExampleStage.open();
  });

  after(() => stage?.close());

  beforeEach(() => stage.begin());

  afterEach(() => stage.end());

  const example = async (connection: object = {}) =>
    tapped(
      changed(await stage.imported(FOLDER_FOR_OTHERS + NAME), { 'news-connection': connection }),
      LIST,
      'in words',
    );

  const lists = (messages: readonly FlowMessage[]): Listed[][] =>
    messages.map(({ payload }) => payload).filter((payload) => Array.isArray(payload));

  /** The list as it is when it is so for the first time. */
  const list = async (wanted: (articles: Listed[]) => boolean, from = 0) => {
    const messages = await stage.sink.until((all) => lists(all.slice(from)).some(wanted));
    return lists(messages.slice(from)).find(wanted) as Listed[];
  };

  /** What the dashboard has last sent to a widget, and shows to whoever opens the page. */
  async function shownBy(widget: string): Promise<FlowMessage> {
    const response = await stage.red.get(`/dashboard/_debug/datastore/${widget}`);
    assert.equal(response.status, 200);
    return (await response.json()) as FlowMessage;
  }

  /** Articles of our own, in place of the news node's. @returns the list after the last of them */
  async function told(flow: ExampleNode[], articles: object[]): Promise<Listed[]> {
    const buttons = injects(
      flow,
      LIST,
      articles.map((payload) => ({ payload: { source: 'S', category: 'general', breaking: false, ...payload } })),
    );
    await stage.play([...flow.filter(({ type }) => type !== 'news-articles'), ...buttons]);
    const from = stage.sink.messages.length;
    for (const { id } of buttons) await stage.press(id);
    const all = await stage.sink.until((messages) => lists(messages.slice(from)).length === articles.length);
    return lists(all.slice(from)).at(-1) as Listed[];
  }

  it('keeps the newest 50, each once, and says how the connection is', async () => {
    const server = await FastNews.open({ lasts: 86_400 });
    try {
      const flow = await example({ server: 'custom', url: server.url });
      await stage.play(flow);
      await stage.find(({ payload }) => payload === 'Live');
      const { link } = server.news.faults.publish({ title: 'An alarm', breaking: true });
      const marked = await list((articles) => articles.some((one) => one.link === link));
      assert.equal(marked.find((one) => one.link === link)?.breaking, true);
      const full = await list((articles) => articles.length === 50);
      const at = stage.sink.messages.length;
      const later = await list(([newest]) => newest !== undefined && newest.timestamp > (full[0]?.timestamp ?? 0), at);
      for (const articles of [full, later]) {
        assert.equal(articles.length, 50);
        assert.equal(new Set(articles.map((one) => one.link)).size, 50);
        const times = articles.map(({ timestamp }) => timestamp);
        assert.deepEqual(
          times,
          times.toSorted((a, b) => b - a),
        );
      }
      assert.ok(!later.some((one) => one.link === full.at(-1)?.link), 'the oldest has made room');
      assert.equal((await shownBy(node(flow, 'ui-text').id)).payload, 'Live');

      const away = stage.sink.messages.length;
      await server.news.faults.refuse();
      server.news.faults.drop();
      const since = (wanted: string) =>
        stage.sink.until((all) => all.slice(away).some(({ payload }) => payload === wanted));
      await since('Waiting to retry');
      assert.equal((await shownBy(node(flow, 'articles').id)).payload.length, 50);
    } finally {
      await stage.red.deploy([]);
      await server.close();
    }
  });

  it('keeps the list over a deploy, and a mark of breaking news with it', async () => {
    const flow = await example();
    const articles = [1, 2, 3].map((n) => ({ title: `${n}`, link: `https://example.com/${n}`, timestamp: n }));
    await told(flow, [{ ...articles[0], breaking: true }, articles[2] as object]);
    const after = await told(flow, articles.slice(0, 2));
    assert.deepEqual(
      after.slice(-3).map(({ title, breaking }) => [title, breaking]),
      [
        ['3', false],
        ['2', false],
        ['1', true],
      ],
    );
  });

  it('takes out what cannot be seen, and takes no address but of the web, no future and no endless title', async () => {
    const flow = await example();
    const hostile = HOSTILE_TITLES.map((title, n) => ({ title, link: `https://example.com/${n}`, timestamp: n }));
    const strange = [
      { title: 'x'.repeat(10_000), link: 'https://example.com/long', timestamp: null },
      { title: 'of the future', link: 'https://ex\u202eample.com', timestamp: 9e15, source: '\u202eS\u0000' },
    ];
    const before = Date.now();
    const articles = await told(flow, [...hostile, ...strange]);
    const titles = articles.map(({ title }) => title);
    for (const title of HOSTILE_TITLES) assert.ok(titles.includes(title.replace(INVISIBLE, ' ').trim()), title);
    for (const one of articles) {
      for (const text of Object.values(one)) assert.doesNotMatch(String(text), INVISIBLE);
      assert.match(one.link, /^(https:\/\/[!-~]+)?$/);
      assert.ok(one.title.length <= 300);
      assert.ok(one.timestamp <= Date.now());
    }
    const future = articles.find(({ title }) => title === 'of the future');
    assert.ok((future?.timestamp ?? 0) >= before);
  });
});
