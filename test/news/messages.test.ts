import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { readMessage } from '../../src/news/messages';

const NOW = Date.UTC(2026, 4, 13);
const ARTICLE = { title: 'A', link: 'https://a.invalid/', pubDate: '2026-05-13T10:00:00Z' };
const news = (...articles: unknown[]) => readMessage('news', JSON.stringify({ articles }), NOW);

describe('a message of the news server', () => {
  it('may be anything, and reading it never throws', () => {
    const names = fc.constantFrom('news', 'breaking', 'price', 'error', 'close', 'heartbeat', 'connected', 'other');
    const data = fc.oneof(
      fc.json(),
      fc.string(),
      fc.json().map((json) => `{"articles": [${json}]}`),
    );
    fc.assert(
      fc.property(names, data, (name, text) => {
        assert.equal(typeof readMessage(name, text, NOW).kind, 'string');
      }),
      { numRuns: 2000 },
    );
  });

  it('with articles keeps those that are some', () => {
    const strange = [
      null,
      'x',
      {},
      { title: 'No link' },
      { ...ARTICLE, link: 'file:///etc' },
      { ...ARTICLE, title: 7 },
    ];
    assert.deepEqual(news(...strange, ARTICLE), {
      kind: 'articles',
      damaged: strange.length,
      articles: [
        {
          title: 'A',
          link: 'https://a.invalid/',
          description: null,
          source: '',
          sourceKey: '',
          category: '',
          timestamp: Date.UTC(2026, 4, 13, 10),
          breaking: false,
        },
      ],
    });
    assert.deepEqual(news(), { kind: 'articles', articles: [], damaged: 0 });
  });

  it('cannot pass fields of its own off as those of the contract', () => {
    const sly = JSON.stringify(ARTICLE).replace(
      '}',
      ', "breaking": true, "timestamp": "now", "__proto__": {"polluted": 1}, "author": "B"}',
    );
    const read = readMessage('news', `{"articles": [${sly}]}`, NOW) as { articles: Record<string, unknown>[] };
    const [article = {}] = read.articles;
    assert.deepEqual([article.breaking, article.author, article.polluted], [false, 'B', undefined]);
    assert.equal(article.timestamp, Date.UTC(2026, 4, 13, 10));
    assert.equal(Object.getPrototypeOf(article), Object.prototype);
  });

  it('whose date cannot be read has none', () => {
    const { articles } = news({ ...ARTICLE, pubDate: 'yesterday' }) as { articles: { timestamp: unknown }[] };
    assert.equal(articles[0]?.timestamp, null);
  });

  it('with prices keeps those that are some', () => {
    const prices = [
      { symbol: 'bitcoin', price: 1.5 },
      { symbol: 'solana', price: 2, timestamp: NOW - 0.7 },
      { symbol: 'x', price: '1' },
      null,
    ];
    assert.deepEqual(readMessage('price', JSON.stringify(prices), NOW), {
      kind: 'prices',
      damaged: 2,
      prices: [
        { symbol: 'bitcoin', price: 1.5, change24h: null, timestamp: NOW },
        { symbol: 'solana', price: 2, change24h: null, timestamp: NOW - 1 },
      ],
    });
  });

  it('that is no JSON, or nothing that is known, is that and no more', () => {
    assert.deepEqual(readMessage('news', '<!doctype html>', NOW), { kind: 'malformed' });
    assert.deepEqual(readMessage('price', '{}', NOW), { kind: 'malformed' });
    assert.deepEqual(readMessage('error', '', NOW), { kind: 'error', reason: '' });
    assert.deepEqual(readMessage('weather', '{}', NOW), { kind: 'unknown' });
  });
});
