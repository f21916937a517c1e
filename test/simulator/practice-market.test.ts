import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { WebSocket } from 'ws';
import { SteppedClock } from '../../src/market/clock';
import { PracticeMarket } from '../../src/simulator/practice-market';
import { decodeFrame, encodePacket, isHeartbeat } from '../../src/tradingview/framing';
import { PracticeClient } from './practice-client';

const ORIGIN = 'https://www.tradingview.com';

/** Resolves with the HTTP status that refused the upgrade. */
async function refusal(url: string, options: object): Promise<number | undefined> {
  const socket = new WebSocket(url, options);
  socket.on('error', () => {});
  const [, response] = await once(socket, 'unexpected-response');
  response.resume();
  socket.terminate();
  return response.statusCode;
}

describe('practice market', () => {
  const markets: PracticeMarket[] = [];

  function open(options?: ConstructorParameters<typeof PracticeMarket>[0]): PracticeMarket {
    const market = new PracticeMarket(options);
    markets.push(market);
    return market;
  }

  afterEach(async () => {
    for (const market of markets.splice(0)) await market.close();
  });

  describe('over a socket', () => {
    it('speaks to a client in real time, without any option', async () => {
      const market = open();
      const { url } = await market.listen();
      assert.match(url, /^ws:\/\/127\.0\.0\.1:\d+\/socket\.io\/websocket$/);
      const socket = new WebSocket(`${url}?from=chart%2F&type=chart`, { origin: ORIGIN });
      const payloads: string[] = [];
      const heard = new Promise<void>((resolve) => {
        socket.on('message', (data) => {
          for (const payload of decodeFrame(String(data)).packets) {
            payloads.push(payload);
            if (isHeartbeat(payload)) socket.send(encodePacket(payload));
            if (payload.includes('"du"')) resolve();
          }
        });
      });
      await once(socket, 'open');
      const call = (m: string, ...p: unknown[]) => socket.send(encodePacket(JSON.stringify({ m, p })));
      call('set_auth_token', 'unauthorized_user_token');
      call('chart_create_session', 'cs_1', '');
      call('resolve_symbol', 'cs_1', 'sds_sym_1', '={"symbol":"BINANCE:BTCUSDT"}');
      call('create_series', 'cs_1', 'sds_1', 's1', 'sds_sym_1', '1S', 20, '');
      await heard;
      assert.equal(JSON.parse(payloads[0] as string).protocol, 'json');
      const bars = JSON.parse(payloads.find((payload) => payload.includes('timescale_update')) as string).p[1].sds_1.s;
      assert.ok(Math.abs(bars.at(-1).v[0] * 1000 - Date.now()) < 5000);
      const { received, ...counts } = market.stats();
      assert.deepEqual(counts, {
        sockets: 1,
        sessions: 1,
        series: 1,
        studies: 0,
        quoteSessions: 0,
        quotes: 0,
        connectionsEver: 1,
      });
      assert.equal(received.get('create_series'), 1);
      socket.close();
      await once(socket, 'close');
      while (market.stats().sockets > 0) await new Promise(setImmediate);
      assert.equal(market.stats().series, 0);
    });

    it('lets nobody in without an Origin, or elsewhere', async () => {
      const { url, httpUrl } = await open().listen();
      assert.equal(await refusal(url, {}), 403);
      assert.equal(await refusal(`${httpUrl.replace('http', 'ws')}/elsewhere`, { origin: ORIGIN }), 404);
    });

    it('hangs up with a close frame after a protocol error', async () => {
      const { url } = await open().listen();
      const socket = new WebSocket(url, { origin: ORIGIN });
      await once(socket, 'open');
      socket.send(encodePacket('{"m":"set_auth_token","p":["expired"]}'));
      const [code] = await once(socket, 'close');
      assert.equal(code, 1000);
    });

    it('outlives nonsense at every level', async () => {
      const market = open();
      const { url, httpUrl } = await market.listen();
      const binary = new WebSocket(url, { origin: ORIGIN });
      await once(binary, 'open');
      binary.send(Buffer.from([1, 2, 3]));
      binary.send(Buffer.alloc(2 * 1024 * 1024));
      const [code] = await once(binary, 'close');
      assert.equal(code, 1009);
      assert.equal((await fetch(`${httpUrl}/%`)).status, 404);
      assert.equal((await fetch(`${httpUrl}/symbol?symbol=%E0%A4%A`)).status, 404);
      assert.equal((await fetch(`${httpUrl}/symbol`, { method: 'POST', body: 'x' })).status, 405);
      assert.equal((await fetch(`${httpUrl}/symbol?symbol=SP%3ASPX`)).status, 200);
    });

    it('frees its port when it closes, with clients connected, and may be opened there again', async () => {
      const market = open();
      const { url } = await market.listen();
      const port = Number(new URL(url).port);
      await assert.rejects(market.listen(), /listening already/);
      const socket = new WebSocket(url, { origin: ORIGIN });
      await once(socket, 'open');
      const closed = once(socket, 'close');
      await market.close();
      await market.close();
      assert.equal((await closed)[0], 1006);
      assert.equal(market.stats().sockets, 0);
      assert.equal((await market.listen(port)).url, url);
      await market.close();
      const other = createServer().listen(port, '127.0.0.1');
      await once(other, 'listening');
      await assert.rejects(market.listen(port), { code: 'EADDRINUSE' });
      other.close();
      await once(other, 'close');
      await market.listen(port);
    });
  });

  describe('in memory', () => {
    it('runs no timer while nobody is connected', async () => {
      const clock = new SteppedClock(Date.UTC(2026, 5, 9));
      const market = open({ clock });
      assert.equal(clock.pending, 0);
      const one = new PracticeClient(market, clock);
      const other = new PracticeClient(market, clock);
      clock.advance(3000);
      one.end();
      assert.equal(clock.pending, 1);
      assert.equal(market.stats().sockets, 1);
      await market.close();
      assert.deepEqual([one.closed, other.closed], [undefined, 1006]);
      assert.equal(clock.pending, 0);
      assert.equal(market.stats().connectionsEver, 2);
    });

    it('hears nothing more after the end', () => {
      const clock = new SteppedClock(Date.UTC(2026, 5, 9));
      const { client } = PracticeClient.on(clock);
      client.end();
      client.end();
      client.raw('nonsense');
      clock.advance(60_000);
      assert.deepEqual(client.frames, []);
      assert.equal(client.closed, undefined);
    });

    it('counts methods without end only under so many names', () => {
      const clock = new SteppedClock(Date.UTC(2026, 5, 9));
      const { market, client } = PracticeClient.on(clock);
      for (let count = 0; count < 1000; count++) client.call(`method ${count}`);
      client.call('method 0');
      assert.equal(market.stats().received.size, 200);
      assert.equal(market.stats().received.get('method 0'), 2);
    });
  });

  describe('ground truth', () => {
    const now = Date.UTC(2026, 5, 9, 14, 0, 20);
    const market = new PracticeMarket({ clock: new SteppedClock(now) });

    it('gives the candles of a stretch, the forming one last, and when they close', () => {
      const from = Date.UTC(2026, 5, 9, 13, 0);
      const bars = market.candles('NASDAQ:AAPL', '15m', from, now + 3_600_000);
      const quarter = 15 * 60_000;
      const first = Date.UTC(2026, 5, 9, 13, 30);
      assert.deepEqual(
        bars.map(({ time }) => time),
        [first, first + quarter, first + 2 * quarter],
      );
      assert.deepEqual(Object.keys(bars[0] as object), ['time', 'open', 'high', 'low', 'close', 'volume']);
      assert.deepEqual(market.candles('NASDAQ:AAPL', '15m', from, first + quarter), bars.slice(0, 1));
      assert.equal(market.closeTime('NASDAQ:AAPL', '1d', first), Date.UTC(2026, 5, 9, 20));
      assert.equal(market.closeTime('NASDAQ:AAPL', '1d', first + 1), undefined);
      assert.equal(market.candles('NASDAQ:AAPL', '1h', from, now, 'extended')[0]?.time, from);
    });

    it('throws for what it does not have', () => {
      assert.throws(() => market.candles('NO:SUCH', '1m', 0, 1), /NO:SUCH/);
    });

    it('is the same under the same seed, and another under another', () => {
      const ask = (seed: number) =>
        new PracticeMarket({ seed, clock: new SteppedClock(now) }).candles('SP:SPX', '1d', now - 9e8, now);
      assert.deepEqual(ask(5), ask(5));
      assert.notDeepEqual(ask(5), ask(6));
    });
  });

  describe('look-ups', () => {
    let base: string;
    beforeEach(async () => {
      base = (await open().listen()).httpUrl;
    });
    const search = async (query: string, headers: Record<string, string> = { origin: ORIGIN }) => {
      const response = await fetch(`${base}/symbol_search/v3/?${query}`, { headers });
      // biome-ignore lint/suspicious/noExplicitAny: whatever comes
      return { status: response.status, body: (await response.json()) as any };
    };

    it('find symbols by name and by description, in any script', async () => {
      const texts: [string, string][] = [
        ['aapl', 'NASDAQ:AAPL'],
        ['toyota', 'TSE:7203'],
        ['삼성', 'KRX:005930'],
        ['FX:EURUSD', 'FX:EURUSD'],
        ['ngoại', 'HOSE:VCB'],
      ];
      for (const [text, id] of texts) {
        const { status, body } = await search(`text=${encodeURIComponent(text)}`);
        assert.equal(status, 200);
        const ids = body.symbols.map(
          (one: Record<string, string>) => `${one.prefix || one.exchange || one.source_id}:${one.symbol}`,
        );
        assert.deepEqual(ids, [id]);
      }
    });

    it('mark what was found, on demand', async () => {
      assert.equal((await search('text=usdt&hl=1&start=0')).body.symbols[0].symbol, 'BTC<em>USDT</em>');
      assert.equal((await search('text=usdt&hl=0')).body.symbols[0].symbol, 'BTCUSDT');
    });

    it('go on from a place, say what remains, and keep to an exchange or a type', async () => {
      const all = (await search('text=')).body;
      assert.deepEqual([all.symbols.length, all.symbols_remaining], [PracticeMarket.symbols.length, 0]);
      assert.deepEqual((await search('text=&start=3')).body.symbols, all.symbols.slice(3));
      assert.deepEqual((await search('text=&start=999')).body, { symbols_remaining: 0, symbols: [] });
      assert.equal((await search('text=btc&exchange=BYBIT')).body.symbols.length, 1);
      assert.equal((await search('text=&search_type=forex')).body.symbols.length, 1);
    });

    it('refuse a search without an Origin', async () => {
      assert.equal((await search('text=aapl', {})).status, 403);
    });

    it('say which market a symbol belongs to', async () => {
      const ask = async (query: string) => {
        const response = await fetch(`${base}/symbol?${query}`);
        return [response.status, await response.json()];
      };
      assert.deepEqual(await ask('symbol=BINANCE%3ABTCUSDT&fields=market&no_404=false'), [200, { market: 'crypto' }]);
      assert.equal((await ask('symbol=NO%3ASUCH&fields=market&no_404=false'))[0], 404);
      assert.equal((await ask('symbol=NO%3ASUCH&fields=market&no_404=true'))[0], 200);
    });
  });
});
