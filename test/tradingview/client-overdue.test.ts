import assert from 'node:assert/strict';
import { Watch } from '../support/practice-client';
import { ScriptedServer, type WireBar } from '../support/scripted-server';

const START = Date.UTC(2026, 4, 13, 14, 0, 20);
const at = (n: number) => Date.UTC(2026, 4, 13, 14) / 1000 + 60 * n;
const minute = ({ timestamp }: { timestamp: number }) => (timestamp / 1000 - at(0)) / 60;
const bars = (from: number, to: number): WireBar[] =>
  Array.from({ length: to - from + 1 }, (_, i) => [i, at(from + i), 100 + i]);

/** A client that has loaded minutes -3 to 0, in a market with these hours; the time is 20 s after minute 0 opened. */
function streaming(session = '24x7') {
  const server = new ScriptedServer(START);
  const watch = new Watch(server.client, { symbol: 'A:B', history: 3 });
  server.greet();
  server.send('symbol_resolved', server.sessions[0], 'sds_sym_1', { session, timezone: 'Etc/UTC' });
  server.load(server.sessions[0], bars(-3, 0), at(1));
  /** Time passes; nothing comes but heartbeats. */
  const beat = (seconds: number) => {
    for (let n = 0; n < seconds; n += 5) {
      server.clock.advance(5_000);
      server.transport.link.receive('~m~4~m~~h~1');
    }
  };
  return { server, watch, session: server.sessions[0], beat };
}

describe('client: heartbeats go on, data do not', () => {
  it('the newest candles are asked for 60 s past the close time, beside the present session', () => {
    const { server, beat } = streaming();
    beat(95);
    assert.equal(server.sessions.length, 1);
    beat(10);
    assert.equal(server.sessions.length, 2);
    assert.equal(server.requests('chart_delete_session').length, 0);
  });

  it('newer ones than were streamed: the series is made anew, and nothing is lost', () => {
    const { server, watch, beat } = streaming();
    beat(100);
    const [former, fresh] = server.sessions;
    server.load(fresh, bars(-3, 2), at(3));
    assert.deepEqual(server.requests('chart_delete_session'), [[former]]);
    assert.deepEqual(watch.closed.map(minute), [0, 1]);
    assert.equal(watch.of('history').length, 1);
    server.update(fresh, [[6, at(3), 9]], at(4));
    assert.deepEqual(watch.closed.map(minute), [0, 1, 2]);
    assert.deepEqual(
      watch.closed.map(({ index }) => index),
      [3, 4, 5],
    );
  });

  it('nothing newer: the present session stays, the other is deleted, and 5 minutes pass before it is asked again', () => {
    const { server, watch, beat } = streaming();
    beat(100);
    const [, probe] = server.sessions;
    server.load(probe, bars(-3, 0), at(1));
    assert.deepEqual(server.requests('chart_delete_session'), [[probe]]);
    beat(295);
    assert.equal(server.sessions.length, 2);
    beat(10);
    assert.equal(server.sessions.length, 3);
    assert.deepEqual(watch.closed.map(minute), [0]);
    assert.equal(watch.subscription.state, 'live');
  });

  it('no answer in 10 s: the socket is made anew', () => {
    const { server, watch, beat } = streaming();
    beat(100);
    assert.equal(server.sessions.length, 2);
    beat(5);
    assert.equal(server.transport.links.length, 1);
    beat(10);
    assert.equal(server.transport.links.length, 2);
    assert.deepEqual(watch.of('error'), [], 'it is the connection’s affair');
    server.greet();
    server.load(server.sessions[0], bars(-3, 2), at(3));
    assert.deepEqual(watch.closed.map(minute), [0, 1]);
  });

  it('without a known close time it is the end of the interval that counts', () => {
    const { server, watch, session } = streaming();
    for (const n of [1, 2, 3]) server.update(session, [[3 + n, at(n)]]);
    const beats = (seconds: number) => {
      for (let n = 0; n < seconds; n += 5) {
        server.clock.advance(5_000);
        server.transport.link.receive('~m~4~m~~h~1');
      }
    };
    beats(275);
    assert.equal(server.sessions.length, 1);
    beats(10);
    server.load(server.sessions[1], bars(-3, 4));
    assert.deepEqual(watch.closed.map(minute), [0, 1, 2, 3]);
  });

  it('a candle that opened just now may still be on its way: it is no sign of an outage', () => {
    const { server, watch, session, beat } = streaming();
    beat(100);
    server.load(server.sessions[1], [...bars(-3, 0), [4, at(2)]], at(3));
    assert.deepEqual(server.requests('chart_delete_session'), [[server.sessions[1]]]);
    server.update(session, [[4, at(2)]], at(3));
    assert.deepEqual(
      watch.of('closed').map(({ candle, backfilled }) => [minute(candle), backfilled]),
      [[0, undefined]],
    );
  });

  it('in a closed market nothing is asked', () => {
    const { server, beat } = streaming('0900-1401');
    beat(3_600);
    assert.equal(server.sessions.length, 1);
    assert.equal(server.transport.links.length, 1);
  });

  it('a late-comer in the midst of it gets its history', () => {
    const { server, beat } = streaming();
    beat(100);
    const late = new Watch(server.client, { symbol: 'A:B', history: 10 });
    server.load(server.sessions[1], bars(-20, 0), at(1));
    assert.deepEqual(
      late.of('history').map(({ candles }) => candles.length),
      [10],
    );
    assert.equal(server.requests('chart_delete_session').length, 1);
  });

  it('no timer is left when the client is closed', async () => {
    const { server, beat } = streaming();
    beat(100);
    await server.client.close();
    assert.equal(server.clock.pending, 0);
  });
});

describe('client: a link that has died unnoticed', () => {
  it('closes no candle by the clock: its last trades may be missing', () => {
    const { server, watch, beat } = streaming();
    beat(30);
    server.clock.advance(19_000);
    assert.deepEqual(watch.closed, []);
    server.clock.advance(1_000);
    assert.equal(server.client.status.state, 'waiting');
    server.clock.advance(1_000);
    server.greet();
    server.load(server.sessions[0], [...bars(-3, -1), [3, at(0), 777], [4, at(1)]], at(2));
    assert.deepEqual(
      watch.closed.map(({ close }) => close),
      [777],
    );
  });

  it('closes it as soon as a packet shows that nothing is missing', () => {
    const { server, watch, beat } = streaming();
    beat(30);
    server.clock.advance(15_000);
    server.transport.link.receive('~m~4~m~~h~9');
    server.clock.advance(250);
    assert.deepEqual(watch.closed.map(minute), [0]);
  });
});
