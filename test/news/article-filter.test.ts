import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readArticle } from '../../src/news/article';
import { articleFilter } from '../../src/news/article-filter';
import { checkArticleOptions } from '../../src/news/options';

/** Whether an article of this title is wanted by one who seeks this. */
function finds(keyword: string, title: string): boolean {
  const article = readArticle({ title, link: 'https://example.org/1' }, false);
  assert.ok(article);
  return articleFilter(checkArticleOptions({ keywords: [keyword] }))(article);
}

describe('a keyword', () => {
  it('is found where it stands, whatever it is made of', () => {
    const texts = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(texts, (text) => {
        assert.ok(finds(text, `before ${text.trim()} behind`) || /^["“”]/.test(text.trim()));
      }),
      { numRuns: 2_000 },
    );
  });

  it('may have a hyphen or anything else that has a meaning elsewhere', () => {
    for (const text of [
      'layer-2',
      'S&P 500',
      'C++',
      'a.b',
      '$BTC',
      '(ETF)',
      '[x]',
      'up/down',
      '{1}',
      'a|b',
      '^',
      '\\d',
    ]) {
      assert.ok(finds(text, `all of ${text} here`), text);
      assert.ok(!finds(text, 'nothing of it'), text);
    }
    assert.ok(finds('"layer-2"', 'A layer-2 network'));
    assert.ok(!finds('"layer-2"', 'A layer-22 network'));
  });
});
