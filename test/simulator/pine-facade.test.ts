import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { SteppedClock } from '../../src/market/clock';
import { PracticeMarket } from '../../src/simulator/practice-market';
import { needs } from '../support/recorded-frames';
import { recordingPath } from '../support/recording';

const NOW = Date.UTC(2026, 5, 9, 14);
const COOKIES = { cookie: 'theme=dark; sessionid=abc; sessionid_sign=v1:xyz=' };

describe('pine-facade of the practice market', () => {
  let clock: SteppedClock;
  let market: PracticeMarket;
  beforeEach(() => {
    clock = new SteppedClock(NOW);
    market = new PracticeMarket({ clock });
  });

  // biome-ignore lint/suspicious/noExplicitAny: whatever comes
  const ask = async (path: string, headers = {}): Promise<[number, any]> => {
    const { status, text } = await market.lookUp(path, headers);
    return [status, JSON.parse(text)];
  };
  const translate = (id: string, version: string, headers = {}) =>
    ask(`/pine-facade/translate/${encodeURIComponent(id)}/${version}`, headers);
  const MISSING = [404, { code: 404, message: 'pine_facade failed to get pine source, reason: map[]' }];

  describe('translate', () => {
    it('gives what a script is made of, by version or the last', async () => {
      const [status, { success, result }] = await translate('STD;RSI', 'last');
      assert.deepEqual([status, success, result.metaInfo.pine.version], [200, true, '45.0']);
      const old = (await translate('STD;RSI', '37.0'))[1].result;
      assert.equal(old.metaInfo.pine.version, '37.0');
      assert.notEqual(old.ilTemplate, result.ilTemplate);
      assert.equal(result.metaInfo.inputs[0].defval, result.ilTemplate);
      const titles = async (id: string) =>
        Object.values((await translate(id, 'last'))[1].result.metaInfo.styles).map(
          (style) => (style as { title: string }).title,
        );
      assert.deepEqual((await titles('STD;MACD')).slice(0, 3), ['Histogram', 'MACD', 'Signal']);
      assert.deepEqual(await titles('STD;Bollinger_Bands'), ['Basis', 'Upper', 'Lower']);
      assert.deepEqual((await titles('STD;Practice%1Alert')).slice(0, 2), ['Plot', 'Plot']);
    });

    it('has the inputs, plots and styles of the recorded answer', async function () {
      const path = needs(recordingPath('translate-std-rsi.abridged.json'), this);
      const { metaInfo: theirs } = JSON.parse(readFileSync(path, 'utf8')).result;
      const { metaInfo: ours } = (await translate('STD;RSI', '45.0'))[1].result;
      assert.deepEqual(ours.plots, theirs.plots);
      assert.deepEqual(ours.styles, theirs.styles);
      for (const key of Object.keys(theirs)) assert.ok(key in ours, key);
      const plain = (inputs: Record<string, unknown>[]) =>
        inputs.map(({ id, name, type, defval, min, max, options, isFake, isHidden }) => ({
          ...{ id, name, type, min, max, options, isFake, isHidden },
          ...(id !== 'text' && { defval }),
        }));
      assert.deepEqual(plain(ours.inputs), plain(theirs.inputs));
    });

    it('knows no such script, no such version, no id that is not encoded', async () => {
      assert.deepEqual(await translate('STD;No_Such', 'last'), MISSING);
      assert.deepEqual(await translate('STD;RSI', '1.0'), MISSING);
      assert.deepEqual(await translate('Volume', 'last'), MISSING);
      assert.deepEqual(await ask('/pine-facade/translate/STD;Practice%1Alert/last'), MISSING);
      assert.deepEqual(await ask('/pine-facade/translate/%E0%A4%A/last'), MISSING);
      assert.equal((await ask('/pine-facade/elsewhere/STD;RSI'))[0], 404);
    });

    it('keeps a private script from strangers', async () => {
      const [status, { success, reason }] = await translate('USER;PracticePrivate', 'last');
      assert.deepEqual([status, success, typeof reason], [200, false, 'string']);
      assert.equal((await translate('USER;PracticePrivate', 'last', COOKIES))[1].success, true);
      const strict = new PracticeMarket({ clock, acceptCookies: (id, sign) => id === 'abc' && sign === 'v1:xyz=' });
      const path = '/pine-facade/translate/USER%3BPracticePrivate/last';
      assert.equal(JSON.parse((await strict.lookUp(path, COOKIES)).text).success, true);
      assert.equal(JSON.parse((await strict.lookUp(path, { cookie: 'sessionid=abc' })).text).success, false);
    });
  });

  it('lists scripts, and finds published ones by name', async () => {
    for (const path of ['/pine-facade/list/?filter=standard', '/pine-facade/list?filter=standard']) {
      const [status, scripts] = await ask(path);
      assert.equal(status, 200);
      const rsi = scripts.find(({ scriptIdPart }: { scriptIdPart: string }) => scriptIdPart === 'STD;RSI');
      assert.deepEqual(
        [rsi.scriptName, rsi.version, rsi.extra.shortDescription],
        ['Relative Strength Index', '45.0', 'RSI'],
      );
      assert.ok(scripts.every(({ scriptIdPart }: { scriptIdPart: string }) => scriptIdPart.startsWith('STD;')));
    }
    assert.deepEqual(await ask('/pine-facade/list/?filter=saved'), [200, []]);
    assert.equal((await ask('/pine-facade/list/?filter=saved', COOKIES))[1][0].scriptIdPart, 'USER;PracticePrivate');
    const [, { results }] = await ask('/pubscripts-suggest-json/?search=practice%20err');
    assert.deepEqual(
      [results.length, results[0].scriptIdPart, results[0].author.username],
      [1, 'PUB;PracticeError', 'practice'],
    );
    assert.deepEqual((await ask('/pubscripts-suggest-json/?search=zzz'))[1].results, []);
  });

  it('says which versions there are, and who may have them', async () => {
    const [, versions] = await ask('/pine-facade/versions/STD%3BRSI/last');
    assert.deepEqual(
      versions.map(({ version }: { version: string }) => version),
      ['37.0', '45.0'],
    );
    assert.deepEqual(await ask('/pine-facade/is_auth_to_get/STD%3BRSI/45.0'), [200, true]);
    assert.deepEqual(await ask('/pine-facade/is_auth_to_get/STD%3BRSI/46.0'), [200, false]);
    assert.deepEqual(await ask('/pine-facade/is_auth_to_get/USER%3BPracticePrivate/1.0'), [200, false]);
    assert.deepEqual(await ask('/pine-facade/is_auth_to_get/USER%3BPracticePrivate/1.0', COOKIES), [200, true]);
  });

  describe('faults', () => {
    const status = async () => (await market.lookUp('/pine-facade/list/?filter=standard')).status;

    it('failLookUps: so many times with a status, others undisturbed', async () => {
      market.faults.failLookUps('pine-facade', 500, 2);
      assert.equal((await ask('/symbol?symbol=SP%3ASPX'))[0], 200);
      assert.deepEqual([await status(), await status(), await status()], [500, 500, 200]);
      assert.deepEqual(market.faults.active, []);
    });

    it('failLookUps: rubbish, until it is cleared', async () => {
      market.faults.failLookUps('pine-facade', 'rubbish');
      const { status: good, text } = await market.lookUp('/pine-facade/list/');
      assert.equal(good, 200);
      assert.throws(() => JSON.parse(text));
      await market.faults.clear('failLookUps');
      assert.equal(JSON.parse((await market.lookUp('/pine-facade/list/?filter=standard')).text).length > 3, true);
    });

    it('failLookUps: silence', async () => {
      market.faults.failLookUps('pine-facade', 'silence', 1);
      let answered = false;
      void market.lookUp('/pine-facade/list/').then(() => {
        answered = true;
      });
      clock.advance(1e9);
      assert.equal(await status(), 200);
      assert.equal(answered, false);
    });

    it('slowLookUps: later by the clock, and no timer is left when the market closes', async () => {
      market.faults.slowLookUps(3000);
      let answered = false;
      const answer = market.lookUp('/pine-facade/list/').then(() => {
        answered = true;
      });
      clock.advance(2999);
      await Promise.resolve();
      assert.equal(answered, false);
      clock.advance(1);
      await answer;
      void market.lookUp('/pine-facade/list/');
      assert.equal(clock.pending, 1);
      await market.close();
      assert.equal(clock.pending, 0);
    });

    it('refuse nonsense', () => {
      assert.throws(() => market.faults.failLookUps('pine' as never, 500), /service is "pine"/);
      assert.throws(() => market.faults.failLookUps('symbol', 200), /from 400 on/);
      assert.throws(() => market.faults.failLookUps('symbol', 600), /below 600/);
      assert.throws(() => market.faults.failLookUps('symbol', 'x' as never), /how is "x"/);
      assert.throws(() => market.faults.failLookUps('symbol', 500, 0), /times is 0/);
    });
  });

  it('is on the port of the market, and its failures, too', async () => {
    const { httpUrl } = await market.listen();
    try {
      const url = `${httpUrl}/pine-facade/translate/STD%3BRSI/last`;
      assert.equal(((await (await fetch(url)).json()) as { success: boolean }).success, true);
      market.faults.failLookUps('pine-facade', 503, 1);
      assert.equal((await fetch(url)).status, 503);
      assert.equal((await fetch(url, { method: 'POST' })).status, 405);
    } finally {
      await market.close();
    }
  });
});
