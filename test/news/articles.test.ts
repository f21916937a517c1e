import assert from 'node:assert/strict';
import { NewsStage } from '../support/news-stage';

const links = (articles: readonly { link: string }[]) => articles.map(({ link }) => link);
const unique = (list: readonly unknown[]) => new Set(list).size === list.length;

describe('news client: articles', () => {
  let stage: NewsStage;

  beforeEach(() => {
    stage = new NewsStage();
  });

  afterEach(async () => {
    await stage.close();
    assert.equal(stage.clock.pending, 0);
    assert.equal(stage.transport.open, 0);
    assert.deepEqual(stage.logs, []);
  });

  it('come at once with the newest, and then as they are published, the oldest first', async () => {
    const { articles, states, subscription } = stage.watch();
    assert.equal(subscription.state, 'waiting');
    await stage.pass(1);
    assert.deepEqual(states, ['loading', 'live']);
    assert.ok(articles.length >= 5);
    const early = articles.length;
    await stage.pass(600);
    assert.ok(articles.length > early + 5);
    const news = articles.filter(({ breaking }) => !breaking);
    const times = news.map(({ timestamp }) => Number(timestamp));
    assert.deepEqual(times, [...times].sort());
    assert.ok(unique(links(articles)));
    assert.deepEqual(new Set(links(articles)), new Set(stage.transport.shown.map(({ article }) => article.link)));
  });

  it('have the fields of the contract first, and what the server adds after them', async () => {
    const { articles } = stage.watch();
    const given = { title: 'A title', author: 'Somebody', tier: 1, translations: { de: { title: 'Ein Titel' } } };
    stage.news.faults.publish({ ...given, sourceKey: 'coindesk', source: 'CoinDesk', category: 'general' });
    await stage.pass(1);
    const article = articles.find(({ title }) => title === 'A title');
    const { link, description, ...rest } = article ?? {};
    assert.match(String(link), /^https:/);
    assert.equal(typeof description, 'string');
    assert.equal(
      Object.keys(article ?? {}).join(),
      [...CONTRACT, 'contentType', 'credibility', 'author', 'tier', 'translations'].join(),
    );
    assert.deepEqual(
      { ...rest, contentType: '', credibility: 0 },
      {
        ...given,
        source: 'CoinDesk',
        sourceKey: 'coindesk',
        category: 'general',
        timestamp: Date.UTC(2026, 4, 13, 14),
        breaking: false,
        contentType: '',
        credibility: 0,
      },
    );
  });

  it('are breaking news also where the server tells them as news first, and come when its poll is over', async () => {
    const all = stage.watch();
    const urgent = stage.watch({ breakingOnly: true });
    const { link } = stage.news.faults.publish({ breaking: true });
    await stage.pass(1);
    assert.deepEqual(
      stage.transport.shown.filter(({ article }) => article.link === link).map(({ event }) => event),
      ['news', 'breaking'],
    );
    for (const { articles } of [all, urgent]) {
      assert.deepEqual(
        articles.filter((one) => one.link === link).map(({ breaking }) => breaking),
        [true],
      );
    }
  });

  it('come without the end of a poll too, when the stream breaks off or it takes too long', async () => {
    const { articles } = stage.watch();
    await stage.pass(1);
    const begins = (text: string) => text.startsWith('event: news') || text.startsWith(': ');
    stage.transport.split = (text) => (begins(text) ? [text] : []);
    const { link: late } = stage.news.faults.publish({ title: 'Late' });
    await stage.pass(60);
    assert.ok(!links(articles).includes(late));
    await stage.pass(2);
    assert.ok(links(articles).includes(late));
    const { link: cut } = stage.news.faults.publish({ title: 'Cut off' });
    await stage.pass(58);
    assert.ok(!links(articles).includes(cut));
    stage.news.faults.drop();
    assert.ok(links(articles).includes(cut));
  });

  it('are each watcher’s own, over one stream for equal queries, in whatever order these are', async () => {
    const a = stage.watch({ categories: ['general', 'DeFi'], keywords: ['bitcoin'] });
    const b = stage.watch({ categories: ['defi', 'general'] });
    await stage.pass(290);
    assert.equal(stage.transport.tries.length, 1);
    assert.equal(stage.client.stats().channels, 1);
    assert.ok(a.articles.length > 0 && b.articles.length > a.articles.length);
    const same = b.articles.find(({ link }) => link === a.articles[0]?.link);
    assert.deepEqual(same, a.articles[0]);
    assert.notEqual(same, a.articles[0]);
  });

  it('of one source are asked for; of several all are, and the others left out here', async () => {
    const one = stage.watch({ sources: ['CoinDesk'] });
    const two = stage.watch({ sources: ['defiant', 'decrypt'] });
    await stage.pass(1200);
    assert.deepEqual(
      [...new Set(stage.transport.tries.map(({ path }) => path))],
      ['/api/sse?sources=coindesk', '/api/sse'],
    );
    assert.deepEqual([...new Set(one.articles.map(({ sourceKey }) => sourceKey))], ['coindesk']);
    assert.deepEqual([...new Set(two.articles.map(({ sourceKey }) => sourceKey))].sort(), ['decrypt', 'defiant']);
  });

  it('of a category, and breaking news only, are what they say: the server tells breaking news of all', async () => {
    const { articles: defi } = stage.watch({ categories: ['defi'] });
    const { articles: breaking } = stage.watch({ breakingOnly: true });
    await stage.pass(7200);
    assert.deepEqual([...new Set(defi.map(({ category }) => category))], ['defi']);
    assert.ok(breaking.length > 5 && breaking.every((article) => article.breaking));
    assert.ok(unique(links(breaking)));
  });

  it('are found by keywords in title or description, as parts of words or, quoted, whole', async () => {
    const kinds = {
      part: ['ETH'],
      whole: ['"eth"'],
      symbols: ['c++ (new)'],
      korean: ['비트'],
      several: ['nope', 'STAKED'],
    };
    const told = Object.entries(kinds).map(([kind, keywords]) => [kind, stage.watch({ keywords }).articles] as const);
    const titles = ['Methods compared', 'ETH rises', 'c++ (new) client', '비트코인 상승', 'Coins'];
    for (const title of titles)
      stage.news.faults.publish({ title, description: title === 'Coins' ? 'All staked.' : '' });
    await stage.pass(1);
    const found = (kind: string) =>
      told
        .find(([name]) => name === kind)?.[1]
        .map(({ title }) => title)
        .filter((title) => titles.includes(title));
    assert.deepEqual(found('part')?.sort(), ['ETH rises', 'Methods compared']);
    assert.deepEqual(found('whole'), ['ETH rises']);
    assert.deepEqual(found('symbols'), ['c++ (new) client']);
    assert.deepEqual(found('korean'), ['비트코인 상승']);
    assert.deepEqual(found('several'), ['Coins']);
  });

  it('that are none, or whose address is none of the web, are left out and counted', async () => {
    const { articles } = stage.watch();
    stage.news.faults.publish({ title: 'Click me', link: 'javascript:alert(1)' });
    await stage.pass(1);
    assert.ok(articles.length > 0 && !articles.some(({ title }) => title === 'Click me'));
    assert.equal(stage.client.stats().damaged, 1);
  });

  it('that were delivered come no more to who says so, as after a restart', async () => {
    const before = stage.watch();
    await stage.pass(200);
    const delivered = before.subscription.delivered(500);
    assert.deepEqual(delivered.toSorted(), links(before.articles).sort());
    before.subscription.close();
    const after = stage.watch({ delivered });
    await stage.pass(600);
    assert.ok(after.articles.length > 0);
    assert.ok(unique([...delivered, ...links(after.articles)]));
  });

  it('of late come at once to who comes late, and the stream outlives a redeploy', async () => {
    const first = stage.watch();
    await stage.pass(120);
    first.subscription.close();
    await stage.pass(4);
    const second = stage.watch();
    assert.deepEqual(new Set(links(second.articles)), new Set(links(first.articles)));
    await stage.pass(60);
    assert.equal(stage.transport.tries.length, 1);
    second.subscription.close();
    await stage.pass(6);
    assert.equal(stage.news.stats().streams, 0);
    assert.equal(stage.client.status.state, 'idle');
    assert.equal(stage.client.stats().channels, 0);
  });

  it('come no more once a watcher has closed, be it while it is told', async () => {
    const told = stage.watch({}, () => told.subscription.close());
    await stage.pass(120);
    assert.equal(told.articles.length, 1);
    stage.watch();
    await stage.pass(10);
    let early = 0;
    const late = stage.client.watchArticles({}, () => {
      early++;
    });
    assert.ok(early > 1);
    late.close();
  });

  it('cost nobody else anything where a listener throws', async () => {
    stage.watch({}, () => {
      throw new Error('its own fault');
    });
    const other = stage.watch();
    await stage.pass(2);
    assert.ok(other.articles.length > 4);
    assert.match(stage.logs.join(), /its own fault/);
    stage.logs.length = 0;
  });
});

const CONTRACT = ['title', 'link', 'description', 'source', 'sourceKey', 'category', 'timestamp', 'breaking'];
