import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { SteppedClock } from '../../src/market/clock';
import { PracticeMarket } from '../../src/simulator/practice-market';
import { decodeFrame, encodePacket, isHeartbeat } from '../../src/tradingview/framing';
import { methods, PracticeClient } from './practice-client';

const NOW = Date.UTC(2026, 5, 9, 14, 0, 20, 300);
const BTC = 'BINANCE:BTCUSDT';
const CODES = [1000, 1005, 1006] as const;

describe('faults at the door', () => {
  describe('in memory', () => {
    let clock: SteppedClock;
    let market: PracticeMarket;
    let client: PracticeClient;
    beforeEach(() => {
      clock = new SteppedClock(NOW);
      ({ market, client } = PracticeClient.on(clock));
    });
    const join = () => {
      const other = new PracticeClient(market, clock);
      clock.advance(0);
      return other;
    };

    for (const code of CODES) {
      it(`drop ${code}: every connection ends, and no timer is left`, () => {
        const other = join();
        client.open(BTC, '1', 5);
        market.faults.drop(code);
        assert.deepEqual([client.closed, other.closed, market.stats().sockets], [code, code, 0]);
        assert.equal(clock.pending, 0);
        assert.equal(methods(join().open(BTC, '1', 5)).at(-1), 'series_completed');
      });
    }

    it('restart: sockets and sessions are gone', () => {
      client.open(BTC, '1', 5);
      market.faults.restart();
      assert.equal(client.closed, 1006);
      const { sockets, sessions, series } = market.stats();
      assert.deepEqual([sockets, sessions, series], [0, 0, 0]);
    });

    it('loseSessions: sockets stay, streams stop, and each request for a lost session is a critical error', () => {
      client.open(BTC, '1', 5);
      market.faults.loseSessions();
      assert.deepEqual([market.stats().sockets, market.stats().sessions], [1, 0]);
      clock.advance(10_000);
      assert.deepEqual(client.take(), []);
      assert.ok(client.payloads.filter(isHeartbeat).length >= 2);
      const error = {
        m: 'critical_error',
        p: ['cs_1', 'unknown_session_id', 'method: request_more_data. args: "[sds_1, 10]"'],
      };
      assert.deepEqual(client.ask('request_more_data', 'cs_1', 'sds_1', 10), [error]);
      assert.deepEqual(client.ask('request_more_data', 'cs_1', 'sds_1', 10), [error]);
      assert.equal(client.closed, undefined);
      assert.equal(methods(client.open(BTC, '1', 5, 'cs_2')).at(-1), 'series_completed');
      assert.equal(methods(client.open(BTC, '1', 5, 'cs_1')).at(-1), 'series_completed');
    });

    for (const [args, how] of [
      [[403], { how: 403 }],
      [[429], { how: 429 }],
      [[429, 30], { how: 429, retryAfter: 30 }],
      [['connection'], { how: 'connection' }],
    ] as const) {
      it(`refuse ${args}: is told, later than connect returns, and open connections go on`, async () => {
        market.faults.refuse(...(args as [403]));
        const other = new PracticeClient(market, clock);
        assert.equal(other.refused, undefined);
        clock.advance(0);
        assert.deepEqual([other.refused, other.closed, market.stats().connectionsEver], [how, undefined, 1]);
        assert.equal(methods(client.open(BTC, '1', 5)).at(-1), 'series_completed');
        assert.deepEqual(market.faults.active, [{ fault: 'refuse', args: [...args] }]);
        await market.faults.accept();
        assert.equal(join().payloads.length, 1);
      });
    }

    it('refuse: is 1006 to those who do not ask, and nothing to those who have gone', () => {
      market.faults.refuse(403);
      const codes: number[] = [];
      market.connect(
        () => {},
        (code) => codes.push(code),
      );
      const gone = new PracticeClient(market, clock);
      gone.end();
      clock.advance(0);
      assert.deepEqual([codes, gone.refused], [[1006], undefined]);
    });

    const ended = (other: PracticeClient, reason: string) => {
      assert.equal(other.payloads.length, 2);
      assert.deepEqual(JSON.parse(other.payloads[1] as string), { m: 'protocol_error', p: [reason] });
      assert.equal(other.closed, 1000);
    };

    it('tooManyConnections: the next ones are ended after the hello, as many as were said', () => {
      market.faults.tooManyConnections();
      ended(join(), 'user connections limit reached');
      assert.deepEqual(market.faults.active, []);
      assert.equal(join().closed, undefined);
      market.faults.tooManyConnections(2);
      ended(join(), 'user connections limit reached');
      ended(join(), 'user connections limit reached');
      assert.equal(join().closed, undefined);
      assert.equal(client.closed, undefined);
    });

    it('ban: whoever comes is ended, until it is lifted', async () => {
      market.faults.ban();
      ended(join(), 'banned');
      market.faults.ban('banned by ip');
      ended(join(), 'banned by ip');
      ended(join(), 'banned by ip');
      await market.faults.accept();
      assert.equal(join().closed, undefined);
    });

    it('badToken: no token is good enough', async () => {
      client.open(BTC, '1', 5);
      market.faults.badToken();
      const other = join();
      assert.deepEqual(other.ask('set_auth_token', 'unauthorized_user_token'), [
        { m: 'protocol_error', p: ['bad auth token'] },
      ]);
      assert.deepEqual([other.closed, client.closed], [1000, undefined]);
      await market.faults.accept();
      assert.deepEqual(join().ask('set_auth_token', 'unauthorized_user_token'), []);
    });

    it('expireToken error: an old token is refused, a fresh one is not', () => {
      market.faults.expireToken('error', 'a.b.c');
      assert.deepEqual(methods(join().ask('set_auth_token', 'a.b.c')), ['protocol_error']);
      assert.deepEqual(join().ask('set_auth_token', 'd.e.f'), []);
      market.faults.expireToken('error');
      assert.deepEqual(methods(join().ask('set_auth_token', 'd.e.f')), ['protocol_error']);
    });

    it('expireToken silent: heartbeats only, on open connections and new ones, until a fresh token comes', () => {
      client.open(BTC, '1', 5);
      client.ask('set_auth_token', 'a.b.c');
      market.faults.expireToken('silent', 'a.b.c');
      const other = join();
      other.call('set_auth_token', 'a.b.c');
      assert.deepEqual(other.open(BTC, '1', 5).length, 4, 'open signs on anonymously');
      other.ask('set_auth_token', 'a.b.c');
      clock.advance(60_000);
      for (const one of [client, other]) {
        assert.deepEqual(one.take(), []);
        assert.deepEqual(one.ask('request_more_data', 'cs_1', 'sds_1', 10), []);
        assert.deepEqual([one.payloads.filter(isHeartbeat).length, one.closed], [12, undefined]);
        assert.deepEqual(one.ask('set_auth_token', 'd.e.f'), []);
        assert.deepEqual(methods(one.ask('request_more_data', 'cs_1', 'sds_1', 10)).at(-1), 'series_completed');
      }
      clock.advance(1000);
      assert.equal(methods(client.take())[0], 'du', 'the stream goes on');
    });

    it('lists what holds, and ends one switch or all', async () => {
      const { faults } = market;
      faults.freeze('heartbeat');
      faults.freezeSymbol('SP:SPX');
      faults.slow(100);
      faults.slow(500);
      faults.duplicate();
      faults.malform('junk', 7);
      faults.refuse(429, 5);
      faults.expireToken('silent');
      assert.deepEqual(faults.active, [
        { fault: 'freeze', args: ['heartbeat'] },
        { fault: 'freezeSymbol', args: ['SP:SPX'] },
        { fault: 'slow', args: [500] },
        { fault: 'duplicate', args: [] },
        { fault: 'malform', args: ['junk', 7] },
        { fault: 'refuse', args: [429, 5] },
        { fault: 'expireToken', args: ['silent'] },
      ]);
      faults.thaw();
      await faults.clear('slow');
      assert.deepEqual(
        faults.active.map(({ fault }) => fault),
        ['duplicate', 'malform', 'refuse', 'expireToken'],
      );
      await faults.clear();
      assert.deepEqual(faults.active, []);
      assert.equal(methods(join().open(BTC, '1', 5)).length, 4);
    });

    it('refuses nonsense with a sentence', () => {
      const { faults } = market;
      assert.throws(() => faults.drop(1001 as 1000), /code is 1001, and must be one of 1000, 1005, 1006/);
      assert.throws(() => faults.freeze('hard' as 'silent'), /mode is "hard"/);
      assert.throws(() => faults.freezeSymbol(), /needs a symbol/);
      assert.throws(() => faults.freezeSymbol('NO:SUCH'), /the practice market has no "NO:SUCH"/);
      assert.throws(() => faults.refuse(500 as 403), /how is 500/);
      assert.throws(() => faults.refuse(429, -1), /retryAfter/);
      assert.throws(() => faults.slow('1' as never), /ms is "1"/);
      assert.throws(() => faults.reorder(1.5), /window/);
      assert.throws(() => faults.malform('cut', 0), /every/);
      assert.throws(() => faults.malform('burn' as 'cut'), /kind/);
      assert.throws(() => faults.skipBars('SP:SPX', -1), /bars/);
      assert.throws(() => faults.limitHistory(0), /candles/);
      assert.throws(() => faults.smallPages(0), /candles/);
      assert.throws(() => faults.tooManyConnections(0), /times/);
      assert.throws(() => faults.ban(''), /text/);
      assert.throws(() => faults.expireToken('loud' as 'silent'), /mode/);
      assert.throws(() => faults.duplicate(1 as never), /on is 1/);
      assert.deepEqual(faults.active, []);
    });
  });

  describe('over a socket', () => {
    let market: PracticeMarket;
    let url: string;
    let httpUrl: string;
    beforeEach(async () => {
      market = new PracticeMarket();
      ({ url, httpUrl } = await market.listen());
    });
    afterEach(() => market.close());

    const dial = () => {
      const socket = new WebSocket(url, { origin: 'https://www.tradingview.com' });
      socket.on('error', () => {});
      return socket;
    };
    /** Open, and greeted. */
    const connect = async () => {
      const socket = dial();
      await once(socket, 'message');
      return socket;
    };

    for (const code of CODES) {
      it(`drop ${code} is seen as such`, async () => {
        const sockets = [await connect(), await connect()];
        const closed = sockets.map((socket) => once(socket, 'close'));
        market.faults.drop(code);
        for (const one of closed) assert.equal((await one)[0], code);
        const again = await connect();
        again.terminate();
      });
    }

    it('refuse 403 and 429 answer the upgrade, with the time to wait', async () => {
      const answer = async () => {
        const socket = dial();
        const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
        response.resume();
        socket.terminate();
        return [response.statusCode, response.headers['retry-after']];
      };
      const open = await connect();
      market.faults.refuse(403);
      assert.deepEqual(await answer(), [403, undefined]);
      market.faults.refuse(429);
      assert.deepEqual(await answer(), [429, undefined]);
      market.faults.refuse(429, 120);
      assert.deepEqual(await answer(), [429, '120']);
      assert.equal(open.readyState, WebSocket.OPEN);
      assert.equal((await fetch(`${httpUrl}/symbol?symbol=SP%3ASPX`)).status, 200);
      await market.faults.accept();
      (await connect()).terminate();
      open.terminate();
    });

    it('refuse connection closes the port, spares who is in, and the same port opens again', async () => {
      const open = await connect();
      market.faults.refuse('connection');
      const [error] = await once(dial(), 'error');
      assert.equal(error.code, 'ECONNREFUSED');
      const beat = once(open, 'message');
      open.send(encodePacket('{"m":"request_more_data","p":["cs_gone","sds_1",1]}'));
      assert.match(decodeFrame(String((await beat)[0])).packets[0] as string, /protocol_error/);
      await market.faults.accept();
      (await connect()).terminate();
      assert.equal(market.stats().connectionsEver, 2);
    });

    it('takes changes of mind, and closes in the middle of them', async () => {
      const { faults } = market;
      for (let round = 0; round < 3; round++) {
        faults.refuse('connection');
        const opening = faults.accept();
        faults.refuse('connection');
        await opening;
        const [error] = await once(dial(), 'error');
        assert.equal(error.code, 'ECONNREFUSED');
        void faults.accept();
        faults.refuse('connection');
        await faults.accept();
        (await connect()).terminate();
      }
      faults.refuse('connection');
      const opening = faults.accept();
      await market.close();
      await opening;
      const [error] = await once(dial(), 'error');
      assert.equal(error.code, 'ECONNREFUSED');
    });

    it('refuses connections from the first moment on when it was told so before', async () => {
      await market.close();
      market.faults.refuse('connection');
      ({ url } = await market.listen());
      assert.equal((await once(dial(), 'error'))[0].code, 'ECONNREFUSED');
      market.faults.refuse(403);
      await market.faults.accept();
      (await connect()).terminate();
    });

    it('freezes with the TCP connection open, and greets nobody', async () => {
      const open = await connect();
      market.faults.freeze('silent');
      const silent = dial();
      await once(silent, 'open');
      const heard: unknown[] = [];
      for (const socket of [open, silent]) {
        socket.on('message', (data) => heard.push(data));
        socket.send(encodePacket('{"m":"request_more_data","p":["cs_gone","sds_1",1]}'));
      }
      while (market.stats().received.get('request_more_data') !== 2) await new Promise(setImmediate);
      assert.deepEqual([heard, open.readyState, silent.readyState], [[], WebSocket.OPEN, WebSocket.OPEN]);
      market.faults.thaw();
      const answer = once(open, 'message');
      open.send(encodePacket('{"m":"request_more_data","p":["cs_gone","sds_1",1]}'));
      assert.match(String((await answer)[0]), /protocol_error/);
      silent.terminate();
    });

    it('ends whoever is one too many with a close frame', async () => {
      market.faults.tooManyConnections();
      const socket = dial();
      const [first] = await once(socket, 'message');
      assert.match(String(first), /\["user connections limit reached"\]/);
      assert.equal((await once(socket, 'close'))[0], 1000);
    });
  });
});
