import assert from 'node:assert/strict';
import { newsEndpoint, USER_AGENT } from '../../src/news/endpoints';
import { checkArticleOptions, checkNewsOptions, checkPriceOptions, normaliseCoin } from '../../src/news/options';

const invalid = (option: string) => ({ code: 'SETTING_INVALID', message: new RegExp(`“${option}”`) });

describe('options of a news client', () => {
  it('have defaults', () => {
    assert.deepEqual(checkNewsOptions({}), { server: 'live', url: null, idleTimeout: 150_000, proxy: null });
  });

  it('take an address of one’s own, without the slash at its end, and a number as text', () => {
    const { url, idleTimeout } = checkNewsOptions({
      server: 'custom',
      url: ' http://a.example/news/ ',
      idleTimeout: '90',
    });
    assert.deepEqual([url, idleTimeout], ['http://a.example/news', 90_000]);
    assert.equal(checkNewsOptions({ server: 'practice', url: 'http://a.example' }).url, null);
  });

  it('are refused by their name', () => {
    assert.throws(() => checkNewsOptions({ server: 'moon' }), invalid('server'));
    for (const url of [undefined, '', 'ws://a', 'a', 'http://a/?b', 'http://a/#b']) {
      assert.throws(() => checkNewsOptions({ server: 'custom', url }), invalid('url'), url);
    }
    for (const idleTimeout of [0, -1, 'soon', 3601, Number.NaN]) {
      assert.throws(() => checkNewsOptions({ idleTimeout }), invalid('idleTimeout'));
    }
    assert.throws(() => checkNewsOptions({ proxy: { url: 'socks://a' } }), invalid('proxy'));
  });
});

describe('options of articles', () => {
  it('have each text once, sources and categories in small letters', () => {
    const options = { sources: [' CoinDesk', 'coindesk'], categories: ['DeFi'], keywords: ['ETF', 'ETF', ' '] };
    assert.deepEqual(checkArticleOptions(options), {
      sources: ['coindesk'],
      categories: ['defi'],
      keywords: ['ETF'],
      breakingOnly: false,
    });
    assert.deepEqual(checkArticleOptions({ breakingOnly: true }).breakingOnly, true);
  });

  it('are refused where they would be another query, or are no texts', () => {
    for (const text of ['a b', 'a,b', 'a&b=c', 'a#b', 'x'.repeat(201)]) {
      assert.throws(() => checkArticleOptions({ sources: [text] }), invalid('sources'), text);
      assert.throws(() => checkArticleOptions({ categories: [text] }), invalid('categories'), text);
    }
    for (const wrong of ['coindesk', [7], {}]) {
      assert.throws(() => checkArticleOptions({ keywords: wrong as never }), invalid('keywords'));
    }
  });
});

describe('a coin', () => {
  it('is known by its id, however it is written', () => {
    assert.equal(normaliseCoin(' Bitcoin '), 'bitcoin');
    assert.equal(normaliseCoin('avalanche-2'), 'avalanche-2');
    for (const none of ['', ' ', 'a b', 'BINANCE:BTCUSDT', 'a,b', 'a/b', '#', '비트코인', 7, null]) {
      assert.equal(normaliseCoin(none), undefined, String(none));
    }
  });

  it('that is none is named in the error', () => {
    assert.throws(() => checkPriceOptions({ symbols: ['a b'] }), { code: 'SYMBOL_INVALID', symbol: 'a b' });
  });
});

describe('the endpoint of the news', () => {
  it('is the real server, or an address of one’s own, and no robot calls', async () => {
    const of = async (options: object) => (await newsEndpoint(checkNewsOptions(options))()).url;
    assert.equal(await of({}), 'https://cryptocurrency.cv');
    assert.equal(await of({ server: 'custom', url: 'http://a.example' }), 'http://a.example');
    assert.doesNotMatch(USER_AGENT, /bot|crawler|spider|scraper|wget|curl|alphahunter/i);
  });
});
