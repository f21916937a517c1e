import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SteppedClock } from '../../src/market/clock';
import { PracticeMarket } from '../../src/simulator/practice-market';
import { literalFrames, needs } from '../support/recorded-frames';
import { type Message, methods, only, PracticeClient } from './practice-client';

/** A Tuesday on which New York, but not Tokyo, is trading; not on a whole second. */
const NOW = Date.UTC(2026, 5, 9, 14, 0, 20, 300);
const MINUTE = 60_000;
const BTC = 'BINANCE:BTCUSDT';

/** Merges what is told of each symbol, as a client would. */
class Board {
  readonly quotes = new Map<string, Record<string, unknown>>();

  take(messages: readonly Message[]): Message[] {
    for (const { m, p } of messages) {
      if (m === 'qsd' && p[1].s === 'ok') this.quotes.set(p[1].n, { ...this.quotes.get(p[1].n), ...p[1].v });
    }
    return [...messages];
  }
}

describe('quotes', () => {
  let clock: SteppedClock;
  let market: PracticeMarket;
  let client: PracticeClient;
  let board: Board;
  beforeEach(() => {
    clock = new SteppedClock(NOW);
    ({ market, client } = PracticeClient.on(clock));
    board = new Board();
    client.call('quote_create_session', 'qs_1');
  });

  const quote = (...symbols: string[]) => board.take(client.ask('quote_add_symbols', 'qs_1', ...symbols));
  /** What the wire makes of the truth. */
  const truth = (symbol: string) => JSON.parse(JSON.stringify(market.quote(symbol)));

  it('are told whole, completed, then bid and ask, then what has changed', () => {
    const answers = quote(BTC);
    assert.deepEqual(methods(answers), ['qsd', 'quote_completed']);
    const [session, { n, s, v }] = only(answers, 'qsd').p;
    assert.deepEqual([session, n, s, v.bid], ['qs_1', BTC, 'ok', undefined]);
    assert.deepEqual(
      [v.pro_name, v.short_name, v.exchange, v.currency_code, v.update_mode, v.current_session, v.pricescale],
      [BTC, 'BTCUSDT', 'Binance', 'USDT', 'streaming', 'market', 100],
    );
    assert.deepEqual(only(answers, 'quote_completed').p, ['qs_1', BTC]);

    clock.advance(700);
    const later = board.take(client.take());
    assert.deepEqual(later.at(-1)?.p[1].v.trade_loaded, true);
    assert.deepEqual(board.quotes.get(BTC), truth(BTC));
    clock.advance(1000);
    for (const { p } of board.take(client.take())) {
      assert.ok(Object.keys(p[1].v).length < 12, Object.keys(p[1].v).join(' '));
      assert.equal(p[1].v.pro_name, undefined);
    }
    assert.deepEqual(board.quotes.get(BTC), truth(BTC));
  });

  it('agree with the candles of the same moment', () => {
    for (const symbol of PracticeMarket.symbols) {
      const [day] = market.candles(symbol, '1d', NOW - 26 * 60 * MINUTE, NOW + 1).slice(-1);
      const { lp, open_price, high_price, low_price, volume, bid, ask } = market.quote(symbol);
      if (!day) continue;
      assert.deepEqual([lp, open_price, high_price, low_price], [day.close, day.open, day.high, day.low], symbol);
      if (day.volume !== null) assert.equal(volume, day.volume);
      if (bid !== null) assert.ok((bid as number) < (lp as number) && (ask as number) > (lp as number), symbol);
    }
    const [minute] = market.candles(BTC, '1m', NOW - MINUTE, NOW).slice(-1);
    assert.equal(market.quote(BTC).lp, minute?.close);
    assert.equal(market.quote(BTC).lp_time, Math.floor(NOW / 1000));
    assert.equal(market.quote('HOSE:VCB').update_mode, 'delayed_streaming_900');
  });

  it('have the change since the day before', () => {
    const [before, today] = market.candles(BTC, '1d', NOW - 48 * 60 * MINUTE, NOW).slice(-2);
    const { prev_close_price, ch, chp } = market.quote(BTC);
    assert.equal(prev_close_price, before?.close);
    const difference = (today?.close ?? 0) - (before?.close ?? 0);
    assert.ok(Math.abs((ch as number) - difference) < 0.01);
    assert.ok(Math.abs((chp as number) - (100 * difference) / (before?.close ?? 1)) < 0.01);
  });

  it('have no value where the market has none, in both ways of saying so', () => {
    quote('SP:SPX', 'INDEX:NDFI', 'FX:EURUSD');
    clock.advance(1000);
    board.take(client.take());
    assert.deepEqual([board.quotes.get('SP:SPX')?.volume, board.quotes.get('SP:SPX')?.bid], [null, null]);
    assert.equal(board.quotes.get('INDEX:NDFI')?.volume, 1e100);
    const euro = board.quotes.get('FX:EURUSD');
    assert.deepEqual([typeof euro?.bid, euro?.bid_size], ['number', null]);
  });

  it('know the time of day', () => {
    const sessions: [string, string][] = [
      ['2026-06-09T07:00:00Z', 'out_of_session'],
      ['2026-06-09T09:00:00Z', 'pre_market'],
      ['2026-06-09T13:30:00Z', 'market'],
      ['2026-06-09T21:00:00Z', 'post_market'],
      ['2026-06-13T15:00:00Z', 'out_of_session'],
    ];
    for (const [time, session] of sessions) {
      const { current_session, rtc, bid } = new PracticeMarket({ clock: new SteppedClock(Date.parse(time)) }).quote(
        'NASDAQ:AAPL',
      );
      assert.equal(current_session, session, time);
      assert.equal(typeof rtc === 'number', session.endsWith('_market'), time);
      assert.equal(bid === null, session !== 'market', time);
    }
  });

  it('echo a symbol exactly as it was asked for, and are removed by the same text', () => {
    const spec = '={"adjustment":"splits",  "symbol":"KRX:005930"}';
    const answers = quote(spec, 'KRX:005930');
    assert.deepEqual(
      answers.map(({ m, p }) => [m, p[1].n ?? p[1]]),
      [
        ['qsd', spec],
        ['quote_completed', spec],
        ['qsd', 'KRX:005930'],
        ['quote_completed', 'KRX:005930'],
      ],
    );
    assert.equal(answers[0]?.p[1].v.local_description, '삼성전자보통주');
    client.call('quote_remove_symbols', 'qs_1', spec);
    assert.equal(market.stats().quotes, 1);
    client.call('quote_remove_symbols', 'qs_1', '={"symbol":"KRX:005930"}');
    assert.equal(market.stats().quotes, 1);
  });

  it('refuse what does not exist or is not allowed, symbol by symbol', function () {
    const answers = quote('NO:SUCH', 'ECONOMICS:USM2', BTC, '={oops');
    const [unknown, , forbidden, , good, , broken] = answers;
    assert.deepEqual(unknown?.p, ['qs_1', { n: 'NO:SUCH', s: 'error', errmsg: 'no_such_symbol', v: {} }]);
    assert.equal(good?.p[1].s, 'ok');
    assert.equal(broken?.p[1].errmsg, 'no_such_symbol');
    assert.equal(answers.filter(({ m }) => m === 'quote_completed').length, 4);
    const recorded = needs(literalFrames(), this)
      .map(({ payload }) => payload)
      .filter((payload) => payload.includes('permission_denied'))
      .map((payload) => JSON.parse(payload).p[1]);
    assert.deepEqual(forbidden?.p[1], { ...recorded[0], n: 'ECONOMICS:USM2' });
  });

  it('keep to the fields that were set', () => {
    client.call('quote_set_fields', 'qs_1', 'lp', 'bid', 'description');
    quote(BTC);
    clock.advance(5000);
    board.take(client.take());
    assert.deepEqual(
      new Set(Object.keys(board.quotes.get(BTC) ?? {})),
      new Set(['lp', 'description', 'bid', 'trade_loaded']),
    );
    const { lp, bid, description } = truth(BTC);
    assert.deepEqual(board.quotes.get(BTC), { lp, bid, description, trade_loaded: true });
  });

  it('update each second until the client says which are fast; the others every ten then', () => {
    const updates = (symbol: string) => {
      clock.advance(10_000 - (clock.now() % 10_000));
      client.take();
      const seconds = new Set<number>();
      for (let second = 1; second <= 20; second++) {
        clock.advance(1000);
        if (client.take().some(({ p }) => p[1].n === symbol)) seconds.add(second);
      }
      return [...seconds];
    };
    quote(BTC, 'COINBASE:LTCUSD', 'BINANCE:ETHUSDT');
    assert.equal(updates(BTC).length, 20);
    assert.deepEqual(updates('COINBASE:LTCUSD'), [5, 10, 15, 20]);
    client.call('quote_fast_symbols', 'qs_1', BTC);
    assert.equal(updates(BTC).length, 20);
    assert.deepEqual(updates('BINANCE:ETHUSDT'), [10, 20]);
    client.call('quote_fast_symbols', 'qs_1', 'BINANCE:ETHUSDT');
    assert.deepEqual(updates(BTC), [10, 20]);
    client.call('quote_hibernate_all', 'qs_1');
    assert.deepEqual(updates('BINANCE:ETHUSDT'), [10, 20]);
  });

  it('merge to the truth for every symbol, at any time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) }),
        fc.array(fc.integer({ min: 100, max: MINUTE }), { minLength: 1, maxLength: 4 }),
        (start, steps) => {
          const stepped = new SteppedClock(start);
          const { market: other, client: one } = PracticeClient.on(stepped);
          const merged = new Board();
          const symbols = PracticeMarket.symbols.filter((symbol) => symbol !== 'ECONOMICS:USM2');
          one.call('quote_create_session', 'qs_1');
          merged.take(one.ask('quote_add_symbols', 'qs_1', ...symbols));
          for (const step of steps) stepped.advance(step);
          stepped.advance(5000 - (stepped.now() % 5000));
          merged.take(one.take());
          for (const symbol of symbols) {
            assert.deepEqual(merged.quotes.get(symbol), JSON.parse(JSON.stringify(other.quote(symbol))), symbol);
          }
          one.end();
        },
      ),
      { numRuns: 30 },
    );
  });

  it('can be had of five hundred symbols in one session', () => {
    const symbols = Array.from({ length: 500 }, (_, at) => `PRACTICE:N${String(at).padStart(3, '0')}`);
    const answers = quote(...symbols);
    assert.equal(answers.length, 1000);
    clock.advance(3000);
    board.take(client.take());
    for (const symbol of symbols) assert.deepEqual(board.quotes.get(symbol), truth(symbol));
    assert.equal(new Set(symbols.map((symbol) => market.quote(symbol).lp)).size > 490, true);
    assert.equal(only(quote('PRACTICE:N1000'), 'qsd').p[1].errmsg, 'no_such_symbol');
  });

  describe('sessions', () => {
    it('go on beside charts and beside each other, until they are deleted', () => {
      client.open(BTC, '1', 5);
      client.call('quote_create_session', 'qs_2');
      client.call('quote_add_symbols', 'qs_2', BTC);
      quote(BTC);
      const { sessions, quoteSessions, quotes } = market.stats();
      assert.deepEqual([sessions, quoteSessions, quotes], [1, 2, 2]);
      clock.advance(1000);
      assert.deepEqual(new Set(client.take().map(({ p }) => p[0])), new Set(['cs_1', 'qs_1', 'qs_2']));
      client.call('quote_delete_session', 'qs_2');
      clock.advance(1000);
      assert.deepEqual(new Set(client.take().map(({ p }) => p[0])), new Set(['cs_1', 'qs_1']));
    });

    it('end by a fault of the client, alone', () => {
      client.open(BTC, '1', 5);
      const answers = client.ask('quote_add_symbols', 'qs_1', BTC, { flags: ['force_permission'] });
      assert.deepEqual(answers, [{ m: 'critical_error', p: ['qs_1', 'invalid_parameters', 'quote_add_symbols'] }]);
      assert.deepEqual(client.ask('quote_add_symbols', 'qs_1', BTC), []);
      assert.deepEqual([market.stats().quoteSessions, market.stats().sessions], [0, 1]);
    });

    it('are known by their own kind of request only', () => {
      assert.deepEqual(methods(client.ask('resolve_symbol', 'qs_1', 'slot', BTC)), ['protocol_error']);
    });

    it('lost by the server: silence, then a critical error; charts stay', () => {
      client.open(BTC, '1', 5);
      quote(BTC);
      market.faults.loseQuoteSessions();
      clock.advance(1000);
      assert.deepEqual(new Set(client.take().map(({ p }) => p[0])), new Set(['cs_1']));
      const [error] = client.ask('quote_remove_symbols', 'qs_1', BTC);
      assert.deepEqual([error?.m, error?.p.slice(0, 2)], ['critical_error', ['qs_1', 'unknown_session_id']]);
      client.call('quote_create_session', 'qs_1');
      assert.deepEqual(methods(quote(BTC)), ['qsd', 'quote_completed']);
    });
  });

  describe('frozen', () => {
    for (const fault of ['freezeQuote', 'freezeSymbol'] as const) {
      it(`${fault}: one symbol stands still, and catches up when it is thawed`, () => {
        quote(BTC, 'BINANCE:ETHUSDT');
        client.open(BTC, '1', 5);
        market.faults[fault](BTC);
        clock.advance(5000);
        const told = client.take();
        assert.deepEqual(
          new Set(told.map(({ p }) => p[1].n)),
          new Set(fault === 'freezeQuote' ? ['BINANCE:ETHUSDT', undefined] : ['BINANCE:ETHUSDT']),
        );
        market.faults.thaw();
        clock.advance(1000);
        board.take(client.take());
        assert.deepEqual(board.quotes.get(BTC), truth(BTC));
      });
    }

    it('is refused for a symbol that does not exist', () => {
      assert.throws(() => market.faults.freezeQuote('NO:SUCH'), /NO:SUCH/);
      assert.throws(() => market.faults.freezeQuote(), /needs a symbol/);
    });
  });
});
