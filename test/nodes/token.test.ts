import assert from 'node:assert/strict';
import { practiceToken } from '../../src/simulator/practice-token';
import { FastMarket, START } from '../support/fast-market';
import { Flow } from '../support/flow';
import type { FlowMessage } from '../support/flow-message';
import { until } from '../support/until';

const MINUTE = 60_000;
const COOKIES = { sessionId: 'secret0session0id', sessionSign: 'v3:secret0session0sign=' };

const TAB = { id: 'f', type: 'tab' };
const CATCH = { id: 'catcher', z: 'f', type: 'catch', scope: null, wires: [['caught']] };
const STATUS = { id: 'watcher', z: 'f', type: 'status', scope: null, wires: [['statuses']] };
const collector = (id: string) => ({ id, z: 'f', type: 'collector', wires: [] });
const user = (id: string) => ({
  id,
  z: 'f',
  type: 'tv-ohlc',
  connection: 'c',
  symbols: ['BINANCE:BTCUSDT'],
  timeframe: '1m',
  history: 1,
  wires: [[`${id}-closed`], [], []],
});
const code = (wanted: string) => (message: FlowMessage) => message.error?.code === wanted;
const shows = (text: RegExp) => (message: FlowMessage) => text.test(message.status?.text ?? '');

describe('tv-connection: the life of a token', () => {
  let market: FastMarket;
  let flow: Flow;

  afterEach(async () => {
    const seen = JSON.stringify(['caught', 'statuses', 'n-closed', 'm-closed'].map((id) => flow.received(id)));
    const logged = JSON.stringify(flow.logged);
    await flow.stop();
    await market.close();
    for (const secret of [...secrets, ...Object.values(COOKIES)]) {
      assert.ok(!seen.includes(secret) && !logged.includes(secret), 'a secret has come out');
    }
  });

  const secrets: string[] = [];
  const token = (life: number, name?: string) => {
    const made = practiceToken({ issued: START, expires: START + life, ...(name && { user: name }) });
    secrets.push(made);
    return made;
  };

  const nodes = (name = '') => [
    TAB,
    CATCH,
    STATUS,
    { id: 'c', type: 'tv-connection', name, server: 'custom', url: market.url, httpUrl: market.httpUrl },
    user('n'),
    user('m'),
    ...['caught', 'statuses', 'n-closed', 'm-closed'].map(collector),
  ];
  const warnings = () => flow.logged.map(({ msg }) => String(msg)).filter((text) => /token expires/.test(text));

  it('with cookies it is renewed on the live socket, with no reconnect, and no candle is missed', async () => {
    market = await FastMarket.openTogether({ tokenLife: 20 * 60 });
    flow = await Flow.start(nodes(), { c: { token: token(20 * MINUTE), ...COOKIES } });
    const closed = await flow.until('n-closed', (messages) => messages.length >= 60);
    assert.ok(market.received('set_auth_token') >= 4, 'renewed each quarter of an hour');
    assert.equal(market.market.stats().connectionsEver, 1);
    const times = closed.map(({ payload }) => payload.timestamp);
    assert.deepEqual(
      times,
      times.map((_, n) => times[0] + n * MINUTE),
    );
    assert.ok(closed.every(({ backfilled }) => !backfilled));
    assert.deepEqual(flow.received('caught'), []);
    assert.deepEqual(warnings(), []);
  });

  it('with cookies alone it is fetched', async () => {
    market = await FastMarket.openTogether({ acceptToken: (given) => given.includes('.') });
    flow = await Flow.start(nodes(), { c: COOKIES });
    await flow.until('n-closed', (messages) => messages.length >= 3);
    assert.deepEqual(flow.received('caught'), []);
  });

  it('with cookies a refused one is replaced, and nobody need know', async () => {
    const bad = token(600 * MINUTE, 'bad');
    market = await FastMarket.openTogether({ acceptToken: (given) => given !== bad });
    flow = await Flow.start(nodes(), { c: { token: bad, ...COOKIES } });
    await flow.until('n-closed', (messages) => messages.length >= 3);
    assert.deepEqual(flow.received('caught'), []);
  });

  it('with cookies that are refused it is TOKEN_REFUSED in the Catch node, once for each user', async () => {
    market = await FastMarket.openTogether({ acceptCookies: () => false });
    flow = await Flow.start(nodes(), { c: COOKIES });
    const caught = await flow.until('caught', (messages) => messages.length === 2);
    assert.ok(caught.every(code('TOKEN_REFUSED')));
    assert.match(caught[0]?.error?.message ?? '', /cookies.*Sign in.*deploy/);
    await flow.find('statuses', shows(/stopped/));
  });

  for (const expiredToken of ['silent', 'error'] as const) {
    it(`without cookies it is announced, ends as TOKEN_EXPIRED, and a deploy with a fresh one goes on (${expiredToken})`, async () => {
      market = await FastMarket.openTogether({ expiredToken });
      flow = await Flow.start(nodes(), { c: { token: token(40 * MINUTE) } });
      const { status } = await flow.find('statuses', shows(/token-expires/));
      assert.deepEqual([status?.fill, status?.shape], ['yellow', 'dot']);
      assert.ok(market.clock.now() >= START + 25 * MINUTE);
      const before = flow.received('n-closed').length;
      const caught = await flow.until('caught', (messages) => messages.length === 2);
      assert.ok(caught.every(code('TOKEN_EXPIRED')));
      assert.match(caught[0]?.error?.message ?? '', /expired.*fresh one.*deploy/);
      const more = flow.received('n-closed').length - before;
      assert.ok(more >= 10, `it works to its end, and not for ${more} min`);
      assert.equal(warnings().length, 1);
      assert.match(warnings()[0] ?? '', /expires in 15 min.*deploy/);
      await flow.find('statuses', shows(/stopped/));
      await until(() => market.market.stats().sockets === 0);
      assert.equal(market.market.stats().connectionsEver, 1);

      const had = flow.received('n-closed').length;
      const fresh = { c: { token: token(6_000 * MINUTE, 'fresh') } };
      await market.still(() => flow.deploy(nodes('new'), 'nodes', fresh));
      await flow.until('n-closed', (messages) => messages.length > had + 2);
      assert.equal(flow.received('caught').length, 2);
    });
  }

  it('that has expired at the start is not sent', async () => {
    market = await FastMarket.openTogether();
    flow = await Flow.start(nodes(), { c: { token: token(-MINUTE) } });
    const caught = await flow.until('caught', (messages) => messages.length === 2);
    assert.ok(caught.every(code('TOKEN_EXPIRED')));
    assert.equal(market.received('set_auth_token'), 0);
  });
});
