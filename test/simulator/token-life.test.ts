import assert from 'node:assert/strict';
import { SteppedClock } from '../../src/market/clock';
import { PracticeMarket } from '../../src/simulator/practice-market';
import { practiceToken } from '../../src/simulator/practice-token';
import { expiryOf } from '../../src/simulator/token-check';
import { isHeartbeat } from '../../src/tradingview/framing';
import { methods, PracticeClient } from './practice-client';

const NOW = Date.UTC(2026, 5, 9, 14, 0, 20, 300);
const MINUTE = 60_000;
const BTC = 'BINANCE:BTCUSDT';
const COOKIES = { cookie: 'sessionid=abc; sessionid_sign=v1:xyz' };

describe('token life in the practice market', () => {
  let clock: SteppedClock;
  beforeEach(() => {
    clock = new SteppedClock(NOW);
  });

  /** Opens a series and a quote with a token that is good for a minute. */
  const start = (options = {}) => {
    const { market, client } = PracticeClient.on(clock, options);
    client.open(BTC, '1', 5);
    client.call('quote_create_session', 'qs_1');
    client.call('quote_add_symbols', 'qs_1', BTC);
    client.call('set_auth_token', practiceToken({ expires: NOW + MINUTE }));
    clock.advance(MINUTE - 1000);
    assert.ok(methods(client.take()).includes('du'));
    return { market, client };
  };

  it('a token says who, since when and until when, in whole seconds', () => {
    const token = practiceToken({ issued: NOW, expires: NOW + MINUTE, user: 'me' });
    const [header = '', claims = '', signature] = token.split('.');
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
    assert.deepEqual(read(header), { alg: 'HS256', typ: 'JWT' });
    const at = Math.floor(NOW / 1000);
    assert.deepEqual(read(claims), { user: 'me', iat: at, exp: at + 60, plan: 'free' });
    assert.equal(signature?.length, 43);
    assert.equal(expiryOf(token), (at + 60) * 1000);
    assert.equal(expiryOf(practiceToken()), undefined);
    assert.equal(expiryOf('nonsense'), undefined);
  });

  it('is over by the clock: heartbeats go on, everything else is silent, also what is asked for', () => {
    const { client } = start();
    clock.advance(1000);
    client.take();
    const before = client.payloads.length;
    client.call('request_more_data', 'cs_1', 'sds_1', 5);
    clock.advance(10 * MINUTE);
    const since = client.payloads.slice(before);
    assert.equal(since.length, 120);
    assert.ok(since.every(isHeartbeat));
    assert.equal(client.closed, undefined);
  });

  it('is renewed on the live socket: before its end nothing is missed, after it data come again', () => {
    const { market, client } = start();
    client.call('set_auth_token', practiceToken({ expires: NOW + 2 * MINUTE }));
    clock.advance(MINUTE);
    assert.ok(client.take().length > 50);
    clock.advance(MINUTE);
    client.take();
    client.call('set_auth_token', practiceToken({ expires: clock.now() + MINUTE }));
    clock.advance(2000);
    assert.deepEqual(new Set(client.take().map(({ p }) => p[0])), new Set(['cs_1', 'qs_1']));
    assert.equal(market.stats().connectionsEver, 1);
  });

  it('may be told as an error instead', () => {
    const { market, client } = start({ expiredToken: 'error' });
    clock.advance(1000);
    assert.deepEqual(client.take().at(-1), { m: 'protocol_error', p: ['bad auth token'] });
    assert.equal(client.closed, 1000);
    assert.equal(market.stats().sockets, 0);
  });

  it('does not concern who has another token, or none', () => {
    const { market, client } = start();
    const other = new PracticeClient(market, clock);
    other.open(BTC, '1', 5);
    client.take();
    clock.advance(MINUTE);
    assert.ok(other.take().length > 50);
    assert.deepEqual(methods(client.take()).filter((method) => method === 'du').length < 3, true);
  });

  it('is refused at sign-on once it is over', () => {
    const { client } = PracticeClient.on(clock);
    assert.deepEqual(client.ask('set_auth_token', practiceToken({ expires: NOW - 1000 })), [
      { m: 'protocol_error', p: ['bad auth token'] },
    ]);
  });

  describe('/quote_token/', () => {
    const ask = async (market: PracticeMarket, headers = {}) => {
      const { status, text } = await market.lookUp('/quote_token/', headers);
      return [status, JSON.parse(text)];
    };

    it('gives a fresh token for the cookies of an account, for four hours or as long as was said', async () => {
      const [status, token] = await ask(new PracticeMarket({ clock }), COOKIES);
      assert.deepEqual([status, expiryOf(token)], [200, Math.floor(NOW / 1000) * 1000 + 4 * 3_600_000]);
      const [, short] = await ask(new PracticeMarket({ clock, tokenLife: 90 }), COOKIES);
      assert.equal(expiryOf(short), Math.floor(NOW / 1000) * 1000 + 90_000);
      const { client } = PracticeClient.on(clock);
      assert.deepEqual(client.ask('set_auth_token', token), []);
    });

    it('refuses who has not signed in, and cookies that are not accepted', async () => {
      assert.equal((await ask(new PracticeMarket({ clock })))[0], 403);
      const acceptCookies = (id: string, sign: string) => id === 'abc' && sign === 'good';
      const market = new PracticeMarket({ clock, acceptCookies });
      assert.equal((await ask(market, COOKIES))[0], 403);
      assert.equal((await ask(market, { cookie: 'sessionid=abc; sessionid_sign=good' }))[0], 200);
    });

    it('fails on request', async () => {
      const market = new PracticeMarket({ clock });
      market.faults.failLookUps('quote_token', 502, 1);
      assert.deepEqual([(await ask(market, COOKIES))[0], (await ask(market, COOKIES))[0]], [502, 200]);
    });
  });
});
