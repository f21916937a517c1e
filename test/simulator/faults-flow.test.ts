import assert from 'node:assert/strict';
import { SteppedClock } from '../../src/market/clock';
import type { PracticeMarket } from '../../src/simulator/practice-market';
import { isHeartbeat } from '../../src/tradingview/framing';
import { Chart, type Message, methods, only, PracticeClient } from './practice-client';

const NOW = Date.UTC(2026, 5, 9, 14, 0, 20, 300);
const MINUTE = 60_000;
const BTC = 'BINANCE:BTCUSDT';

/** The bars of one series in what came, oldest packet first. */
function barsOf(messages: readonly Message[], series = 'sds_1'): { i: number; v: number[] }[] {
  return messages.flatMap(({ p }) => p[1]?.[series]?.s ?? []);
}

describe('faults of the stream', () => {
  let clock: SteppedClock;
  let market: PracticeMarket;
  let client: PracticeClient;
  beforeEach(() => {
    clock = new SteppedClock(NOW);
    ({ market, client } = PracticeClient.on(clock));
  });

  const beats = () => client.payloads.filter(isHeartbeat).length;
  const sentIn = (ms: number) => {
    const before = client.frames.length;
    clock.advance(ms);
    return client.frames.length - before;
  };

  describe('freeze', () => {
    it('silent: not a word, for hours, and no request is answered; then it goes on without what was missed', () => {
      client.open(BTC, '1', 5);
      client.call('request_more_data', 'cs_1', 'sds_1', 5);
      market.faults.freeze('silent');
      assert.equal(sentIn(3_600_000), 0);
      client.call('request_more_data', 'cs_1', 'sds_1', 5);
      client.call('chart_create_session', 'cs_2', '');
      client.raw('nonsense');
      assert.equal(sentIn(MINUTE), 0);
      assert.deepEqual([client.closed, market.stats().sockets, market.stats().sessions], [undefined, 1, 1]);

      market.faults.thaw();
      clock.advance(1000);
      const missed = client.take();
      assert.deepEqual(
        barsOf(missed).map(({ i, v }) => [i, v[0]]),
        // The page that was asked for before is loaded, though nobody was told.
        [[4 + 5 + 61, Date.UTC(2026, 5, 9, 15, 1) / 1000]],
      );
      const answers = client.ask('request_more_data', 'cs_1', 'sds_1', 5);
      assert.deepEqual(methods(answers), ['timescale_update', 'series_completed']);
      assert.equal(barsOf(answers).length, 6);
      assert.ok(sentIn(60_000) >= 60);
      assert.ok(beats() >= 12);
    });

    it('heartbeat: only they go on, and hold the connection', () => {
      client.open(BTC, '1', 5);
      market.faults.freeze('heartbeat');
      assert.equal(sentIn(10 * MINUTE), 120);
      assert.deepEqual(client.ask('request_more_data', 'cs_1', 'sds_1', 5), []);
      assert.deepEqual([beats(), client.closed], [120, undefined]);
      market.faults.thaw();
      assert.equal(methods(client.ask('request_more_data', 'cs_1', 'sds_1', 5)).at(-1), 'series_completed');
    });

    it('greets nobody while silent, but does while there are heartbeats', () => {
      market.faults.freeze('silent');
      const mute = new PracticeClient(market, clock);
      clock.advance(MINUTE);
      assert.deepEqual([mute.frames, mute.closed], [[], undefined]);
      market.faults.freeze('heartbeat');
      const beating = new PracticeClient(market, clock);
      clock.advance(6000);
      assert.deepEqual([beating.payloads.length, beating.payloads[1]], [2, '~h~1']);
      assert.match(beating.payloads[0] as string, /"protocol":"json"/);
    });

    it('tells the last values of a candle when only the next one has begun: i would not show that any are missing', () => {
      const chart = new Chart();
      for (const message of client.open(BTC, '1', 5)) chart.take(message);
      clock.advance(30_000);
      for (const message of client.take()) chart.take(message);
      market.faults.freeze('heartbeat');
      clock.advance(15_000);
      market.faults.thaw();
      clock.advance(1000);
      const messages = client.take();
      assert.deepEqual(
        barsOf(messages).map(({ i }) => i),
        [4, 5],
      );
      for (const message of messages) chart.take(message);
      const truth = market.candles(BTC, '1m', NOW - 5 * MINUTE, clock.now() + 1);
      assert.deepEqual(
        chart.values().map(([, , , , close]) => close),
        truth.map(({ close }) => close),
      );
    });

    it('costs nothing when it thaws before anything happened', () => {
      const chart = new Chart();
      for (const message of client.open(BTC, '5S', 5)) chart.take(message);
      market.faults.freeze('silent');
      clock.advance(600);
      market.faults.thaw();
      // A process that sleeps afterwards makes up for it, as always.
      clock.advance(MINUTE);
      for (const message of client.take()) chart.take(message);
      assert.equal(chart.bars.size, 5 + 12);
    });

    it('freezes single symbols, whose history can still be had', () => {
      client.open(BTC, '1', 5, 'cs_1');
      client.open('BINANCE:ETHUSDT', '1', 5, 'cs_2');
      client.open('BINANCE:SOLUSDT', '1', 5, 'cs_3');
      market.faults.freezeSymbol('binance:btcusdt', 'BINANCE:SOLUSDT');
      clock.advance(3 * MINUTE);
      assert.deepEqual(new Set(client.take().map(({ p }) => p[0])), new Set(['cs_2']));
      assert.ok(beats() > 30);
      const fresh = client.open(BTC, '1', 5, 'cs_4');
      assert.equal(barsOf(fresh).at(-1)?.v[0], Date.UTC(2026, 5, 9, 14, 3) / 1000);
      market.faults.thaw();
      clock.advance(1000);
      const places = client.take().flatMap((message) => barsOf([message]).map(({ i }) => [message.p[0], i]));
      assert.deepEqual(places, [
        ['cs_1', 7],
        ['cs_2', 7],
        ['cs_3', 7],
        ['cs_4', 4],
      ]);
    });
  });

  it('slow: answers wait, in order, each as long, and what is streamed does not', () => {
    client.open(BTC, '1', 5);
    market.faults.slow(2500);
    client.call('chart_create_session', 'cs_2', '');
    client.call('resolve_symbol', 'cs_2', 'sym', 'BINANCE:ETHUSDT');
    clock.advance(1000);
    client.call('create_series', 'cs_2', 'sds_1', 's1', 'sym', '1', 5, '');
    clock.advance(1499);
    const early = client.take();
    assert.deepEqual(new Set(early.map(({ p }) => p[0])), new Set(['cs_1']));
    assert.ok(early.length >= 2);
    clock.advance(1);
    assert.deepEqual(methods(client.take()), ['symbol_resolved']);
    market.faults.slow(0);
    assert.deepEqual(methods(client.ask('request_more_data', 'cs_2', 'sds_1', 5)), []);
    clock.advance(1000);
    const late = client.take().filter(({ p }) => p[0] === 'cs_2');
    assert.deepEqual(methods(late), [
      'series_loading',
      'timescale_update',
      'series_completed',
      'timescale_update',
      'series_completed',
    ]);
    assert.equal(methods(client.ask('request_more_data', 'cs_2', 'sds_1', 5)).length, 2);
  });

  it('slow: leaves no timer behind when the client goes, and a freeze takes what waits', () => {
    market.faults.slow(5000);
    client.call('chart_create_session', 'cs_1', '');
    market.faults.freeze('heartbeat');
    clock.advance(6000);
    assert.equal(market.stats().sessions, 0);
    client.call('chart_create_session', 'cs_1', '');
    client.end();
    assert.equal(clock.pending, 0);
  });

  it('duplicate: each packet with data comes twice, in a row, and no other does', () => {
    market.faults.duplicate();
    const loaded = client.open('NASDAQ:AAPL', '1', 5);
    assert.deepEqual(methods(loaded), [
      'series_loading',
      'symbol_resolved',
      'timescale_update',
      'timescale_update',
      'timescale_update',
      'timescale_update',
      'series_completed',
    ]);
    clock.advance(MINUTE);
    const live = client.take();
    assert.ok(live.length >= 120);
    for (let at = 0; at < live.length; at += 2) assert.deepEqual(live[at], live[at + 1]);
    const one = beats();
    market.faults.duplicate(false);
    clock.advance(5000);
    assert.equal(beats(), one + 1);
    assert.equal(client.take().length, 5);
  });

  describe('reorder', () => {
    const run = () => {
      const own = new SteppedClock(NOW);
      const { market: other, client: watcher } = PracticeClient.on(own);
      watcher.open(BTC, '1S', 5, 'cs_1');
      watcher.open('BINANCE:ETHUSDT', '1S', 5, 'cs_2');
      other.faults.reorder(4);
      own.advance(3 * MINUTE);
      return { own, other, watcher, messages: watcher.take() };
    };

    it('lets packets overtake each other, loses none, and is the same each time', () => {
      const { own, watcher, other, messages } = run();
      const places = barsOf(messages.filter(({ p }) => p[0] === 'cs_1')).map(({ i }) => i);
      assert.notDeepEqual(
        places,
        [...places].sort((a, b) => a - b),
      );
      assert.deepEqual(run().messages, messages);
      other.faults.reorder(0);
      own.advance(0);
      own.advance(1000);
      const all = [...messages, ...watcher.take()].filter(({ p }) => p[0] === 'cs_1');
      assert.deepEqual(new Set(barsOf(all).map(({ i }) => i)), new Set(Array.from({ length: 181 }, (_, at) => 5 + at)));
    });

    it('lets nothing pass a heartbeat', () => {
      const { watcher } = run();
      const seen = new Set<number>();
      let newest = 4;
      for (const payload of watcher.payloads.slice(1)) {
        if (isHeartbeat(payload)) assert.equal(seen.size, newest - 4, payload);
        else if (payload.includes('["cs_1",{"sds_1"')) {
          for (const { i } of barsOf([JSON.parse(payload)])) {
            if (i > 4) seen.add(i);
            newest = Math.max(newest, i);
          }
        }
      }
      assert.equal(newest, 4 + 180);
    });

    it('keeps the order of what tells of the same candle', () => {
      market.faults.duplicate();
      market.faults.reorder(8);
      client.open(BTC, '5S', 5);
      client.open('BINANCE:ETHUSDT', '5S', 5, 'cs_2');
      clock.advance(10 * MINUTE);
      const volumes = new Map<string, number>();
      for (const { p } of client.take()) {
        for (const { v } of p[1]?.sds_1?.s ?? []) {
          const key = `${p[0]} ${v[0]}`;
          assert.ok((volumes.get(key) ?? 0) <= v[5], key);
          volumes.set(key, v[5]);
        }
      }
      assert.ok(volumes.size >= 240);
    });
  });

  describe('straggler', () => {
    it('still says one thing under the old turnaround after a switch', () => {
      client.open(BTC, '1', 5);
      market.faults.straggler();
      client.ask('modify_series', 'cs_1', 'sds_1', 's2', 'sds_sym_1', '60', '');
      clock.advance(5000);
      const turnarounds = client.take().map(({ p }) => p[1].sds_1.t);
      assert.deepEqual(turnarounds.slice(0, 4), ['s2', 's1', 's2', 's2']);
      assert.equal(turnarounds.filter((one) => one === 's1').length, 1);
    });

    it('says one thing of a series that was removed, and of a session that was deleted', () => {
      market.faults.straggler();
      client.open(BTC, '1', 5);
      client.ask('remove_series', 'cs_1', 'sds_1');
      clock.advance(2000);
      assert.deepEqual(Object.keys(only(client.take(), 'du').p[1]), ['sds_1']);
      client.open(BTC, '1', 5, 'cs_2');
      client.ask('chart_delete_session', 'cs_2');
      clock.advance(2000);
      assert.equal(only(client.take(), 'du').p[0], 'cs_2');
      market.faults.straggler(false);
      client.open(BTC, '1', 5, 'cs_3');
      client.ask('chart_delete_session', 'cs_3');
      clock.advance(10_000);
      assert.deepEqual(client.take(), []);
    });
  });

  describe('malform', () => {
    const damage = (kind: 'length' | 'cut' | 'junk' | 'types') => {
      client.open(BTC, '1', 5);
      client.tolerant = true;
      market.faults.malform(kind);
      clock.advance(1000);
      const first = { messages: client.take(), damaged: client.damaged, frame: client.frames.at(-1) as string };
      clock.advance(10_000);
      const rest = client.take();
      assert.equal(rest.length, 10);
      assert.equal(client.damaged, first.damaged);
      assert.deepEqual(market.faults.active, []);
      return first;
    };

    it('length, cut: one packet is lost, the next one is good', () => {
      const { messages, damaged } = damage('length');
      assert.deepEqual([messages, damaged], [[], 1]);
    });

    it('cut: the frame is whole and the JSON is not', () => {
      const { messages, damaged, frame } = damage('cut');
      assert.deepEqual([messages, damaged], [[], 1]);
      assert.throws(() => JSON.parse(frame.replace(/^~m~\d+~m~/, '')));
    });

    it('junk: rubbish comes before a packet that is good', () => {
      const { messages, damaged } = damage('junk');
      assert.deepEqual([methods(messages), damaged], [['du'], 1]);
    });

    it('types: everything is there, and nothing what it should be', () => {
      const { messages, damaged } = damage('types');
      const { s, t } = only(messages, 'du').p[1].sds_1;
      assert.deepEqual([damaged, Array.isArray(s), t], [0, false, 2]);
      assert.deepEqual([typeof s[0].i, typeof s[0].v[0]], ['string', 'string']);
    });

    it('damages each third packet, of whatever method, until it is ended; never a heartbeat', () => {
      client.tolerant = true;
      market.faults.malform('cut', 3);
      const answers = client.open(BTC, '1', 5);
      assert.deepEqual(methods(answers), ['series_loading', 'symbol_resolved', 'series_completed']);
      clock.advance(30_000);
      client.take();
      assert.equal(client.damaged, 1 + 10);
      assert.equal(beats(), 6);
      void market.faults.clear();
      clock.advance(30_000);
      client.take();
      assert.equal(client.damaged, 11);
    });
  });
});
