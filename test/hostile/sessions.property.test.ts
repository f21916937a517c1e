import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Random } from '../../src/simulator/random';
import { assertComplete, Practice } from '../support/practice-client';
import { maliciousFrame } from './malice';

/** `RUNS=20000 FIRST_SEED=1 npx mocha test/hostile/sessions.property.test.ts` tries many more. */
const RUNS = Number(process.env.RUNS || 60);
const FIRST_SEED = process.env.FIRST_SEED ? Number(process.env.FIRST_SEED) : undefined;
const START = Date.UTC(2026, 4, 13, 14, 0, 20);
const [ATTACKED, OTHER] = ['BINANCE:BTCUSDT', 'BINANCE:ETHUSDT'];
const MINUTE = 60_000;

/** Ids stand for those that the client has made for what is attacked; the other sessions' are not known to the attacker. */
const IDS = ['cs_ATTACKED', 'qs_ATTACKED', 'sds_1', 'sds_sym_1', 's1', 'st1', ATTACKED];

/** The same in each run, so that a failure can be seen again. */
function dice(): () => number {
  const random = new Random(1);
  return () => random.next();
}

const inherited = () =>
  [Object.prototype, Array.prototype, Function.prototype, Map.prototype].map(Object.getOwnPropertyNames);

describe('a hostile server', () => {
  it(`harms nobody but what it lies about, and when it is honest again all goes on (${RUNS} runs)`, async function () {
    this.timeout(0);
    const clean = inherited();
    const attack = fc.array(fc.tuple(maliciousFrame(IDS), fc.nat(5_000)), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(attack, async (frames) => {
        const practice = new Practice(START, {}, {}, dice());
        const { transport, client } = practice;
        const attacked = practice.watch({ symbol: ATTACKED, timeframe: '1m', history: 3 });
        const [session] = [() => transport.requests('chart_create_session').map(([id]) => String(id))];
        practice.seconds(1);
        const known = new Set(session());
        const other = practice.watch({ symbol: OTHER, timeframe: '1m', history: 3 });
        const quotes: unknown[] = [];
        const quoted = client.watchQuotes({ symbols: [ATTACKED] }, (event) => quotes.push(event));
        const packets: unknown[] = [];
        client.watchPackets({}, (packet) => packets.push(packet));
        practice.seconds(70);
        const [chart = ''] = known;
        const [quote = ''] = transport.requests('quote_create_session').map(([id]) => String(id));
        for (const [frame, pause] of frames) {
          transport.inject(frame.replaceAll('cs_ATTACKED', chart).replaceAll('qs_ATTACKED', quote));
          practice.clock.advance(pause);
        }
        const heard = attacked.events.length;
        const [before, told] = [other.closed.length, quotes.length];
        practice.clock.advance(15 * MINUTE);

        assert.deepEqual(inherited(), clean, 'a prototype was changed');
        assert.equal(client.stats().reconnects, 0, 'no packet of these ends the connection');
        // The other one has heard nothing of it.
        assertComplete(practice, other, '1m');
        assert.deepEqual(other.of('error'), []);
        assert.equal(other.closed.length - before >= 14, true);
        // What was attacked goes on, or says that it does not.
        const times = attacked.closedTimes;
        assert.deepEqual(
          times,
          [...new Set(times)].sort((a, b) => a - b),
          'closed candles out of order',
        );
        const last = times.at(-1) ?? 0;
        const refused = attacked.subscription.state === 'refused';
        assert.ok(
          refused || last >= practice.clock.now() - 3 * MINUTE || last > practice.clock.now(),
          'no next good candle',
        );
        assert.ok(refused || attacked.events.length > heard);
        assert.ok(quotes.length > told || quoted.state(ATTACKED) === 'refused', 'no next quote');

        await client.close();
        assert.equal(practice.clock.pending, 0, 'a timer is left');
        const failures = practice.logs.filter((text) => /could not be handled|contained/.test(text));
        assert.deepEqual(
          failures.filter((text) => !/RangeError|call stack/i.test(text)),
          [],
        );
      }),
      {
        numRuns: RUNS,
        ...(FIRST_SEED !== undefined && { seed: FIRST_SEED }),
        endOnFailure: Boolean(process.env.FAIL_AT_ONCE),
      },
    );
  });
});
