import assert from 'node:assert/strict';
import { encodePacket } from '../../src/tradingview/framing';
import { Watch } from '../support/practice-client';
import { ScriptedServer, type WireBar } from '../support/scripted-server';

const START = Date.UTC(2026, 4, 13, 14, 0, 20);
/** Open time of the n-th minute from the start, in seconds, as on the wire. */
const at = (n: number) => Date.UTC(2026, 4, 13, 14) / 1000 + 60 * n;
const minute = ({ timestamp }: { timestamp: number }) => (timestamp / 1000 - at(0)) / 60;
const minutes = (from: number, to: number): WireBar[] =>
  Array.from({ length: to - from + 1 }, (_, i) => [i, at(from + i), 100 + from + i]);

/** A client that is live, with one subscription whose session has loaded minutes -3 to 0. */
function streaming() {
  const server = new ScriptedServer(START);
  const watch = new Watch(server.client, { symbol: 'A:B', history: 3 });
  server.greet();
  server.load(server.sessions[0], minutes(-3, 0), at(1));
  return { server, watch };
}

/** A packet of which half is missing. */
function damage(server: ScriptedServer): void {
  server.transport.link.receive(encodePacket('{"m":"timescale_update","p":["cs'));
}

/** What an answer leaves when its data were damaged. */
function complete(server: ScriptedServer, session: string | undefined): void {
  server.send('series_completed', session, 'sds_1', 'streaming', 's1', {});
}

describe('client: damaged packets', () => {
  it('a first load is asked for again, not taken for an empty one', () => {
    const server = new ScriptedServer(START);
    const watch = new Watch(server.client, { symbol: 'A:B', history: 3 });
    server.greet();
    damage(server);
    complete(server, server.sessions[0]);
    assert.deepEqual(watch.events, []);
    server.clock.advance(0);
    server.load(server.sessions[1], minutes(-3, 0), at(1));
    const [history] = watch.of('history');
    assert.deepEqual(history?.candles.map(minute), [-3, -2, -1]);
  });

  it('a load after an outage is asked for again: nothing is a gap that upstream can give', () => {
    const { server, watch } = streaming();
    server.client.reconnect();
    server.greet();
    damage(server);
    complete(server, server.sessions[0]);
    server.clock.advance(0);
    server.load(server.sessions[1], minutes(-3, 3), at(4));
    assert.deepEqual(watch.closed.map(minute), [0, 1, 2]);
    assert.deepEqual(watch.of('gap'), []);
  });

  it('a page is asked for again from the start: the next one would leave a hole', () => {
    const { server, watch } = streaming();
    server.client.reconnect();
    server.greet();
    server.load(server.sessions[0], minutes(8, 9), at(10));
    damage(server);
    complete(server, server.sessions[0]);
    assert.equal(server.requests('request_more_data').length, 1);
    server.clock.advance(0);
    server.load(server.sessions[1], minutes(-3, 9), at(10));
    assert.deepEqual(watch.closed.map(minute), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert.deepEqual(watch.of('gap'), []);
  });

  it('of the stream are made good: what closed with too old values is corrected', () => {
    const { server, watch } = streaming();
    damage(server);
    server.update(server.sessions[0], [[4, at(1)]], at(2));
    assert.deepEqual(
      watch.closed.map(({ close }) => close),
      [100],
    );
    server.clock.advance(0);
    server.load(server.sessions[1], [...minutes(-3, -1), [3, at(0), 777], [4, at(1)]], at(2));
    assert.deepEqual(
      watch.of('correction').map(({ candle }) => [minute(candle), candle.index, candle.close]),
      [[0, 3, 777]],
    );
    server.update(server.sessions[1], [[5, at(2)]], at(3));
    assert.deepEqual(watch.closed.map(minute), [0, 1]);
  });

  it('that cost this series nothing leave the stream as it is', () => {
    const { server, watch } = streaming();
    const [former] = server.sessions;
    damage(server);
    server.update(former, [[4, at(1)]], at(2));
    server.clock.advance(0);
    const [, probe] = server.sessions;
    server.load(probe, [...minutes(-3, 0), [4, at(1)]], at(2));
    assert.deepEqual(server.requests('chart_delete_session'), [[probe]]);
    server.update(former, [[5, at(2)]], at(3));
    assert.deepEqual(watch.closed.map(minute), [0, 1]);
    assert.deepEqual(watch.of('correction'), []);
  });

  it('however many there are, the newest candles are asked for once a minute', () => {
    const { server } = streaming();
    for (let n = 1; n <= 90; n++) {
      damage(server);
      server.update(server.sessions[0], [[3, at(0), 200 + n]], at(1));
      server.clock.advance(1_000);
      const known = server.sessions.at(-1);
      if (known !== server.sessions[0]) server.load(known, [...minutes(-3, -1), [3, at(0), 200 + n]], at(1));
    }
    assert.equal(server.sessions.length, 3);
  });
});
