import assert from 'node:assert/strict';
import { FeedError } from '../../src/feed/errors';
import { PracticeMarket } from '../../src/simulator/practice-market';
import { assertComplete, Practice, type Watch, withoutIndex } from '../support/practice-client';

/** A Wednesday: 10:00 in New York, and no whole minute, so that candles are met in their midst. */
const START = Date.UTC(2026, 4, 13, 14, 0, 20);
const MINUTE = 60_000;
const BTC = 'BINANCE:BTCUSDT';
const ETH = 'BINANCE:ETHUSDT';

describe('client: candles', () => {
  it('are history, exactly as many as asked for, then each closed one, then forming ones between', () => {
    const practice = new Practice(START);
    const watch = practice.watch({ symbol: ' binance:btcusdt', timeframe: '1m', history: 10 });
    practice.seconds(200);
    assert.deepEqual(watch.kinds, ['history', 'closed', 'closed', 'closed']);
    const [history] = watch.of('history');
    assert.equal(history?.candles.length, 10);
    assert.equal(history.candles.at(-1)?.timestamp, START - 20_000 - MINUTE);
    assertComplete(practice, watch, '1m');
    assert.ok(watch.events.every(({ symbol, timeframe }) => symbol === BTC && timeframe === '1m'));
    assert.deepEqual(watch.states, ['loading', 'live']);
  });

  it('of a forming candle have the next index and the values of the moment', () => {
    const practice = new Practice(START);
    const watch = practice.watch({ symbol: BTC, history: 3 });
    practice.seconds(10);
    const forming = watch.of('forming').map(({ candle }) => candle);
    assert.ok(forming.length > 5);
    assert.ok(forming.every(({ index, closed, timestamp }) => index === 3 && !closed && timestamp === START - 20_000));
    const [truth] = practice.market.candles(BTC, '1m', START - 20_000, START);
    assert.equal(forming.at(-1)?.close, truth?.close);
  });

  it('come without history when none is wanted', () => {
    const practice = new Practice(START);
    const watch = practice.watch({ symbol: BTC });
    practice.seconds(130);
    assert.deepEqual(watch.kinds, ['closed', 'closed']);
    assertComplete(practice, watch, '1m');
  });

  it('are fewer than asked for where upstream has no more', () => {
    const practice = new Practice(START, {}, { maxCandles: 50 });
    const watch = practice.watch({ symbol: BTC, history: 300 });
    practice.seconds(70);
    assert.equal(watch.of('history')[0]?.candles.length, 49, 'the fiftieth is forming');
    assertComplete(practice, watch, '1m');
  });

  it('are built only for whoever wants them', () => {
    const practice = new Practice(START);
    const watch = practice.watch({ symbol: BTC, history: 2, wants: (event) => event === 'closed' });
    practice.seconds(70);
    assert.deepEqual(
      watch.events.map(({ event }) => event),
      ['closed'],
    );
  });

  for (const timeframe of ['1s', '5s', '15s', '30s', '3m', '5m'] as const) {
    it(`of ${timeframe} are complete`, () => {
      const practice = new Practice(START);
      const watch = practice.watch({ symbol: BTC, timeframe, history: 5 });
      practice.seconds(1_000);
      assert.ok(watch.closed.length >= 3);
      assertComplete(practice, watch, timeframe);
    });
  }
});

describe('client: markets of all kinds', () => {
  it('updates every 5 s: nothing is closed too early', () => {
    const practice = new Practice(START);
    const watch = practice.watch({ symbol: 'COINBASE:LTCUSD', timeframe: '5s', history: 3 });
    practice.seconds(120);
    assert.ok(watch.closed.length >= 20);
    assert.deepEqual(watch.of('correction'), []);
    assertComplete(practice, watch, '5s');
  });

  it('no known close time: the next candle closes', () => {
    const practice = new Practice(START);
    const watch = practice.watch({ symbol: 'BITSTAMP:XRPUSD', history: 3 });
    practice.seconds(200);
    assert.equal(watch.closed.length, 3);
    assertComplete(practice, watch, '1m');
  });

  it('no volume: it is null', () => {
    const practice = new Practice(START);
    const watch = practice.watch({ symbol: 'FX:EURUSD', history: 3 });
    practice.seconds(70);
    assert.ok(watch.closed.every(({ volume }) => volume === null));
    assertComplete(practice, watch, '1m');
  });

  it('delayed by a quarter of an hour: nothing closes before it is over there', () => {
    const open = Date.UTC(2026, 4, 13, 2, 40, 20);
    const practice = new Practice(open);
    const watch = practice.watch({ symbol: 'HOSE:VCB', history: 3 });
    for (let second = 0; second < 200; second++) {
      practice.seconds(1);
      const newest = watch.closedTimes.at(-1);
      if (newest !== undefined) assert.ok(newest + MINUTE <= practice.clock.now() - 900_000);
    }
    assert.ok(watch.closed.length >= 3);
    assert.deepEqual(watch.of('correction'), []);
    assertComplete(practice, watch, '1m');
  });

  it('the last candle of a day is closed by the clock after the grace, and the market is closed', () => {
    const close = Date.UTC(2026, 4, 13, 20);
    const practice = new Practice(close - 30_000, { grace: 3 });
    const watch = practice.watch({ symbol: 'NASDAQ:AAPL', history: 1 });
    practice.seconds(32.9);
    assert.deepEqual(watch.closed, []);
    practice.seconds(0.2);
    assert.deepEqual(watch.closedTimes, [close - MINUTE]);
    assert.equal(watch.subscription.state, 'closed');
  });

  it('over a week-end nothing is told, and Monday goes on where Friday ended', () => {
    const friday = Date.UTC(2026, 4, 15, 19, 59, 30);
    const practice = new Practice(friday);
    const watch = practice.watch({ symbol: 'NASDAQ:AAPL', timeframe: '5m', history: 2 });
    practice.seconds(60);
    assert.deepEqual(watch.kinds, ['history', 'closed']);
    assert.equal(watch.subscription.state, 'closed');
    practice.clock.advance(Date.UTC(2026, 4, 18, 13, 29, 59) - practice.clock.now());
    assert.deepEqual(watch.kinds, ['history', 'closed']);
    practice.seconds(400);
    assert.equal(watch.subscription.state, 'live');
    assert.deepEqual(watch.kinds, ['history', 'closed', 'closed']);
    assertComplete(practice, watch, '5m');
    assert.equal(practice.market.stats().connectionsEver, 1);
  });

  it('on a day without trading there is history, and the market is closed', () => {
    const practice = new Practice(Date.UTC(2026, 4, 16, 12));
    const watch = practice.watch({ symbol: 'NASDAQ:AAPL', timeframe: '1d', history: 3 });
    practice.seconds(60);
    assert.equal(watch.of('history')[0]?.candles.at(-1)?.timestamp, Date.UTC(2026, 4, 15, 13, 30));
    assert.equal(watch.subscription.state, 'closed');
  });

  it('names in any script, expressions apart: each symbol of the market can be had', () => {
    const practice = new Practice(START);
    const watches = PracticeMarket.symbols
      .filter((symbol) => symbol !== 'ECONOMICS:USM2')
      .map((symbol) => practice.watch({ symbol, timeframe: '1d', history: 2 }));
    practice.seconds(10);
    for (const watch of watches) {
      assert.deepEqual(watch.kinds, ['history'], watch.subscription.symbol);
      assertComplete(practice, watch, '1d');
    }
    assert.equal(practice.market.stats().sockets, 1);
  });

  it('expressions of symbols', () => {
    const practice = new Practice(START);
    const symbols = [`${BTC}/BINANCE:ETHUSDT`, `FX:EURUSD-${BTC}*2`];
    const watches = symbols.map((symbol) => practice.watch({ symbol, timeframe: '1m', history: 5 }));
    practice.seconds(190);
    for (const [i, watch] of watches.entries()) {
      assert.equal(watch.closed.length, 3);
      assert.ok(watch.events.every(({ symbol }) => symbol === symbols[i]));
      assertComplete(practice, watch, '1m');
    }
  });
});

describe('client: one connection for all', () => {
  it('equal subscriptions share one series, others have their own, on one socket', () => {
    const practice = new Practice(START);
    const first = practice.watch({ symbol: BTC, history: 2 });
    const second = practice.watch({ symbol: ' binance:btcusdt ', timeframe: '1m', session: 'regular', history: 2 });
    const third = practice.watch({ symbol: ETH, history: 2 });
    practice.seconds(70);
    const { sockets, sessions, series, connectionsEver } = practice.market.stats();
    assert.deepEqual(
      { sockets, sessions, series, connectionsEver },
      { sockets: 1, sessions: 2, series: 2, connectionsEver: 1 },
    );
    assert.deepEqual(first.events, second.events);
    for (const watch of [first, second, third]) assertComplete(practice, watch, '1m');
    const { channels, subscriptions } = practice.client.stats();
    assert.deepEqual({ channels, subscriptions }, { channels: 2, subscriptions: 3 });
  });

  it('what differs in timeframe, session or adjustment is another series', () => {
    const practice = new Practice(START);
    for (const options of [{}, { timeframe: '5m' }, { session: 'extended' }, { adjustment: 'dividends' }]) {
      practice.watch({ symbol: 'NASDAQ:AAPL', ...options });
    }
    practice.seconds(1);
    assert.equal(practice.market.stats().series, 4);
  });

  it('each subscriber has objects of its own', () => {
    const practice = new Practice(START);
    const first = practice.watch({ symbol: BTC, history: 2 });
    const second = practice.watch({ symbol: BTC, history: 2 });
    practice.seconds(70);
    const objects = (watch: Watch) =>
      watch.events.flatMap((event) =>
        'candle' in event ? [event.candle] : 'candles' in event ? [event.candles, ...event.candles] : [],
      );
    const seen = new Set<object>(objects(first));
    assert.ok(objects(second).every((object) => !seen.has(object)));
  });

  it('a session is deleted upstream when the last of its subscribers leaves, and only then', () => {
    const practice = new Practice(START);
    const first = practice.watch({ symbol: BTC });
    const second = practice.watch({ symbol: BTC });
    practice.watch({ symbol: ETH });
    practice.seconds(1);
    first.subscription.close();
    first.subscription.close();
    practice.seconds(1);
    assert.equal(practice.market.stats().sessions, 2);
    second.subscription.close();
    practice.seconds(1);
    assert.equal(practice.market.stats().sessions, 1);
    assert.equal(practice.client.stats().channels, 1);
  });

  it('no event comes to whoever has left', () => {
    const practice = new Practice(START);
    const gone = practice.watch({ symbol: BTC, history: 2 });
    const stays = practice.watch({ symbol: BTC, history: 2 });
    practice.seconds(5);
    gone.subscription.close();
    const told = gone.events.length;
    practice.seconds(100);
    assert.equal(gone.events.length, told);
    assertComplete(practice, stays, '1m');
  });

  it('the socket lingers for 5 s, so that a new subscription finds it', () => {
    const practice = new Practice(START);
    practice.watch({ symbol: BTC }).subscription.close();
    practice.seconds(4);
    practice.watch({ symbol: ETH });
    practice.seconds(30);
    assert.equal(practice.market.stats().connectionsEver, 1);
    assert.equal(practice.client.status.state, 'live');
  });

  it('a socket that nobody needs is closed', async () => {
    const practice = new Practice(START);
    const watch = practice.watch({ symbol: BTC });
    practice.seconds(10);
    watch.subscription.close();
    practice.seconds(6);
    await Promise.resolve();
    assert.equal(practice.client.status.state, 'idle');
    assert.equal(practice.market.stats().sockets, 0);
    assert.equal(practice.clock.pending, 0);
  });

  it('nothing is opened before the first subscription', () => {
    const practice = new Practice(START);
    practice.seconds(100);
    assert.equal(practice.transport.links.length, 0);
  });

  it('heartbeats are echoed, or the market would hang up', () => {
    const practice = new Practice(START);
    practice.watch({ symbol: 'INDEX:NDFI', timeframe: '1d' });
    practice.seconds(600);
    assert.equal(practice.market.stats().connectionsEver, 1);
  });
});

describe('client: late-comers', () => {
  it('get their history from what is at hand, without another session', () => {
    const practice = new Practice(START);
    const early = practice.watch({ symbol: BTC, history: 10 });
    practice.seconds(200);
    const late = practice.watch({ symbol: BTC, history: 5 });
    assert.deepEqual(
      late.events.map(({ event }) => event),
      ['history', 'forming'],
    );
    practice.seconds(70);
    assert.equal(practice.transport.requests('create_series').length, 1);
    for (const watch of [early, late]) assertComplete(practice, watch, '1m');
    assert.equal(late.of('history')[0]?.candles.length, 5);
    assert.deepEqual(early.closedTimes.slice(-1), late.closedTimes.slice(-1));
  });

  it('get more than is at hand too, while the others’ stream goes on', () => {
    const practice = new Practice(START);
    const early = practice.watch({ symbol: BTC, history: 2 });
    practice.seconds(100);
    const late = practice.watch({ symbol: BTC, history: 400 });
    practice.seconds(100);
    assert.equal(late.of('history')[0]?.candles.length, 400);
    for (const watch of [early, late]) assertComplete(practice, watch, '1m');
    assert.deepEqual(early.kinds, ['history', 'closed', 'closed', 'closed']);
    assert.equal(practice.market.stats().sessions, 1, 'the former session is gone');
  });

  it('get all there is when that is less', () => {
    const practice = new Practice(START, {}, { maxCandles: 30 });
    practice.watch({ symbol: BTC, history: 2 });
    practice.seconds(5);
    const late = practice.watch({ symbol: BTC, history: 400 });
    practice.seconds(70);
    assert.equal(late.of('history')[0]?.candles.length, 29);
    assertComplete(practice, late, '1m');
  });

  it('may come while the first load is under way', () => {
    const practice = new Practice(START);
    const first = practice.watch({ symbol: BTC, history: 2 });
    practice.clock.advance(0);
    const second = practice.watch({ symbol: BTC, history: 100 });
    practice.seconds(70);
    assert.equal(first.of('history')[0]?.candles.length, 2);
    assert.equal(second.of('history')[0]?.candles.length, 100);
    for (const watch of [first, second]) assertComplete(practice, watch, '1m');
  });
});

describe('client: after an earlier life', () => {
  it('history ends at the last candle had, and what closed since comes as backfilled', () => {
    const practice = new Practice(START);
    const after = START - 20_000 - 10 * MINUTE;
    const watch = practice.watch({ symbol: BTC, history: 3, after });
    practice.seconds(70);
    assert.equal(watch.of('history')[0]?.candles.at(-1)?.timestamp, after);
    const late = watch.of('closed').filter(({ backfilled }) => backfilled);
    assert.equal(late.length, 9);
    assert.deepEqual(watch.of('gap'), []);
    assertComplete(practice, watch, '1m');
  });

  it('all that closed since comes also when it was loaded together with what others had missed in an outage', () => {
    const practice = new Practice(START);
    practice.watch({ symbol: BTC, history: 5 });
    practice.seconds(5);
    practice.transport.down = true;
    practice.transport.drop();
    const after = START - 20_000 - 300 * MINUTE;
    const watch = practice.watch({ symbol: BTC, history: 3, after });
    practice.seconds(70);
    practice.transport.down = false;
    practice.seconds(70);
    assert.ok(watch.closed.length >= 301);
    assert.deepEqual(watch.of('gap'), []);
    assertComplete(practice, watch, '1m');
  });

  it('the history is whole, and ends there, where more than 500 closed since', () => {
    const practice = new Practice(START);
    const after = START - 20_000 - 3_000 * MINUTE;
    const watch = practice.watch({ symbol: BTC, history: 7, after });
    practice.seconds(5);
    const candles = watch.of('history')[0]?.candles ?? [];
    assert.equal(candles.length, 7);
    assert.equal(candles.at(-1)?.timestamp, after);
    assert.equal(watch.closed.length, 500);
    assert.deepEqual(
      watch.of('gap').map(({ from }) => from),
      [after + MINUTE],
    );
    const asked = practice.market.stats().received;
    assert.ok((asked.get('request_more_data') ?? 0) <= 2, 'in a few large pages');
  });

  it('a time that lies ahead of upstream’s clock is ignored', () => {
    const practice = new Practice(START);
    const watch = practice.watch({ symbol: BTC, history: 3, after: START + 60 * MINUTE });
    practice.seconds(125);
    assert.equal(watch.of('history')[0]?.candles.length, 3);
    assert.equal(watch.closed.length, 2);
    assertComplete(practice, watch, '1m');
  });

  it('a gap is told where more than 500 closed since', () => {
    const practice = new Practice(START);
    const after = START - 20_000 - 601 * MINUTE;
    const watch = practice.watch({ symbol: BTC, history: 1, after });
    practice.seconds(5);
    assert.equal(watch.closed.length, 500);
    const [gap] = watch.of('gap');
    assert.deepEqual([gap?.from, gap?.to], [after + MINUTE, START - 20_000 - 500 * MINUTE]);
    assert.deepEqual(watch.kinds.slice(0, 2), ['history', 'gap']);
  });
});

describe('client: as much history as a plan gives', () => {
  it('is that many closed candles', () => {
    const practice = new Practice(START);
    const watch = practice.watch({ symbol: BTC, history: 5_000 });
    practice.seconds(5);
    const candles = watch.of('history')[0]?.candles ?? [];
    assert.equal(candles.length, 5_000);
    assert.ok(candles.every(({ closed }) => closed));
    assert.throws(() => practice.watch({ symbol: BTC, history: 5_001 }), /“history”.*0 to 5000/);
  });

  it('is that many also where the limit is one’s own, and upstream has more', () => {
    const practice = new Practice(START, { maxCandles: 20 });
    const watch = practice.watch({ symbol: BTC, history: 20 });
    practice.seconds(5);
    assert.equal(watch.of('history')[0]?.candles.length, 20);
  });
});

describe('client: outages', () => {
  /** Cuts the link in mid-candle and keeps it down for a while, then lets it come back. */
  function outage(practice: Practice, seconds: number): void {
    practice.transport.down = true;
    practice.transport.drop();
    practice.seconds(seconds);
    practice.transport.down = false;
    practice.client.reconnect();
    practice.seconds(5);
  }

  it('lose and repeat nothing: what closed meanwhile comes in order and as backfilled', () => {
    const practice = new Practice(START);
    const watch = practice.watch({ symbol: BTC, history: 5 });
    practice.seconds(60);
    outage(practice, 200);
    practice.seconds(100);
    const marks = watch.of('closed').map(({ backfilled }) => backfilled === true);
    assert.deepEqual(marks, [false, true, true, true, false, false].slice(0, marks.length));
    assert.equal(watch.of('history').length, 1);
    assert.deepEqual(watch.of('gap'), []);
    assertComplete(practice, watch, '1m');
    assert.equal(practice.client.stats().reconnects, 1);
  });

  it('in which nothing closed leave no trace', () => {
    const practice = new Practice(START);
    const watch = practice.watch({ symbol: BTC, history: 5 });
    practice.seconds(5);
    outage(practice, 10);
    practice.seconds(100);
    assert.ok(watch.of('closed').every(({ backfilled }) => backfilled === undefined));
    assertComplete(practice, watch, '1m');
  });

  it('make all session ids new', () => {
    const practice = new Practice(START);
    practice.watch({ symbol: BTC });
    practice.watch({ symbol: ETH });
    practice.seconds(5);
    outage(practice, 10);
    const ids = practice.transport.requests('chart_create_session').map(([id]) => id);
    assert.equal(ids.length, 4);
    assert.equal(new Set(ids).size, 4);
    assert.equal(practice.market.stats().sessions, 2);
  });

  it('are got over without anybody’s help', () => {
    const practice = new Practice(START);
    const watch = practice.watch({ symbol: BTC, history: 5 });
    practice.seconds(30);
    practice.transport.drop();
    assert.equal(watch.subscription.state, 'waiting');
    practice.seconds(100);
    assert.equal(practice.client.status.state, 'live');
    assertComplete(practice, watch, '1m');
  });

  it('in a row, also in the midst of recovering and before the first history', () => {
    const practice = new Practice(START);
    const watch = practice.watch({ symbol: BTC, history: 5 });
    for (const pause of [0, 0.001, 0.5, 1, 1.5, 30, 61, 1, 0.1, 90, 2]) {
      practice.clock.advance(pause * 1000);
      practice.transport.drop();
    }
    practice.seconds(300);
    assert.equal(watch.of('history').length, 1);
    assert.deepEqual(watch.of('gap'), []);
    assertComplete(practice, watch, '1m');
  });

  it('longer than upstream’s history leave one gap with exact edges', () => {
    const practice = new Practice(START, {}, { maxCandles: 10 });
    const watch = practice.watch({ symbol: BTC, history: 5 });
    practice.seconds(60);
    const last = watch.closedTimes.at(-1) ?? 0;
    outage(practice, 30 * 60);
    practice.seconds(120);
    const [gap] = watch.of('gap');
    const next = watch.closedTimes.find((time) => time > last) ?? 0;
    assert.equal(watch.of('gap').length, 1);
    assert.deepEqual([gap?.from, gap?.to], [last + MINUTE, next]);
    assert.deepEqual(watch.kinds.slice(0, 4), ['history', 'closed', 'gap', 'closed']);
    const after = watch.closed.filter(({ timestamp }) => timestamp > last);
    assert.deepEqual(withoutIndex(after), practice.truth(BTC, '1m', next, (after.at(-1)?.timestamp ?? 0) + 1));
    assert.deepEqual(
      watch.closed.map(({ index }) => index),
      watch.closed.map((_, place) => 5 + place),
    );
  });

  it('do not disturb a late-comer: its history is complete', () => {
    const practice = new Practice(START);
    practice.watch({ symbol: BTC, history: 5 });
    practice.seconds(30);
    practice.transport.down = true;
    practice.transport.drop();
    const late = practice.watch({ symbol: BTC, history: 50 });
    practice.seconds(100);
    assert.deepEqual(late.events, []);
    practice.transport.down = false;
    practice.seconds(120);
    assert.equal(late.of('history')[0]?.candles.length, 50);
    assertComplete(practice, late, '1m');
  });

  it('tell history once, also after reconnect', () => {
    const practice = new Practice(START);
    const watch = practice.watch({ symbol: BTC, history: 5 });
    practice.seconds(10);
    practice.client.reconnect();
    practice.seconds(100);
    assert.equal(watch.of('history').length, 1);
    assertComplete(practice, watch, '1m');
  });
});

describe('client: refusals', () => {
  const refusals: [string, Record<string, unknown>, string][] = [
    ['an unknown symbol', { symbol: 'NOPE:NOPE' }, 'SYMBOL_UNKNOWN'],
    ['a forbidden symbol', { symbol: 'ECONOMICS:USM2', timeframe: '1d' }, 'SYMBOL_FORBIDDEN'],
    ['a timeframe that the symbol has not', { symbol: 'INDEX:NDFI', timeframe: '5m' }, 'TIMEFRAME_FORBIDDEN'],
    ['seconds without the plan for them', { symbol: BTC, timeframe: '5s' }, 'TIMEFRAME_FORBIDDEN'],
  ];

  for (const [what, options, code] of refusals) {
    it(`${what} is told once, to each who asked, and not tried again`, () => {
      const practice = new Practice(START, {}, { secondsAllowed: false });
      const refused = [practice.watch({ symbol: '', ...options }), practice.watch({ symbol: '', ...options })];
      const neighbour = practice.watch({ symbol: ETH, history: 3 });
      practice.seconds(100);
      practice.client.reconnect();
      practice.transport.drop();
      practice.seconds(400);
      for (const watch of refused) {
        assert.deepEqual(
          watch.events.map((event) => event.event === 'error' && event.error.code),
          [code],
        );
        assert.equal(watch.subscription.state, 'refused');
        assert.equal(watch.of('error')[0]?.error.symbol, watch.subscription.symbol);
      }
      const [, slot] = practice.transport.requests('resolve_symbol').map(([, , spec]) => String(spec));
      assert.ok(slot);
      const asked = practice.transport
        .requests('resolve_symbol')
        .filter(([, , spec]) => String(spec).includes(`"${options.symbol}"`));
      assert.equal(asked.length, 1);
      assertComplete(practice, neighbour, '1m');
      assert.equal(neighbour.subscription.state, 'live');
    });
  }

  it('leave nothing alive upstream', () => {
    const practice = new Practice(START);
    practice.watch({ symbol: 'NOPE:NOPE' });
    practice.seconds(5);
    assert.equal(practice.market.stats().sessions, 0);
    assert.equal(practice.client.stats().channels, 0);
  });

  it('are tried again for who asks anew', () => {
    const practice = new Practice(START);
    const first = practice.watch({ symbol: 'NOPE:NOPE' });
    practice.seconds(5);
    const second = practice.watch({ symbol: 'NOPE:NOPE' });
    practice.seconds(5);
    assert.equal(first.of('error').length, 1);
    assert.equal(second.of('error').length, 1);
    first.subscription.close();
    second.subscription.close();
    assert.equal(practice.client.stats().subscriptions, 0);
  });

  it('of the token stop everything until somebody reconnects', () => {
    let good = false;
    const practice = new Practice(START, { token: 'very.secret.token' }, { acceptToken: () => good });
    const watch = practice.watch({ symbol: BTC, history: 2 });
    practice.seconds(3_600);
    assert.equal(practice.client.status.state, 'stopped');
    assert.equal(practice.client.status.error?.code, 'TOKEN_REFUSED');
    assert.equal(practice.transport.links.length, 1);
    assert.doesNotMatch(`${practice.client.status.error?.message}${practice.logs.join()}`, /secret/);
    good = true;
    practice.client.reconnect();
    practice.seconds(70);
    assertComplete(practice, watch, '1m');
  });
});

describe('client: bad input', () => {
  it('is refused before anything reaches the network', () => {
    const practice = new Practice(START);
    const cases: [Record<string, unknown>, string][] = [
      [{ symbol: 'BTCUSDT' }, 'SYMBOL_INVALID'],
      [{ symbol: '' }, 'SYMBOL_INVALID'],
      [{ symbol: BTC, timeframe: '1D' }, 'TIMEFRAME_INVALID'],
      [{ symbol: BTC, history: -1 }, 'SETTING_INVALID'],
      [{ symbol: BTC, history: 1e9 }, 'SETTING_INVALID'],
      [{ symbol: BTC, session: 'night' }, 'SETTING_INVALID'],
    ];
    for (const [options, code] of cases) {
      const hasCode = (error: unknown) => error instanceof FeedError && error.code === code;
      assert.throws(() => practice.watch(options as { symbol: string }), hasCode, JSON.stringify(options));
    }
    practice.seconds(5);
    assert.equal(practice.transport.links.length, 0);
    assert.equal(practice.client.stats().subscriptions, 0);
  });
});

describe('client: faults of listeners', () => {
  it('one that throws harms neither the others nor itself', () => {
    const practice = new Practice(START);
    let calls = 0;
    practice.client.watchCandles({ symbol: BTC, history: 2, stateChanged: () => assert.fail('state') }, () => {
      calls++;
      throw new Error('a listener’s fault');
    });
    practice.client.on('state', () => {
      throw new Error('another listener’s fault');
    });
    const watch = practice.watch({ symbol: BTC, history: 2 });
    practice.seconds(130);
    assertComplete(practice, watch, '1m');
    assert.equal(calls, watch.events.length);
    assert.equal(practice.client.status.state, 'live');
    assert.match(practice.logs.join(), /a listener’s fault/);
  });

  it('one that closes its subscription, or another’s, from within an event is followed', () => {
    const practice = new Practice(START);
    const watch = practice.watch({ symbol: BTC, history: 2 });
    const other = practice.client.watchCandles({ symbol: BTC, history: 2 }, () => {
      other.close();
      watch.subscription.close();
    });
    assert.doesNotThrow(() => practice.seconds(70));
    assert.deepEqual(practice.client.stats().subscriptions, 0);
    assert.deepEqual(practice.logs, []);
  });

  it('one that subscribes from within an event gets its candles', () => {
    const practice = new Practice(START);
    let inner: Watch | undefined;
    practice.client.watchCandles({ symbol: BTC, history: 2 }, () => {
      inner ??= practice.watch({ symbol: BTC, history: 100 });
    });
    practice.seconds(70);
    assert.ok(inner);
    assertComplete(practice, inner, '1m');
  });
});

describe('client: shards', () => {
  it('take only their symbols, and open nothing for others', () => {
    const symbols = [BTC, ETH, 'NASDAQ:AAPL', 'KRX:005930', 'FX:EURUSD', 'NYSE:IBM'];
    const clients = [1, 2, 3].map((index) => new Practice(START, { shard: `${index}/3` }));
    for (const symbol of symbols) {
      const watches = clients.map((practice) => practice.watch({ symbol, timeframe: '1d', history: 1 }));
      for (const practice of clients) practice.seconds(1);
      assert.equal(watches.filter(({ events }) => events.length > 0).length, 1);
      assert.equal(watches.filter(({ subscription }) => subscription.state === 'elsewhere').length, 2);
      for (const { subscription } of watches) assert.doesNotThrow(() => subscription.close());
    }
  });
});

describe('client: state and figures', () => {
  it('are told by events and on request', () => {
    const practice = new Practice(START);
    const states: string[] = [];
    practice.client.on('state', (state, status) => {
      assert.equal(status, practice.client.status);
      if (states.at(-1) !== state) states.push(state);
    });
    practice.watch({ symbol: BTC });
    practice.seconds(7);
    assert.deepEqual(states, ['connecting', 'authenticating', 'live']);
    const stats = practice.client.stats();
    assert.ok(stats.packets > 5 && (stats.lastPacketAgeMs ?? -1) >= 0);
    assert.deepEqual({ damaged: stats.damaged, reconnects: stats.reconnects }, { damaged: 0, reconnects: 0 });
    assert.equal(JSON.stringify(stats).includes('unauthorized'), false);
  });
});

describe('client: close', () => {
  it('ends everything: no event afterwards, no session, no socket, no timer', async () => {
    const practice = new Practice(START);
    const watches = [BTC, ETH, 'NOPE:NOPE', 'NASDAQ:AAPL'].map((symbol) => practice.watch({ symbol, history: 3 }));
    practice.seconds(10);
    watches.push(practice.watch({ symbol: BTC, history: 900 }));
    await practice.client.close();
    assert.equal(practice.clock.pending, 0);
    const told = watches.map(({ events }) => events.length);
    practice.seconds(1_000);
    assert.deepEqual(
      watches.map(({ events }) => events.length),
      told,
    );
    const { sockets, sessions } = practice.market.stats();
    assert.deepEqual({ sockets, sessions }, { sockets: 0, sessions: 0 });
  });

  it('ends the client: it takes nothing on any more', async () => {
    const { client, clock } = new Practice(START);
    await client.close();
    const closed = { code: 'UNREACHABLE' };
    assert.throws(() => client.watchCandles({ symbol: BTC }, () => {}), closed);
    assert.throws(() => client.watchIndicator({ symbol: BTC }, () => {}), closed);
    assert.throws(() => client.watchQuotes({ symbols: [BTC] }, () => {}), closed);
    assert.throws(() => client.watchPackets({}, () => {}), closed);
    await assert.rejects(client.history({ symbol: BTC, count: 3 }), closed);
    assert.equal(clock.pending, 0);
  });

  it('at any moment leaves no timer', async () => {
    for (const ms of [0, 1, 999, 1_000, 2_000, 20_500, 43_000]) {
      const practice = new Practice(START);
      practice.watch({ symbol: BTC, history: 3 });
      practice.watch({ symbol: 'HOSE:VCB', history: 3 });
      if (ms >= 2_000) practice.transport.down = true;
      practice.clock.advance(ms / 2);
      practice.transport.drop();
      practice.clock.advance(ms / 2);
      await practice.client.close();
      assert.equal(practice.clock.pending, 0, `after ${ms} ms`);
    }
  });

  for (const name of ['history', 'forming', 'closed']) {
    it(`from within the event “${name}” leaves no timer either, nor does a reconnect there`, async () => {
      for (const act of ['close', 'reconnect'] as const) {
        const practice = new Practice(START);
        let acted = false;
        practice.client.watchCandles({ symbol: BTC, history: 3 }, ({ event }) => {
          if (event !== name || acted) return;
          acted = true;
          void practice.client[act]();
        });
        practice.clock.advance(180_000);
        assert.ok(acted);
        if (act === 'reconnect') await practice.client.close();
        assert.equal(practice.clock.pending, 0, act);
      }
    });
  }

  it('may be called without or twice', async () => {
    const practice = new Practice(START);
    await practice.client.close();
    await practice.client.close();
    assert.equal(practice.transport.links.length, 0);
  });
});
