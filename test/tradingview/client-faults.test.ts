import assert from 'node:assert/strict';
import type { SubscriptionState } from '../../src/feed/subscription';
import { Watch } from '../support/practice-client';
import { ScriptedServer, type WireBar } from '../support/scripted-server';
import { packet } from '../support/wire';

const START = Date.UTC(2026, 4, 13, 14, 0, 20);
/** Open time of the n-th minute from the start, in seconds, as on the wire. */
const at = (n: number) => Date.UTC(2026, 4, 13, 14) / 1000 + 60 * n;
const minute = ({ timestamp }: { timestamp: number }) => (timestamp / 1000 - at(0)) / 60;

/** Minutes `from` up to `to`, both included, as bars that are placed from 0. */
const minutes = (from: number, to: number): WireBar[] =>
  Array.from({ length: to - from + 1 }, (_, i) => [i, at(from + i), 100 + from + i]);

/** Time passes, in which nothing comes but heartbeats. */
function beats(server: ScriptedServer, seconds: number): void {
  for (let n = 0; n < seconds; n++) {
    server.clock.advance(1_000);
    server.transport.link.receive('~m~4~m~~h~1');
  }
}

/** A client that is live, with one subscription whose session has loaded minutes -3 to 0. */
function streaming() {
  const server = new ScriptedServer(START);
  const watch = new Watch(server.client, { symbol: 'A:B', history: 3 });
  server.greet();
  const [session] = server.sessions;
  server.load(session, minutes(-3, 0), at(1));
  return { server, watch, session };
}

describe('client: a server that misbehaves', () => {
  it('never answers a series: it is asked again through a fresh session, and told after the second time', () => {
    const server = new ScriptedServer(START);
    const watch = new Watch(server.client, { symbol: 'A:B', history: 3 });
    server.greet();
    beats(server, 30);
    server.clock.advance(0);
    assert.equal(server.sessions.length, 2);
    assert.equal(server.requests('chart_delete_session').length, 1);
    assert.deepEqual(watch.events, []);
    beats(server, 30);
    assert.deepEqual(
      watch.of('error').map(({ error }) => error.code),
      ['TIMEOUT'],
    );
    assert.equal(watch.subscription.state, 'failed');
    beats(server, 30);
    beats(server, 30);
    assert.equal(watch.of('error').length, 1, 'once an outage');
    server.load(server.sessions.at(-1), minutes(-3, 0), at(1));
    assert.deepEqual(
      watch.of('history').map(({ candles }) => candles.map(minute)),
      [[-2, -1, 0]],
    );
    assert.equal(watch.subscription.state, 'live');
  });

  it('ends a session: it is not named again, and a fresh one fills what was missed', () => {
    const { server, watch, session } = streaming();
    server.send('critical_error', session, 'unexpected', 'x');
    server.clock.advance(0);
    assert.equal(server.requests('chart_delete_session').length, 0, 'naming it could cost the connection');
    const [, fresh] = server.sessions;
    server.load(fresh, minutes(-3, 2), at(3));
    assert.deepEqual(
      watch.of('closed').map(({ candle, backfilled }) => [minute(candle), backfilled]),
      [
        [0, true],
        [1, true],
      ],
    );
    assert.equal(server.client.status.state, 'live');
    assert.equal(server.transport.links.length, 1);
  });

  it('ends sessions again and again: with growing pauses', () => {
    const { server } = streaming();
    const opened: number[] = [];
    for (let n = 0; n < 600; n++) {
      const known = server.sessions.length;
      server.send('critical_error', server.sessions.at(-1), 'unexpected', 'x');
      server.transport.link.receive('~m~4~m~~h~1');
      server.clock.advance(1_000);
      if (server.sessions.length > known) opened.push(n);
    }
    assert.ok(opened.length > 10 && opened.length < 40, `${opened.length} in ten minutes`);
  });

  it('leaves out a place: what is missing comes through a fresh session, in order', () => {
    const { server, watch, session } = streaming();
    server.update(session, [[6, at(3)]], at(4));
    assert.deepEqual(watch.closed, [], 'the update that skipped is not told');
    server.clock.advance(0);
    server.load(server.sessions[1], minutes(-3, 3), at(4));
    assert.deepEqual(watch.closed.map(minute), [0, 1, 2]);
    assert.deepEqual(server.requests('chart_delete_session'), [[session]]);
  });

  it('sends stragglers of former sessions: they change nothing', () => {
    const { server, watch, session } = streaming();
    server.send('critical_error', session, 'x');
    server.clock.advance(0);
    const known = watch.events.length;
    server.update(
      session,
      [
        [4, at(1)],
        [5, at(2)],
      ],
      at(3),
    );
    server.load(session, minutes(5, 9), at(10));
    assert.equal(watch.events.length, known);
    server.load(server.sessions[1], minutes(-3, 1), at(2));
    assert.deepEqual(watch.closed.map(minute), [0]);
  });

  it('sends messages for sessions that never were, damaged ones and unknown ones: nothing comes of it', () => {
    const { server, watch } = streaming();
    const known = watch.events.length;
    server.update('cs_nobody', [[4, at(1)]]);
    server.update('__proto__', [[4, at(1)]]);
    server.send('brand_new', 1);
    server.transport.link.receive(`rubbish${packet('du', 7)}~m~99~m~{`);
    assert.equal(watch.events.length, known);
    assert.equal(server.client.status.state, 'live');
    const { damaged, unknown } = server.client.stats();
    assert.deepEqual({ damaged, unknown }, { damaged: 3, unknown: 1 });
  });

  it('answers a late-comer with nothing: the others’ stream stays, and the late-comer gets what is at hand', () => {
    const { server, watch, session } = streaming();
    const late = new Watch(server.client, { symbol: 'A:B', history: 9 });
    server.clock.advance(0);
    server.send('series_completed', server.sessions[1], 'sds_1', 'streaming', 's1', {});
    server.clock.advance(0);
    assert.deepEqual(server.requests('chart_delete_session'), [[server.sessions[1]]]);
    assert.deepEqual(
      late.of('history').map(({ candles }) => candles.map(minute)),
      [[-3, -2, -1]],
    );
    server.update(session, [[4, at(1)]], at(2));
    assert.deepEqual([watch.closed.map(minute), late.closed.map(minute)], [[0], [0]]);
  });

  it('answers a late-comer with less than the others have had: what is between is asked for, or told as a gap', () => {
    for (const end of ['', 'end']) {
      const { server, watch } = streaming();
      new Watch(server.client, { symbol: 'A:B', history: 9 });
      server.clock.advance(0);
      server.load(server.sessions[1], [[0, at(3)]], at(4), end ? { data_completed: end } : {});
      if (!end) server.load(server.sessions[1], minutes(-3, 3), at(4), { data_completed: 'end' });
      server.update(server.sessions[1], [[end ? 1 : 7, at(4)]], at(5));
      assert.deepEqual(watch.closed.map(minute), end ? [3] : [0, 1, 2, 3]);
      assert.deepEqual(
        watch.of('gap').map(({ from, to }) => [from, to]),
        end ? [[at(0) * 1000, at(3) * 1000]] : [],
      );
    }
  });

  it('answers twice, or repeats an update: each candle is told once', () => {
    const { server, watch, session } = streaming();
    server.load(session, minutes(-3, 0), at(1));
    for (let n = 0; n < 3; n++)
      server.update(
        session,
        [
          [3, at(0), 5],
          [4, at(1), 7],
        ],
        at(2),
      );
    assert.deepEqual(watch.closed.map(minute), [0]);
    assert.equal(watch.of('history').length, 1);
  });

  it('reorders an update: it is put in order', () => {
    const { server, watch, session } = streaming();
    server.update(
      session,
      [
        [5, at(2), 9],
        [3, at(0), 5],
        [4, at(1), 7],
      ],
      at(3),
    );
    assert.deepEqual(
      watch.closed.map((candle) => [minute(candle), candle.close]),
      [
        [0, 5],
        [1, 7],
      ],
    );
  });

  it('corrects and inserts: with the old index, and with none', () => {
    const { server, watch, session } = streaming();
    server.update(session, [[4, at(1)]], at(2));
    server.update(session, [[2, at(-1), 55]]);
    const between = { s: [{ i: 2, v: [at(-1) - 30, 1, 1, 1, 1, 1] }], t: 's1' };
    server.send('timescale_update', session, { sds_1: between }, { index_diff: [{ old: 2, new: 3 }] });
    assert.deepEqual(
      watch.of('correction').map(({ candle }) => [minute(candle), candle.index, candle.close]),
      [
        [-1, 2, 55],
        [-1.5, null, 1],
      ],
    );
    server.update(session, [[6, at(2)]], at(3));
    assert.deepEqual(watch.closed.map(minute), [0, 1], 'shifted places are no skip');
  });

  it('falls silent: the link is given up after 20 s, and what closed meanwhile is filled in', () => {
    const { server, watch } = streaming();
    server.clock.advance(19_999);
    assert.equal(server.client.status.state, 'live');
    server.clock.advance(1);
    assert.equal(server.client.status.state, 'waiting');
    assert.equal(watch.subscription.state, 'waiting');
    server.clock.advance(1_000);
    server.greet();
    server.load(server.sessions[0], minutes(-3, 1), at(2));
    assert.deepEqual(
      watch.of('closed').map(({ candle, backfilled }) => [minute(candle), backfilled]),
      [[0, true]],
    );
  });

  it('gives a page at a time: older ones are asked for until there is enough, or no more', () => {
    for (const end of [undefined, 'end', 'limit']) {
      const server = new ScriptedServer(START);
      const watch = new Watch(server.client, { symbol: 'A:B', history: 20 });
      server.greet();
      const [session] = server.sessions;
      server.load(session, minutes(-5, 0), at(1));
      assert.equal(server.requests('request_more_data').length, 1);
      server.load(session, minutes(-12, -5), undefined, { data_completed: end });
      if (end === undefined) {
        assert.deepEqual(watch.events, []);
        server.load(session, minutes(-30, -12));
      }
      const [history] = watch.of('history');
      assert.equal(history?.candles.length, end === undefined ? 20 : 12);
      assert.equal(minute(history.candles.at(-1) as { timestamp: number }), -1);
      assert.equal(server.requests('request_more_data').length, end === undefined ? 2 : 1);
    }
  });

  it('gives little at a time after an outage: older ones are asked for until nothing is missing', () => {
    const { server, watch } = streaming();
    server.client.reconnect();
    server.greet();
    const [session] = server.sessions;
    server.load(session, minutes(8, 9), at(10));
    server.load(session, minutes(4, 8));
    assert.deepEqual(watch.closed, [], 'not before it is known whether there is a gap');
    server.load(session, minutes(-2, 4));
    assert.deepEqual(watch.closed.map(minute), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert.deepEqual(watch.of('gap'), []);
  });

  it('takes its time with each page: the patience begins anew', () => {
    const server = new ScriptedServer(START);
    const watch = new Watch(server.client, { symbol: 'A:B', history: 20 });
    server.greet();
    const [session] = server.sessions;
    for (const [from, to] of [
      [-5, 0],
      [-10, -5],
      [-30, -10],
    ] as const) {
      beats(server, 25);
      server.load(session, minutes(from, to), to === 0 ? at(1) : undefined);
    }
    assert.equal(server.sessions.length, 1);
    assert.equal(watch.of('history')[0]?.candles.length, 20);
  });

  it('gives the same page again and again: it is not asked for ever', () => {
    const server = new ScriptedServer(START);
    const watch = new Watch(server.client, { symbol: 'A:B', history: 20 });
    server.greet();
    const [session] = server.sessions;
    for (let n = 0; n < 5; n++) server.load(session, minutes(-5, 0), at(1));
    assert.equal(watch.of('history')[0]?.candles.length, 5);
    assert.equal(server.requests('request_more_data').length, 1);
  });

  it('has nothing at all: history is empty, and candles come when there are some', () => {
    const server = new ScriptedServer(START);
    const watch = new Watch(server.client, { symbol: 'A:B', history: 20 });
    server.greet();
    const [session] = server.sessions;
    server.send('series_completed', session, 'sds_1', 'streaming', 's1', { data_completed: 'end' });
    assert.deepEqual(
      watch.of('history').map(({ candles }) => candles),
      [[]],
    );
    server.update(session, [[0, at(0)]], at(1));
    server.update(session, [[1, at(1)]], at(2));
    assert.deepEqual(
      watch.closed.map((candle) => [minute(candle), candle.index]),
      [[0, 0]],
    );
  });

  it('gives only the mode of a delayed feed: market time is late all the same', () => {
    const server = new ScriptedServer(START);
    const watch = new Watch(server.client, { symbol: 'A:B' });
    server.greet();
    const [session] = server.sessions;
    server.send(
      'timescale_update',
      session,
      { sds_1: { s: [{ i: 0, v: [at(-15), 1, 1, 1, 1] }], t: 's1', lbs: { bar_close_time: at(-14) } } },
      {},
    );
    server.send('series_completed', session, 'sds_1', 'delayed_streaming_900', 's1', {});
    beats(server, 40);
    assert.deepEqual(watch.closed, []);
    beats(server, 4);
    assert.deepEqual(watch.closed.map(minute), [-15]);
  });
});

describe('client: when the clock closes', () => {
  /** Whether the candle of minute 0 is closed, by the second after its end. */
  function closedAfter(seconds: number, flags: Record<string, unknown>, info: Record<string, unknown> = {}): boolean {
    const server = new ScriptedServer(START);
    const watch = new Watch(server.client, { symbol: 'A:B' });
    server.greet();
    server.send('symbol_resolved', server.sessions[0], 'sds_sym_1', info);
    server.load(server.sessions[0], minutes(-1, 0), at(1), flags);
    beats(server, 40 + seconds);
    return watch.closed.length > 0;
  }

  it('the grace is 2 s, but never less than the update period and a second', () => {
    assert.deepEqual([closedAfter(1, {}), closedAfter(2, {})], [false, true]);
    const slow = { rt_update_period: 5 };
    assert.deepEqual([closedAfter(5, slow), closedAfter(6, slow)], [false, true]);
  });

  it('the symbol’s delay comes on top', () => {
    const delayed = { delay: 30 };
    assert.deepEqual([closedAfter(31, {}, delayed), closedAfter(32, {}, delayed)], [false, true]);
  });
});

describe('client: many series', () => {
  it('are opened ten at a time, however many are wanted', () => {
    const server = new ScriptedServer(START);
    const watches = Array.from({ length: 25 }, (_, n) => new Watch(server.client, { symbol: `A:B${n}` }));
    server.greet();
    assert.equal(server.sessions.length, 10);
    server.load(server.sessions[0], minutes(-3, 0), at(1));
    assert.equal(server.sessions.length, 11);
    server.send('symbol_error', server.sessions[1], 'sds_sym_1', 'invalid symbol');
    assert.equal(server.sessions.length, 12);
    watches[2]?.subscription.close();
    assert.equal(server.sessions.length, 13, 'one that is no longer wanted makes room');
    for (let n = 0; n < 40; n++) server.load(server.sessions[n], minutes(-3, 0), at(1));
    assert.equal(server.sessions.length, 25);
    assert.equal(watches.filter(({ subscription }) => subscription.state === 'live').length, 23);
  });

  it('are opened ten at a time after an outage too, each under a new id', () => {
    const server = new ScriptedServer(START);
    for (let n = 0; n < 25; n++) new Watch(server.client, { symbol: `A:B${n}` });
    server.greet();
    const before = server.sessions;
    server.client.reconnect();
    server.greet();
    assert.equal(server.sessions.length, 10);
    assert.ok(server.sessions.every((id) => !before.includes(id)));
  });
});

describe('client: time', () => {
  it('is upstream’s: a clock of ours that is wrong by hours changes nothing', () => {
    const server = new ScriptedServer(START - 7 * 3_600_000);
    const watch = new Watch(server.client, { symbol: 'A:B', history: 1 });
    server.transport.link.open();
    server.transport.link.receive(`~m~29~m~{"timestampMs":${START}}`);
    server.load(server.sessions[0], minutes(-1, 0), at(1));
    beats(server, 41);
    assert.deepEqual(watch.closed, []);
    beats(server, 2);
    assert.deepEqual(watch.closed.map(minute), [0]);
  });
});

describe('client: another host', () => {
  it('of TradingView’s is followed, at once and without a failure', () => {
    const server = new ScriptedServer(START, { server: 'live', token: 'secret' });
    new Watch(server.client, { symbol: 'A:B' });
    server.greet({ redirect: 'data2.tradingview.com' });
    assert.equal(server.transport.links.length, 2);
    assert.deepEqual(server.transport.links[0]?.sent, []);
    server.greet();
    assert.equal(server.client.status.state, 'live');
    assert.equal(server.client.status.failures, 0);
  });

  it('of a stranger’s is not: it would be given the token', () => {
    for (const redirect of [
      'evil.example',
      'tradingview.com.evil.example',
      'x/.tradingview.com',
      'u@x.tradingview.com',
      '',
    ]) {
      const server = new ScriptedServer(START, { server: 'live' });
      new Watch(server.client, { symbol: 'A:B' });
      server.greet({ redirect });
      assert.equal(server.transport.links.length, 1, redirect);
      assert.equal(server.client.status.state, 'live');
    }
    const own = new ScriptedServer(START, { server: 'custom', url: 'ws://127.0.0.1:1/' });
    new Watch(own.client, { symbol: 'A:B' });
    own.greet({ redirect: 'data2.tradingview.com' });
    assert.equal(own.transport.links.length, 1, 'a server of one’s own names no host of TradingView’s');
  });

  it('is not followed in circles', () => {
    const server = new ScriptedServer(START, { server: 'live' });
    new Watch(server.client, { symbol: 'A:B' });
    for (let n = 0; n < 50 && server.client.status.state !== 'live'; n++)
      server.greet({ redirect: 'data2.tradingview.com' });
    assert.equal(server.client.status.state, 'live');
    assert.equal(server.transport.links.length, 21);
  });
});

describe('client: refusals of the whole connection', () => {
  const cases: [reason: string, code: string, seconds: number][] = [
    ['user connections limit reached', 'TOO_MANY_CONNECTIONS', 900],
    ['wrong data', 'PROTOCOL', 1],
    ['bad auth token', 'TOKEN_REFUSED', Number.POSITIVE_INFINITY],
    ['banned by ip', 'BANNED', Number.POSITIVE_INFINITY],
  ];

  for (const [reason, code, seconds] of cases) {
    it(`“${reason}” is ${code}, and tried again ${Number.isFinite(seconds) ? `after ${seconds} s` : 'by hand only'}`, () => {
      const server = new ScriptedServer(START);
      const states: SubscriptionState[] = [];
      new Watch(server.client, { symbol: 'A:B', stateChanged: (state) => states.push(state) });
      server.greet();
      server.send('protocol_error', reason);
      assert.equal(server.client.status.error?.code, code);
      const wait = Math.min(seconds, 3_600) * 1000;
      server.clock.advance(wait / 2 - 1);
      assert.equal(server.transport.links.length, 1);
      server.clock.advance(wait / 2 + 1);
      assert.equal(server.transport.links.length, Number.isFinite(seconds) ? 2 : 1);
      server.client.reconnect();
      server.greet();
      assert.equal(server.client.status.state, 'live');
      assert.deepEqual(states.slice(-1), ['loading']);
    });
  }
});
