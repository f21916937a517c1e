import assert from 'node:assert/strict';
import type { ClientOptions } from '../../src/tradingview/options';
import type { TokenWarning } from '../../src/tradingview/token-schedule';
import { ScriptedServer } from '../support/scripted-server';
import { jwt, TokenServer } from '../support/token-server';
import { until } from '../support/until';

const START = Date.UTC(2026, 4, 13, 14, 0, 0);
const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const COOKIES = { sessionId: 'secret0session0id', sessionSign: 'v3:secret/session+sign=' };

/** A client with a subscription, whose socket and whose token service the test plays. */
class Scene {
  readonly server: ScriptedServer;
  readonly warnings: (TokenWarning | null)[] = [];
  readonly told: unknown[] = [];

  constructor(tokens: TokenServer, options: ClientOptions, watches = true) {
    this.server = new ScriptedServer(START, options, { endpoints: tokens.endpoints, random: () => 0.5 });
    this.server.client.on('token', (warning) => this.warnings.push(warning));
    this.server.client.on('state', (...state) => this.told.push(state));
    if (watches) this.server.client.watchCandles({ symbol: 'A:B', timeframe: '1d' }, (event) => this.told.push(event));
  }

  /** Time passes with heartbeats, and with data unless the market is silent. */
  pass(ms: number, { silent = false } = {}): void {
    for (let passed = 0; passed < ms; passed += 10 * SECOND) {
      this.server.clock.advance(Math.min(10 * SECOND, ms - passed));
      this.server.transport.link.receive('~m~4~m~~h~1');
      if (!silent) this.server.send('du', 'cs_other', {});
    }
  }

  /** The tokens that have been sent over the newest link. */
  get signedIn(): unknown[] {
    return this.server.requests('set_auth_token').flat();
  }

  get links(): number {
    return this.server.transport.links.length;
  }

  get state(): string {
    return this.server.client.status.state;
  }

  get code(): string | undefined {
    return this.server.client.status.error?.code;
  }

  get expires(): number | null {
    return this.server.client.stats().tokenExpires;
  }

  /** All that a user can get to see. */
  get shown(): string {
    const { client, logs } = this.server;
    const errors = [client.status.error, ...this.told].map((one) => String((one as Error)?.stack ?? ''));
    return JSON.stringify([logs, this.told, this.warnings, client.stats(), client.status, errors]);
  }
}

describe('client: the life of a token', () => {
  let tokens: TokenServer;
  let scene: Scene;
  let secrets: string[];

  beforeEach(async () => {
    tokens = await TokenServer.open();
    secrets = [...Object.values(COOKIES)];
  });

  afterEach(async () => {
    await scene.server.client.close();
    assert.equal(scene.server.clock.pending, 0, 'timers are left');
    for (const secret of secrets) assert.ok(!scene.shown.includes(secret), `${secret} is shown`);
    await tokens.close();
  });

  /** A token that must never be shown. @param name tells it from others */
  const token = (life: number, name?: string, issued?: number) => {
    const made = jwt({ expires: START + life, ...(issued !== undefined && { issued: START + issued }) }, name);
    secrets.push(made);
    return made;
  };

  const begin = (options: ClientOptions) => {
    scene = new Scene(tokens, options);
    scene.server.greet();
  };

  describe('with cookies', () => {
    it('is renewed on the live socket five minutes before its end, and again', async () => {
      const [first, second, third] = [token(HOUR, 'a'), token(4 * HOUR, 'b'), token(8 * HOUR, 'c')];
      tokens.answer = second;
      begin({ token: first, ...COOKIES });
      assert.deepEqual(scene.signedIn, [first]);
      assert.equal(scene.expires, START + HOUR);
      scene.pass(HOUR - 5 * MINUTE - SECOND);
      assert.equal(tokens.asked.length, 0);
      scene.pass(SECOND);
      await until(() => scene.signedIn.length === 2);
      assert.deepEqual(tokens.asked, [
        { path: '/quote_token/', cookie: `sessionid=${COOKIES.sessionId}; sessionid_sign=${COOKIES.sessionSign}` },
      ]);
      assert.equal(scene.expires, START + 4 * HOUR);
      tokens.answer = third;
      scene.pass(3 * HOUR);
      await until(() => scene.signedIn.length === 3);
      scene.pass(HOUR);
      assert.deepEqual(scene.signedIn, [first, second, third]);
      assert.equal(scene.links, 1);
      assert.equal(scene.state, 'live');
      assert.equal(scene.server.client.stats().reconnects, 0);
      assert.deepEqual(scene.warnings, []);
    });

    it('is renewed at half of a life that is short', async () => {
      tokens.answer = token(HOUR, 'b');
      begin({ token: token(4 * MINUTE, 'a'), ...COOKIES });
      scene.pass(2 * MINUTE - SECOND);
      assert.equal(tokens.asked.length, 0);
      scene.pass(SECOND);
      await until(() => scene.signedIn.length === 2);
    });

    it('is fetched before signing in where there is none', async () => {
      const fetched = token(HOUR);
      tokens.answer = fetched;
      begin(COOKIES);
      assert.deepEqual(scene.server.transport.link.sent, []);
      assert.equal(scene.state, 'authenticating');
      await until(() => scene.state === 'live');
      assert.deepEqual(scene.signedIn, [fetched]);
    });

    it('that has expired is not sent; a fresh one is', async () => {
      const fetched = token(HOUR, 'b');
      tokens.answer = fetched;
      begin({ token: token(-SECOND, 'a'), ...COOKIES });
      await until(() => scene.state === 'live');
      assert.deepEqual(scene.signedIn, [fetched]);
    });

    it('that was refused is replaced by a fresh one, once', async () => {
      const fetched = token(HOUR, 'b');
      tokens.answer = fetched;
      begin({ token: token(HOUR, 'a'), ...COOKIES });
      scene.server.send('protocol_error', 'bad auth token');
      assert.equal(scene.state, 'waiting');
      scene.server.clock.advance(SECOND);
      scene.server.greet();
      await until(() => scene.state === 'live');
      assert.deepEqual(scene.signedIn, [fetched]);
      scene.server.send('protocol_error', 'bad auth token');
      assert.equal(scene.state, 'stopped');
      assert.equal(scene.code, 'TOKEN_REFUSED');
      assert.equal(tokens.asked.length, 1);
      scene.server.client.reconnect();
      scene.server.greet();
      await until(() => scene.state === 'live');
      assert.equal(tokens.asked.length, 2, 'a person asked for it');
    });

    it('that was refused after data is replaced again', async () => {
      tokens.answer = token(HOUR, 'b');
      begin({ token: token(HOUR, 'a'), ...COOKIES });
      for (let n = 1; n <= 3; n++) {
        scene.pass(20 * SECOND);
        scene.server.send('protocol_error', 'bad auth token');
        assert.equal(scene.state, 'waiting');
        scene.server.clock.advance(MINUTE);
        scene.server.greet();
        await until(() => scene.state === 'live');
        assert.equal(tokens.asked.length, n);
      }
    });

    for (const answer of [401, 403, 'unauthorized_user_token']) {
      it(`stops when the cookies are refused (${answer}) and there is no other token`, async () => {
        tokens.answer = answer;
        begin(COOKIES);
        await until(() => scene.state === 'stopped');
        assert.equal(scene.code, 'TOKEN_REFUSED');
        assert.match(scene.server.client.status.error?.message ?? '', /cookies.*Sign in/);
        assert.deepEqual(scene.server.transport.link.sent, []);
      });
    }

    it('works to its end when the cookies are refused meanwhile, with a warning, and stops then', async () => {
      tokens.answer = 403;
      begin({ token: token(HOUR), ...COOKIES });
      scene.pass(55 * MINUTE);
      await until(() => scene.warnings.length === 1);
      assert.equal(scene.warnings[0]?.minutes, 5);
      assert.match(scene.warnings[0]?.sentence ?? '', /expires in 5 min.*cookies/);
      scene.pass(5 * MINUTE - SECOND);
      assert.equal(scene.state, 'live');
      scene.server.clock.advance(SECOND);
      assert.equal(scene.state, 'stopped');
      assert.equal(scene.code, 'TOKEN_REFUSED');
      assert.equal(tokens.asked.length, 1);
    });

    for (const [what, answer, code] of [
      ['HTTP 500', 500, 'PROTOCOL'],
      ['HTTP 429', 429, 'RATE_LIMITED'],
      ['a page that is no JSON', { body: '<html>' }, 'PROTOCOL'],
      ['something else than a token', { body: '{"token":"x"}' }, 'PROTOCOL'],
      ['an empty token', '', 'PROTOCOL'],
      ['a token with line breaks', 'two\nlines', 'PROTOCOL'],
    ] as const) {
      it(`tries again after ${what} at signing in`, async () => {
        tokens.answer = answer;
        begin(COOKIES);
        await until(() => scene.state === 'waiting');
        assert.equal(scene.code, code);
        assert.match(scene.server.client.status.error?.message ?? '', /No token.*tried again/);
        tokens.answer = token(HOUR);
        scene.server.clock.advance(30 * SECOND);
        scene.server.greet();
        await until(() => scene.state === 'live');
      });
    }

    it('tries again when a token is given that has expired already', async () => {
      tokens.answer = token(-SECOND, 'a');
      begin(COOKIES);
      await until(() => scene.state === 'waiting');
      assert.equal(scene.code, 'TOKEN_EXPIRED');
      assert.deepEqual(scene.signedIn, []);
    });

    it('tries renewing again until the end, then connects anew for it, and goes on when it can be had', async () => {
      begin({ token: token(HOUR, 'a'), ...COOKIES });
      scene.pass(55 * MINUTE);
      for (let n = 1; n <= 6; n++) {
        await until(() => scene.server.logs.length === n);
        scene.pass(40 * SECOND);
      }
      assert.equal(scene.state, 'live');
      scene.pass(MINUTE);
      assert.equal(scene.state, 'waiting');
      assert.equal(scene.code, 'PROTOCOL');
      assert.equal(scene.links, 1);
      tokens.answer = token(5 * HOUR, 'b');
      await until(() => tokens.asked.length === 7);
      scene.server.clock.advance(2 * SECOND);
      scene.server.greet();
      await until(() => scene.state === 'live');
      assert.equal(scene.signedIn.length, 1);
    });

    it('is asked for once, also when the link drops meanwhile', async () => {
      tokens.answer = null;
      begin(COOKIES);
      await until(() => tokens.asked.length === 1);
      scene.server.transport.link.end();
      scene.server.clock.advance(SECOND);
      scene.server.greet();
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(tokens.asked.length, 1);
    });

    it('that was fetched for a link that is gone serves the next one', async () => {
      const fetched = token(HOUR, 'b');
      tokens.answer = fetched;
      begin({ token: token(10 * MINUTE, 'a'), ...COOKIES });
      scene.pass(5 * MINUTE);
      scene.server.transport.link.end();
      await until(() => scene.expires === START + HOUR);
      assert.equal(scene.signedIn.length, 1, 'nothing is sent where nobody greeted');
      scene.server.clock.advance(SECOND);
      scene.server.greet();
      assert.deepEqual(scene.signedIn, [fetched]);
    });
  });

  describe('without cookies', () => {
    it('is announced a quarter of an hour before its end, each minute, and then stops the connection', () => {
      begin({ token: token(4 * HOUR, 'a', -SECOND) });
      scene.pass(4 * HOUR - 15 * MINUTE - SECOND);
      assert.equal(scene.warnings.length, 0);
      assert.equal(scene.server.client.tokenWarning, null);
      scene.server.clock.advance(SECOND);
      const [warning] = scene.warnings;
      assert.equal(warning?.minutes, 15);
      assert.equal(warning.expires, START + 4 * HOUR);
      assert.match(warning.sentence, /expires in 15 min.*fresh one.*deploy/);
      scene.pass(15 * MINUTE - SECOND);
      assert.deepEqual(
        scene.warnings.map((one) => one?.minutes),
        [15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
      );
      assert.equal(scene.state, 'live');
      scene.server.clock.advance(SECOND);
      assert.equal(scene.state, 'stopped');
      assert.equal(scene.code, 'TOKEN_EXPIRED');
      assert.match(scene.server.client.status.error?.message ?? '', /fresh one.*deploy.*cookies/);
      assert.equal(scene.server.client.tokenWarning, null);
      assert.equal(scene.warnings.at(-1), null);
      scene.server.clock.advance(HOUR);
      assert.equal(scene.links, 1, 'nothing falls back to a visitor’s connection');
    });

    it('is announced at half of a life that is short', () => {
      begin({ token: token(10 * MINUTE, 'a', 0) });
      scene.pass(5 * MINUTE - SECOND);
      assert.equal(scene.warnings.length, 0);
      scene.server.clock.advance(SECOND);
      assert.equal(scene.warnings[0]?.minutes, 5);
    });

    it('is announced at once when little of it is left', () => {
      begin({ token: token(10 * MINUTE, 'a', -4 * HOUR) });
      scene.server.clock.advance(0);
      assert.equal(scene.warnings[0]?.minutes, 10);
    });

    it('that has expired is not even sent', () => {
      begin({ token: token(0) });
      assert.equal(scene.state, 'stopped');
      assert.equal(scene.code, 'TOKEN_EXPIRED');
      assert.deepEqual(scene.server.transport.link.sent, []);
    });

    it('is judged by upstream’s clock', () => {
      scene = new Scene(tokens, { token: token(HOUR) });
      scene.server.greet({ timestampMs: START + 2 * HOUR });
      assert.equal(scene.code, 'TOKEN_EXPIRED');
      scene.server.client.reconnect();
      scene.server.greet({ timestampMs: START - HOUR });
      scene.pass(HOUR);
      assert.equal(scene.state, 'live');
    });

    it('that is refused stops the connection, and a fresh start tries it again', () => {
      begin({ token: token(HOUR) });
      scene.server.send('protocol_error', 'bad auth token');
      assert.equal(scene.state, 'stopped');
      assert.equal(scene.code, 'TOKEN_REFUSED');
      scene.server.client.reconnect();
      scene.server.greet();
      assert.equal(scene.state, 'live');
    });

    it('that is refused when it is about over has expired: clocks never agree to the second', () => {
      begin({ token: token(HOUR) });
      scene.pass(HOUR - 2 * SECOND);
      scene.server.send('protocol_error', 'bad auth token');
      assert.equal(scene.state, 'stopped');
      assert.equal(scene.code, 'TOKEN_EXPIRED');
    });

    it('that ends during an outage is told at the next hello', () => {
      begin({ token: token(MINUTE) });
      scene.server.transport.link.end();
      scene.server.clock.advance(2 * MINUTE);
      scene.server.greet();
      assert.equal(scene.code, 'TOKEN_EXPIRED');
      assert.deepEqual(scene.signedIn, []);
    });

    it('that says nothing of its end never ends by itself', () => {
      secrets.push('an-opaque-token');
      begin({ token: 'an-opaque-token' });
      assert.equal(scene.expires, null);
      scene.pass(48 * HOUR);
      assert.equal(scene.state, 'live');
      assert.deepEqual(scene.warnings, []);
    });
  });

  describe('in silence', () => {
    /** Upstream's clock is told to be an hour behind; ours knows better. */
    const behind = (options: ClientOptions) => {
      scene = new Scene(tokens, options);
      scene.server.greet({ timestampMs: START - HOUR });
      scene.pass(30 * MINUTE);
      assert.equal(scene.state, 'live');
    };

    it('after its end is renewed on the live socket', async () => {
      const fresh = token(5 * HOUR, 'b');
      tokens.answer = fresh;
      behind({ token: token(30 * MINUTE, 'a'), ...COOKIES });
      scene.pass(2 * MINUTE, { silent: true });
      await until(() => scene.signedIn.at(-1) === fresh);
      scene.pass(10 * MINUTE);
      assert.equal(scene.links, 1);
    });

    it('that a renewal does not end, all is asked for anew', async () => {
      tokens.answer = token(5 * HOUR, 'b');
      behind({ token: token(30 * MINUTE, 'a'), ...COOKIES });
      scene.pass(2 * MINUTE, { silent: true });
      await until(() => scene.signedIn.length === 2);
      scene.pass(80 * SECOND, { silent: true });
      assert.equal(scene.state, 'live');
      scene.pass(10 * SECOND, { silent: true });
      assert.equal(scene.state, 'waiting');
      assert.equal(scene.code, 'TIMEOUT');
      assert.equal(tokens.asked.length, 1);
    });

    it('after its end, all is asked for anew; no answer then means that it has expired', () => {
      behind({ token: token(30 * MINUTE) });
      scene.pass(2 * MINUTE, { silent: true });
      assert.equal(scene.state, 'waiting');
      scene.server.clock.advance(SECOND);
      scene.server.greet({ timestampMs: START - HOUR });
      assert.equal(scene.state, 'live');
      scene.pass(2 * MINUTE, { silent: true });
      assert.equal(scene.state, 'stopped');
      assert.equal(scene.code, 'TOKEN_EXPIRED');
    });

    it('after its end of a market that is closed, the answer to all that is asked anew lets it live', () => {
      behind({ token: token(30 * MINUTE) });
      scene.pass(2 * MINUTE, { silent: true });
      scene.server.clock.advance(SECOND);
      scene.server.greet({ timestampMs: START - HOUR });
      scene.server.send('du', 'cs_other', {});
      scene.pass(60 * SECOND, { silent: true });
      assert.equal(scene.state, 'live');
    });

    it('long before its end is nothing to it', () => {
      begin({ token: token(4 * HOUR) });
      scene.server.load(scene.server.sessions[0], [[0, START / 1000]]);
      scene.pass(2 * HOUR, { silent: true });
      assert.equal(scene.state, 'live');
      assert.equal(scene.links, 1);
    });

    it('without a subscription is nothing to it', () => {
      scene = new Scene(tokens, { token: token(30 * MINUTE) }, false);
      scene.server.client.watchPackets({}, () => {});
      scene.server.greet({ timestampMs: START - HOUR });
      scene.pass(HOUR, { silent: true });
      assert.equal(scene.state, 'live');
      assert.equal(scene.links, 1);
    });
  });

  it('leaves nothing behind when the client closes while a token is fetched', async () => {
    tokens.answer = null;
    begin(COOKIES);
    await until(() => tokens.asked.length === 1);
    await scene.server.client.close();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(scene.state, 'idle');
    assert.deepEqual(scene.server.transport.link.sent, []);
  });
});
