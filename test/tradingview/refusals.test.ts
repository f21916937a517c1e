import assert from 'node:assert/strict';
import type { Faults } from '../../src/simulator/faults';
import { Random } from '../../src/simulator/random';
import { assertComplete, Practice, type Watch } from '../support/practice-client';

const START = Date.UTC(2026, 4, 13, 14, 0, 20);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const NEVER = Number.POSITIVE_INFINITY;
/** Fractions of a second that a sum of many pauses may be off by. */
const ROUNDING = 0.001;

interface Case {
  what: string;
  refuse: (faults: Faults) => void;
  /** Whether each link is cut as soon as it has been greeted. */
  cutting?: boolean;
  code: string;
  /** Milliseconds that lie between two tries at the least, whatever the backoff says; infinite: it is not tried again. */
  atLeast: number;
}

const CASES: Case[] = [
  {
    what: 'drop before data come',
    refuse: (faults) => faults.freeze('heartbeat'),
    cutting: true,
    code: 'UNREACHABLE',
    atLeast: 0,
  },
  { what: '429', refuse: (faults) => faults.refuse(429), code: 'RATE_LIMITED', atLeast: 30 * SECOND },
  {
    what: '429, Retry-After 10',
    refuse: (faults) => faults.refuse(429, 10),
    code: 'RATE_LIMITED',
    atLeast: 30 * SECOND,
  },
  {
    what: '429, Retry-After 120',
    refuse: (faults) => faults.refuse(429, 120),
    code: 'RATE_LIMITED',
    atLeast: 120 * SECOND,
  },
  { what: '403', refuse: (faults) => faults.refuse(403), code: 'UNREACHABLE', atLeast: 30 * SECOND },
  { what: 'connection refused', refuse: (faults) => faults.refuse('connection'), code: 'UNREACHABLE', atLeast: 0 },
  {
    what: 'too many connections',
    refuse: (faults) => faults.tooManyConnections(1_000),
    code: 'TOO_MANY_CONNECTIONS',
    atLeast: 15 * MINUTE,
  },
  { what: 'bad token', refuse: (faults) => faults.badToken(), code: 'TOKEN_REFUSED', atLeast: NEVER },
  { what: 'banned', refuse: (faults) => faults.ban('banned by ip'), code: 'BANNED', atLeast: NEVER },
];

/** Lets time pass in small steps. @param cutting cuts every link as soon as it has been greeted */
function pass(practice: Practice, ms: number, cutting = false): void {
  for (let rest = ms; rest > 0; rest -= 100) {
    practice.clock.advance(Math.min(rest, 100));
    if (cutting && practice.client.status.state === 'live') practice.market.faults.drop(1006);
  }
}

/** Milliseconds from a moment to each try that came after it. */
function triesSince(practice: Practice, moment: number): number[] {
  return practice.transport.tries.filter((at) => at > moment).map((at) => at - moment);
}

function print(what: string, tries: number[]): void {
  const seconds = tries.map((at) => (at / SECOND).toFixed(1)).join(' ');
  console.log(`      ${what}: tries after ${seconds || '–'} s`);
}

/** Each pause is that of the backoff, 1 s to 60 s, half of it fixed and half random, but never shorter than `atLeast`. */
function assertPauses(tries: number[], { atLeast, cutting = false }: Case): void {
  const pauses = tries.map((at, n) => at - (tries[n - 1] ?? 0));
  for (const [n, pause] of pauses.entries()) {
    // What ended the healthy link was no failed try: after it, and after the first failed one, the pause is the shortest.
    const backoff = Math.min(SECOND * 2 ** Math.max(0, n - 1), MINUTE);
    const [shortest, longest] = [
      Math.max(backoff / 2, n === 0 ? 0 : atLeast),
      Math.max(backoff, n === 0 ? 0 : atLeast),
    ];
    assert.ok(pause >= shortest - ROUNDING, `pause ${n} is ${pause} ms, ${shortest} at the least`);
    assert.ok(pause <= longest + (cutting ? 100 : 0) + ROUNDING, `pause ${n} is ${pause} ms, ${longest} at the most`);
  }
}

/** A client that streams, and loses its link at the moment from which on it is refused. */
function streaming(seed: number): { practice: Practice; watch: Watch } {
  const random = new Random(seed);
  const practice = new Practice(START, { token: 'a.secret.token' }, { acceptToken: () => true }, () => random.next());
  const watch = practice.watch({ symbol: 'BINANCE:BTCUSDT', history: 5 });
  practice.seconds(70);
  assert.equal(practice.client.status.state, 'live');
  return { practice, watch };
}

describe('client: tries over ten minutes', () => {
  it('after one drop: one, within a second', () => {
    const { practice, watch } = streaming(1);
    const dropped = practice.clock.now();
    practice.market.faults.drop(1006);
    pass(practice, 10 * MINUTE);
    const tries = triesSince(practice, dropped);
    print('drop', tries);
    assert.equal(tries.length, 1);
    assert.ok((tries[0] ?? 0) >= 500 && (tries[0] ?? 0) <= 1_000);
    assertComplete(practice, watch, '1m');
  });

  it('after drops each time that data have come: are no storm, and a link that lasts ends it', () => {
    const { practice, watch } = streaming(1);
    const dropped = practice.clock.now();
    practice.market.faults.drop(1006);
    pass(practice, 10 * MINUTE, true);
    const tries = triesSince(practice, dropped);
    print('drop each time that data have come', tries);
    assert.ok(tries.length < 25, `${tries.length} tries`);
    pass(practice, 2 * MINUTE);
    assert.equal(practice.client.status.state, 'live');
    const again = practice.clock.now();
    practice.market.faults.drop(1006);
    pass(practice, SECOND);
    assert.equal(triesSince(practice, again).length, 1, 'the shortest pause');
    pass(practice, MINUTE);
    assertComplete(practice, watch, '1m');
  });

  for (const one of CASES) {
    const { what, refuse, cutting, code, atLeast } = one;

    it(`${what}: are as they ought to be, and what was missed comes when it is over`, () => {
      for (const seed of [1, 2, 3, 4, 5]) {
        const { practice, watch } = streaming(seed);
        const { client, market } = practice;
        const closedBefore = watch.closed.length;
        const refused = practice.clock.now();
        refuse(market.faults);
        market.faults.drop(1006);
        pass(practice, 10 * MINUTE, cutting);

        const tries = triesSince(practice, refused);
        if (seed === 1) print(what, tries);
        assertPauses(tries, one);
        assert.equal(client.status.state, atLeast === NEVER ? 'stopped' : 'waiting');
        assert.equal(client.status.error?.code, code);
        assert.equal(watch.closed.length, closedBefore);
        assert.doesNotMatch(`${client.status.error?.message}${practice.logs.join()}`, /secret/);

        market.faults.thaw();
        market.faults.accept();
        if (atLeast === NEVER) {
          pass(practice, 60 * MINUTE);
          assert.deepEqual(triesSince(practice, refused), tries, 'only a person can mend it');
          client.reconnect();
        }
        pass(practice, atLeast === NEVER ? SECOND : Math.max(MINUTE, atLeast));
        assert.equal(client.status.state, 'live');
        if (atLeast !== NEVER) assertPauses(triesSince(practice, refused), one);
        pass(practice, 70 * SECOND);
        assert.equal(client.status.failures, 0);
        assertComplete(practice, watch, '1m');
        const backfilled = watch.of('closed').filter((event) => event.backfilled);
        assert.ok(backfilled.length >= 10, 'all that closed meanwhile');
        assert.deepEqual(watch.of('gap'), []);
        assert.equal(watch.of('history').length, 1);
      }
    });
  }
});
