import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { FeedError } from '../../src/feed/errors';
import { SteppedClock, systemClock } from '../../src/market/clock';
import { PracticeMarket } from '../../src/simulator/practice-market';
import type { Endpoints } from '../../src/tradingview/endpoints';
import { IndicatorLookup } from '../../src/tradingview/indicator-lookup';
import { deadHost, httpServer, muteServer, type TestServer } from '../support/servers';
import { until } from '../support/until';

const COOKIES = { sessionId: 'abc', sessionSign: 'v1:xyz=' };

describe('indicator look-up', () => {
  let releases = 0;
  const at = (url: string): Endpoints => ({
    socket: () => assert.fail(),
    lookups: async (service) => {
      assert.equal(service, 'pine-facade');
      return { url, release: () => releases++ };
    },
  });
  const fails =
    (code: string, ...parts: RegExp[]) =>
    (error: unknown) => {
      assert.ok(error instanceof FeedError, String(error));
      assert.equal(error.code, code);
      for (const part of parts) assert.match(error.message, part);
      return true;
    };

  beforeEach(() => {
    releases = 0;
  });

  it('keeps what it knows of the newest hundred, for whoever asks for ever more', async () => {
    const known = { success: true, result: { ilTemplate: 'script', metaInfo: { inputs: [], plots: [] } } };
    const server = await httpServer((_request, response) => response.end(JSON.stringify(known)));
    const lookup = new IndicatorLookup(at(`http://${server.host}`), systemClock);
    for (let n = 1; n <= 100; n++) await lookup.find(`PUB;${n}`, 'last');
    await lookup.find('PUB;1', 'last');
    assert.equal(releases, 100);
    await lookup.find('PUB;101', 'last');
    await lookup.find('PUB;101', 'last');
    assert.equal(releases, 101);
    await lookup.find('PUB;1', 'last');
    assert.equal(releases, 102);
    await server.close();
  });

  describe('on the practice market', () => {
    let market: PracticeMarket;
    let endpoints: Endpoints;
    let lookup: IndicatorLookup;

    beforeEach(async () => {
      market = new PracticeMarket();
      endpoints = at((await market.listen()).httpUrl);
      lookup = new IndicatorLookup(endpoints, systemClock);
    });

    afterEach(() => market.close());

    it('finds an indicator by version or the last', async () => {
      assert.equal((await lookup.find('STD;RSI', 'last')).info.version, '45.0');
      assert.equal((await lookup.find('STD;RSI', '37.0')).info.version, '37.0');
      assert.equal((await lookup.find('STD;Practice%1Alert', 'last')).info.name, 'Practice Alert');
    });

    it('asks once, however many want to know', async () => {
      const found = await Promise.all(Array.from({ length: 20 }, () => lookup.find('STD;RSI', 'last')));
      found.push(await lookup.find('STD;RSI', 'last'));
      assert.equal(new Set(found).size, 1);
      assert.equal(releases, 1);
      await lookup.find('STD;RSI', '45.0');
      await lookup.find('STD;MACD', 'last');
      assert.equal(releases, 3);
    });

    it('asks nobody about built-in studies', async () => {
      const { info, script, plots } = await lookup.find('Volume@tv-basicstudies-246', '17');
      assert.deepEqual([info.id, info.name, script], ['Volume@tv-basicstudies-246', 'Volume', null]);
      assert.deepEqual(
        plots.map(({ title }) => title),
        ['Volume', 'Volume color', 'Volume MA'],
      );
      assert.deepEqual((await lookup.find('VbPFixed@tv-basicstudies-241!', 'last')).plots, []);
      assert.equal(releases, 0);
    });

    it('is INDICATOR_UNKNOWN for a script or a version that does not exist, and says which', async () => {
      await assert.rejects(
        lookup.find('STD;Nothing', 'last'),
        fails('INDICATOR_UNKNOWN', /does not know STD;Nothing\./),
      );
      await assert.rejects(lookup.find('STD;RSI', '1.0'), fails('INDICATOR_UNKNOWN', /version 1\.0 of STD;RSI/));
      assert.equal(releases, 2, 'it is not tried again');
    });

    it('is INDICATOR_UNKNOWN for what cannot be one, SETTING_INVALID for what is no version: nothing is asked', async () => {
      for (const id of [
        '',
        'RSI',
        ';RSI',
        'STD;',
        'STD; RSI',
        'FOO;RSI',
        'Volume',
        'Volume@tv-basicstudies',
        'a'.repeat(999),
      ]) {
        await assert.rejects(
          lookup.find(id, 'last'),
          fails('INDICATOR_UNKNOWN', /is no indicator\. Indicators are written/),
        );
      }
      for (const version of ['', 'newest', '1.2.3', '../../x', '1/2', '-1']) {
        await assert.rejects(lookup.find('STD;RSI', version), fails('SETTING_INVALID', /“version”.*“last”.*45\.0/));
      }
      assert.equal(releases, 0);
    });

    it('is INDICATOR_FORBIDDEN for a private script, and finds it with the cookies of its owner', async () => {
      const id = 'USER;PracticePrivate';
      await assert.rejects(lookup.find(id, 'last'), fails('INDICATOR_FORBIDDEN', /session cookies/));
      const own = new IndicatorLookup(endpoints, systemClock, COOKIES);
      assert.equal((await own.find(id, 'last')).info.name, 'Practice Private');
    });

    it('gets over a failure of a moment, in three tries', async () => {
      const clock = new SteppedClock(0);
      const patient = new IndicatorLookup(endpoints, clock);
      for (const how of [500, 429, 'rubbish'] as const) {
        market.faults.failLookUps('pine-facade', how, 2);
        const found = patient.find('STD;RSI', how === 500 ? 'last' : how === 429 ? '45.0' : '37.0');
        for (let n = 0; n < 2; n++) {
          await until(() => clock.pending === 1);
          clock.advance(999);
          assert.equal(clock.pending, 1, 'a second between');
          clock.advance(1);
        }
        assert.equal((await found).info.id, 'STD;RSI');
      }
      assert.equal(releases, 9);
    });

    it('tells after the third why it fails, and asks anew when asked anew', async () => {
      const impatient = new IndicatorLookup(endpoints, { now: () => 0, after: (_, run) => systemClock.after(0, run) });
      const whys = {
        500: 'PROTOCOL',
        429: 'RATE_LIMITED',
        rubbish: 'PROTOCOL',
        404: 'INDICATOR_UNKNOWN',
        403: 'INDICATOR_FORBIDDEN',
      };
      for (const [how, code] of Object.entries(whys)) {
        market.faults.failLookUps('pine-facade', how === 'rubbish' ? how : Number(how));
        releases = 0;
        await assert.rejects(impatient.find('STD;RSI', 'last'), fails(code));
        assert.equal(releases, how === '404' || how === '403' ? 1 : 3, how);
      }
      await market.faults.clear('failLookUps');
      assert.equal((await impatient.find('STD;RSI', 'last')).info.version, '45.0');
    });

    it('waits for a slow answer', async () => {
      market.faults.slowLookUps(50);
      assert.equal((await lookup.find('STD;RSI', 'last')).info.version, '45.0');
    });
  });

  describe('on a server that', () => {
    let server: TestServer | undefined;
    afterEach(async () => {
      await server?.close();
      server = undefined;
    });

    async function find(body: unknown) {
      await server?.close();
      const answer: RequestListener = (_request, response) => response.end(JSON.stringify(body));
      server = await httpServer(answer);
      const lookup = new IndicatorLookup(at(`http://${server.host}`), {
        now: () => 0,
        after: (_, run) => systemClock.after(0, run),
      });
      return lookup.find('PUB;x y%', '1.0');
    }

    it('answers what is no definition: PROTOCOL', async () => {
      for (const body of [
        null,
        7,
        [],
        'x',
        {},
        { success: true },
        { result: { metaInfo: 7 } },
        { result: { metaInfo: {} } },
      ]) {
        await assert.rejects(find(body), fails('PROTOCOL', /cannot be read/), JSON.stringify(body));
      }
    });

    it('says that it was no success: forbidden where it speaks of rights, else unknown', async () => {
      for (const reason of ['You are not authorized to access this script', 'access denied', 'no permission']) {
        await assert.rejects(find({ success: false, reason }), fails('INDICATOR_FORBIDDEN'));
      }
      for (const reason of ['no such script', undefined, 7]) {
        await assert.rejects(find({ success: false, reason }), fails('INDICATOR_UNKNOWN', /version 1\.0 of PUB;x y%/));
      }
    });

    it('is asked with the id as it is, whatever is in it, and the cookies where there are some', async () => {
      const seen: unknown[] = [];
      server = await httpServer((request, response) => {
        seen.push([request.url, request.headers.origin, request.headers.cookie]);
        response.end(JSON.stringify({ success: false }));
      });
      const endpoints = at(`http://${server.host}`);
      await assert.rejects(new IndicatorLookup(endpoints, systemClock).find('PUB;a/../b?c#d %1', 'last'));
      await assert.rejects(new IndicatorLookup(endpoints, systemClock, COOKIES).find('STD;삼성', '2'));
      assert.deepEqual(seen, [
        ['/pine-facade/translate/PUB%3Ba%2F..%2Fb%3Fc%23d%20%251/last', 'https://www.tradingview.com', undefined],
        [
          '/pine-facade/translate/STD%3B%EC%82%BC%EC%84%B1/2',
          'https://www.tradingview.com',
          'sessionid=abc; sessionid_sign=v1:xyz=',
        ],
      ]);
    });

    it('cannot be reached: UNREACHABLE, after the third try', async () => {
      const clock = new SteppedClock(0);
      const found = new IndicatorLookup(at(`http://${await deadHost()}`), clock).find('STD;RSI', 'last');
      const rejected = assert.rejects(found, fails('UNREACHABLE'));
      for (let n = 0; n < 2; n++) {
        await until(() => clock.pending === 1);
        clock.advance(1_000);
      }
      await rejected;
      assert.equal(releases, 3);
    });
  });

  describe('given up', () => {
    it('between two tries leaves no timer, and does not ask again', async () => {
      const clock = new SteppedClock(0);
      const lookup = new IndicatorLookup(at(`http://${await deadHost()}`), clock);
      const rejected = assert.rejects(lookup.find('STD;RSI', 'last'), fails('UNREACHABLE'));
      await until(() => clock.pending === 1);
      lookup.close();
      assert.equal(clock.pending, 0);
      await rejected;
      assert.equal(releases, 1);
    });

    it('in the midst of a try lets go of the socket', async () => {
      const mute = await muteServer();
      const clock = new SteppedClock(0);
      const lookup = new IndicatorLookup(at(`http://${mute.host}`), clock);
      const rejected = assert.rejects(lookup.find('STD;RSI', 'last'), fails('UNREACHABLE'));
      const socket = await mute.connected;
      const gone = new Promise((resolve) => socket.once('close', resolve));
      socket.resume();
      lookup.close();
      await Promise.all([rejected, gone]);
      assert.deepEqual([clock.pending, releases], [0, 1]);
      await mute.close();
    });
  });
});
