import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { Flow } from '../support/flow';
import { QuoteMarket } from '../support/quote-market';
import { QuoteServer } from '../support/quote-server';

const SYMBOLS = 500;
const MOVES = 100_000;
/** So many go out before the flow gets its turn. */
const BURST = 500;

describe('tv-trades with many symbols', function () {
  this.timeout(60_000);

  it('gets the quotes of all 500 right, over two losses of the one socket', async () => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    const market = new QuoteMarket(SYMBOLS, seed);
    const server = await QuoteServer.open(market);
    const { symbols } = market;
    const flow = await Flow.start([
      { id: 'f', type: 'tab' },
      { id: 'c', type: 'tv-connection', server: 'custom', url: server.url },
      { id: 'n', z: 'f', type: 'tv-trades', connection: 'c', symbols, throttle: 0, wires: [['quotes'], []] },
      { id: 'quotes', z: 'f', type: 'collector', wires: [] },
      { id: 'catcher', z: 'f', type: 'catch', scope: null, wires: [['caught']] },
      { id: 'caught', z: 'f', type: 'collector', wires: [] },
    ]);
    /** The newest quote of each symbol, once all of them are what the market has. */
    const newest = new Map<string, Record<string, unknown>>();
    let read = 0;
    const settled = () =>
      flow.until('quotes', (messages) => {
        for (; read < messages.length; read++) {
          const { topic = '', payload, changed, event } = messages[read] ?? {};
          const before = newest.get(topic) ?? {};
          const moved = Object.keys(payload).filter(
            (field) => field !== 'symbol' && !(field in before && before[field] === payload[field]),
          );
          assert.equal(event, 'quote');
          // On a machine that cannot keep up several moves are told at once, of which some may have undone each other.
          for (const field of moved) assert.ok((changed as string[]).includes(field), `seed ${seed}`);
          newest.set(topic, payload);
        }
        return symbols.every((symbol) => isDeepStrictEqual(newest.get(symbol), market.quote(symbol)));
      });
    try {
      await settled();
      for (let n = 1; n <= MOVES; n++) {
        market.move();
        if (n % BURST !== 0) continue;
        await server.drained();
        if (n === MOVES / 4 || n === MOVES / 2) {
          await settled();
          await server.drop();
          // What moves while nobody listens is told afterwards.
          for (let more = 0; more < BURST; more++) market.move();
          await settled();
        }
      }
      await settled();
      for (const symbol of symbols) assert.deepEqual(newest.get(symbol), market.quote(symbol), `seed ${seed}`);
      assert.deepEqual(market.ever, { connections: 3, sessions: 3 });
      const open = [...market.open.values()].flatMap((sessions) => [...sessions.values()]);
      assert.deepEqual(
        open.map(({ size }) => size),
        [SYMBOLS],
        'one socket with one quote session of all symbols',
      );
      assert.deepEqual(flow.received('caught'), []);
    } finally {
      await flow.stop();
      await server.close();
    }
  });
});
