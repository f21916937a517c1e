import assert from 'node:assert/strict';
import type { Faults } from '../../src/simulator/faults';
import { FastMarket } from '../support/fast-market';
import { Flow } from '../support/flow';

const MINUTE = 60_000;

const node = <T extends { type: string }>(id: string, more: T) => ({ id, z: 'f', ...more });
const collector = (id: string) => node(id, { type: 'collector', wires: [] });
const user = (id: string) =>
  node(id, {
    type: 'tv-ohlc',
    connection: 'c',
    symbols: ['BINANCE:BTCUSDT'],
    timeframe: '1m',
    history: 1,
    wires: [[`${id}-closed`], [], []],
  });

const REFUSALS: [what: string, refuse: (faults: Faults) => void, code: string, sentence: RegExp][] = [
  ['429', (faults) => faults.refuse(429), 'RATE_LIMITED', /HTTP 429.*tried again/],
  ['403', (faults) => faults.refuse(403), 'UNREACHABLE', /HTTP 403.*tried again/],
  ['connection refused', (faults) => faults.refuse('connection'), 'UNREACHABLE', /refuses connections.*tried again/],
  ['too many connections', (faults) => faults.tooManyConnections(9), 'TOO_MANY_CONNECTIONS', /in 15 minutes/],
  ['bad token', (faults) => faults.badToken(), 'TOKEN_REFUSED', /fresh one.*deploy/],
  ['banned', (faults) => faults.ban('banned by ip'), 'BANNED', /until you deploy or reconnect/],
];

describe('tv-connection refused by', () => {
  let market: FastMarket;
  let flow: Flow;

  beforeEach(async () => {
    market = await FastMarket.openTogether();
    flow = await Flow.start([
      { id: 'f', type: 'tab' },
      { id: 'c', type: 'tv-connection', server: 'custom', url: market.url },
      ...[user('n'), collector('n-closed'), user('m'), collector('m-closed')],
      ...[node('catcher', { type: 'catch', scope: null, wires: [['caught']] }), collector('caught')],
      ...[node('watcher', { type: 'status', scope: ['n'], wires: [['statuses']] }), collector('statuses')],
    ]);
    await flow.until('n-closed', (messages) => messages.length > 0);
  });

  afterEach(async () => {
    await flow.stop();
    await market.close();
  });

  const shown = () => flow.received('statuses').at(-1)?.status;
  const caught = () => flow.received('caught').map(({ error }) => error);

  for (const [what, refuse, code, sentence] of REFUSALS) {
    const stops = code === 'TOKEN_REFUSED' || code === 'BANNED';

    it(`${what}: each user is told once an outage, the status is right, and all goes on when it is over`, async () => {
      for (const outage of [1, 2]) {
        refuse(market.market.faults);
        market.market.faults.drop(1006);
        await flow.until('caught', (messages) => messages.length === 2 * outage);
        await market.until(market.clock.now() + 10 * MINUTE);
        assert.deepEqual(
          caught().map((error) => [error?.code, error?.source.id]),
          Array.from({ length: 2 * outage }, () => [code, 'c']),
        );
        for (const error of caught()) assert.match(error?.message ?? '', sentence);
        // It may be in the middle of a try.
        await flow.until('statuses', () => shown()?.text === `tv-ohlc.status.${stops ? 'stopped' : 'waiting'}`);
        assert.equal(shown()?.fill, stops ? 'red' : 'yellow');

        await market.market.faults.accept();
        if (stops) flow.send('n', { action: 'reconnect' });
        await flow.until('statuses', () => shown()?.text === 'tv-ohlc.status.live');
        const known = flow.received('m-closed').length;
        await flow.until('m-closed', (messages) => messages.length > known + 2);
      }
      const times = flow.received('n-closed').map(({ payload }) => payload.timestamp);
      assert.deepEqual(
        times,
        times.map((_, n) => times[0] + n * MINUTE),
      );
      assert.equal(caught().length, 4);
    });
  }

  it('an outage that ends in a refusal: each user is told of both', async () => {
    const { faults } = market.market;
    faults.refuse('connection');
    faults.drop(1006);
    await flow.until('caught', (messages) => messages.length === 2);
    faults.ban();
    await faults.clear('refuse');
    await flow.until('caught', (messages) => messages.length === 4);
    assert.deepEqual(
      caught().map((error) => error?.code),
      ['UNREACHABLE', 'UNREACHABLE', 'BANNED', 'BANNED'],
    );
  });
});
