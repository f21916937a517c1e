import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { normaliseSymbol } from '../../src/market/symbol';
import { TIMEFRAMES } from '../../src/market/timeframe';
import { checkArticleOptions } from '../../src/news/options';
import { NewsDesk } from '../../src/simulator/news-desk';
import { checkIndicatorId } from '../../src/tradingview/indicator-lookup';
import { PLAN_NAMES, planLimits } from '../../src/tradingview/plan';
import { ScriptedServer } from '../support/scripted-server';

const holds = (check: () => unknown) => {
  try {
    check();
    return true;
  } catch {
    return false;
  }
};
/** Texts that are nearly what is meant, made of the pieces that matter. */
const textOf = (...pieces: string[]) =>
  fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((parts) => parts.join(''));

describe('what the editor knows is what the runtime knows', () => {
  it('of the plans', async () => {
    const { PLANS } = await import('../../nodes/editor/plans.js' as string);
    assert.deepEqual(PLANS, Object.fromEntries(PLAN_NAMES.map((plan) => [plan, planLimits(plan)])));
  });

  it('of the timeframes', async () => {
    const shown = await import('../../nodes/editor/timeframes.js' as string);
    assert.deepEqual(Object.values(shown.TIMEFRAMES).flat(), [...TIMEFRAMES]);
  });

  it('of what TradingView calls the timeframes', async () => {
    const { CODES } = await import('../../nodes/editor/timeframes.js' as string);
    for (const [timeframe, code] of Object.entries(CODES)) {
      const server = new ScriptedServer(Date.UTC(2026, 4, 13, 14));
      server.client.watchCandles({ symbol: 'A:B', timeframe }, () => {});
      server.greet();
      server.send('symbol_resolved', server.sessions[0], 'sds_sym_1', { session: '24x7', timezone: 'Etc/UTC' });
      assert.equal(server.requests('create_series')[0]?.[4], code, timeframe);
    }
  });

  it('of symbols and expressions', async () => {
    const { isSymbol } = await import('../../nodes/editor/symbols.js' as string);
    const texts = textOf('BINANCE:BTCUSDT', 'NYSE:BRK.B', ':', '/', '-', '*2', '+', 'A', '1', '1.5', '!', ' ', 'é');
    fc.assert(
      fc.property(texts, (text) => {
        assert.equal(isSymbol(text.trim()), normaliseSymbol(text) !== undefined, JSON.stringify(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('of the ids of indicators', async () => {
    const { isIndicator, searchCatalogue } = await import('../../nodes/editor/indicator-catalogue.js' as string);
    const texts = textOf('STD', 'PUB', 'USER', ';', 'RSI', '%1', ' ', 'Volume', '@tv-', 'basicstudies', '-246', '!');
    fc.assert(
      fc.property(texts, (text) => {
        assert.equal(
          isIndicator(text.trim()),
          holds(() => checkIndicatorId(text.trim())),
          JSON.stringify(text),
        );
      }),
      { numRuns: 2000 },
    );
    for (const { id } of searchCatalogue('')) assert.ok(isIndicator(id), id);
  });

  it('of the sources of news, as far as practice news have them', async () => {
    const { searchSources } = await import('../../nodes/editor/news-sources.js' as string);
    const articles = new NewsDesk(1).latest(500, Date.UTC(2026, 4, 13, 14));
    const told = new Map(articles.map(({ sourceKey: key, source: name, category }) => [key, { key, name, category }]));
    assert.ok(told.size > 5);
    for (const source of told.values()) assert.deepEqual(searchSources(source.key)[0], source);
    const keys = searchSources('').map(({ key }: { key: string }) => key);
    assert.equal(new Set(keys).size, keys.length);
    assert.deepEqual(checkArticleOptions({ sources: keys }).sources, keys);
  });

  it('finds indicators by name, short name and id, the likeliest first', async () => {
    const { searchCatalogue, shortName } = await import('../../nodes/editor/indicator-catalogue.js' as string);
    const first = (words: string) => searchCatalogue(words)[0]?.id;
    assert.equal(first('rsi'), 'STD;RSI');
    assert.equal(first('ATR'), 'STD;Average_True_Range');
    assert.equal(first('bollinger'), 'STD;Bollinger_Bands');
    assert.equal(first('bands_w'), 'STD;Bollinger_Bands_Width');
    assert.equal(first('weighted average'), 'STD;VWAP');
    assert.equal(first('average'), 'STD;Average_True_Range', 'what begins so, before what only contains it');
    assert.equal(first('smi'), 'STD;SMI', 'what is called so, before what only begins so');
    assert.equal(first('no such thing'), undefined);
    assert.deepEqual(
      searchCatalogue('', true).map(({ id }: { id: string }) => id),
      ['Volume@tv-basicstudies-246'],
    );
    assert.equal(shortName('STD;RSI'), 'RSI');
    assert.equal(shortName('STD;Willams_R'), 'Williams Percent Range');
  });
});
