import assert from 'node:assert/strict';
import { FeedError } from '../../src/feed/errors';
import { QUOTE_FIELDS } from '../../src/market/quote';
import { PracticeMarket } from '../../src/simulator/practice-market';
import { takesSymbol } from '../../src/tradingview/shard';
import { Practice } from '../support/practice-client';
import { QuoteWatch } from '../support/quote-watch';

/** A Wednesday: 10:00 in New York. */
const START = Date.UTC(2026, 4, 13, 14, 0, 20, 300);
const BTC = 'BINANCE:BTCUSDT';
const ETH = 'BINANCE:ETHUSDT';
const UNKNOWN = 'NO:SUCH';
const FORBIDDEN = 'ECONOMICS:USM2';

/** What the contract makes of the market's truth. */
function truth(market: PracticeMarket, symbol: string) {
  const wire = market.quote(symbol);
  const value = (name: string) => (wire[name] === 1e100 ? null : wire[name]);
  const late = /\d+/.exec(String(wire.update_mode));
  return {
    symbol,
    price: value('lp'),
    timestamp: typeof wire.lp_time === 'number' ? wire.lp_time * 1000 : null,
    change: value('ch'),
    changePercent: value('chp'),
    volume: value('volume'),
    bid: value('bid'),
    ask: value('ask'),
    bidSize: value('bid_size'),
    askSize: value('ask_size'),
    open: value('open_price'),
    high: value('high_price'),
    low: value('low_price'),
    previousClose: value('prev_close_price'),
    currency: wire.currency_code,
    description: wire.description,
    exchange: wire.exchange,
    type: wire.type,
    marketSession: wire.current_session,
    delay: late ? Number(late[0]) : 0,
  };
}

describe('client: quotes', () => {
  it('are whole from the first on, and then told with what has moved', () => {
    const practice = new Practice(START);
    const watch = new QuoteWatch(practice.client, { symbols: [' binance:btcusdt '] });
    practice.seconds(30);
    const [first, book] = watch.quotes();
    assert.deepEqual(first?.changed, Object.keys(first?.quote ?? {}).slice(1));
    assert.equal(first?.quote.description, 'Bitcoin / TetherUS');
    assert.ok(watch.quotes().length > 30);
    assert.ok(watch.changes().includes('bid ask bidSize askSize'), 'bid and ask come apart');
    assert.ok(book);
    assert.deepEqual(watch.quotes().at(-1)?.quote, truth(practice.market, BTC));
    let before = first?.quote as unknown as Record<string, unknown>;
    for (const { symbol, quote, changed } of watch.quotes().slice(1)) {
      const now = quote as unknown as Record<string, unknown>;
      assert.equal(symbol, BTC);
      assert.deepEqual(
        changed,
        QUOTE_FIELDS.filter((field) => before[field] !== now[field]),
      );
      assert.ok(changed.length > 0);
      before = now;
    }
    assert.deepEqual(watch.states, [
      [BTC, 'loading'],
      [BTC, 'live'],
    ]);
  });

  it('are right for each symbol of the market, all in one session on one socket', () => {
    const practice = new Practice(START);
    const symbols = PracticeMarket.symbols.filter((symbol) => symbol !== FORBIDDEN);
    const watch = new QuoteWatch(practice.client, { symbols });
    // Each period of an update passes in it.
    practice.clock.advance(Math.ceil(START / 60_000) * 60_000 - START);
    for (const symbol of symbols) {
      const { quote } = watch.quotes(symbol).at(-1) ?? {};
      assert.deepEqual(quote, truth(practice.market, symbol), symbol);
    }
    const { sockets, quoteSessions, quotes, sessions } = practice.market.stats();
    assert.deepEqual([sockets, quoteSessions, quotes, sessions], [1, 1, symbols.length, 0]);
  });

  it('ask for the fields once, and for a symbol once however many want it', () => {
    const practice = new Practice(START);
    const first = new QuoteWatch(practice.client, { symbols: [BTC, ETH, BTC] });
    const second = new QuoteWatch(practice.client, { symbols: [BTC] });
    practice.seconds(5);
    assert.equal(practice.transport.requests('quote_set_fields').length, 1);
    assert.deepEqual(
      practice.transport.requests('quote_add_symbols').map((params) => params.slice(1)),
      [[BTC, ETH]],
    );
    assert.deepEqual(first.quotes(BTC), second.quotes(BTC));
    first.quotes(BTC).forEach(({ quote, changed }, i) => {
      assert.notEqual(quote, second.quotes(BTC)[i]?.quote);
      assert.notEqual(changed, second.quotes(BTC)[i]?.changed);
    });
    const { channels, subscriptions } = practice.client.stats();
    assert.deepEqual({ channels, subscriptions }, { channels: 2, subscriptions: 2 });
  });

  it('of an expression are asked for as such', () => {
    const practice = new Practice(START);
    new QuoteWatch(practice.client, { symbols: ['A:B/C:D', BTC, 'NSE:BAJAJ-AUTO'] });
    practice.seconds(1);
    assert.deepEqual(practice.transport.requests('quote_add_symbols')[0]?.slice(1), [
      '={"symbol":"A:B/C:D"}',
      BTC,
      'NSE:BAJAJ-AUTO',
    ]);
  });

  it('are asked for in batches, also when they come one by one', () => {
    const practice = new Practice(START);
    new QuoteWatch(practice.client, { symbols: [BTC] });
    practice.seconds(1);
    const watches = Array.from({ length: 120 }, (_, n) => new QuoteWatch(practice.client, { symbols: [`X:S${n}`] }));
    practice.seconds(1);
    const sizes = (method: string) => practice.transport.requests(method).map((params) => params.length - 1);
    assert.deepEqual(sizes('quote_add_symbols'), [1, 50, 50, 20]);
    for (const watch of watches) watch.subscription.close();
    practice.seconds(1);
    assert.equal(practice.client.stats().channels, 1);
    assert.equal(practice.market.stats().quotes, 1);
  });

  it('come at once, whole, to whoever comes late', () => {
    const practice = new Practice(START);
    const early = new QuoteWatch(practice.client, { symbols: [BTC] });
    practice.seconds(5);
    const late = new QuoteWatch(practice.client, { symbols: [BTC] });
    assert.deepEqual(late.changes(), [QUOTE_FIELDS.join(' ')]);
    assert.deepEqual(late.quotes()[0]?.quote, early.quotes().at(-1)?.quote);
    assert.deepEqual(late.now, ['live']);
    practice.seconds(5);
    assert.deepEqual(late.quotes().at(-1), early.quotes().at(-1));
    assert.equal(practice.transport.requests('quote_add_symbols').length, 1);
  });

  it('are removed when the last of their subscribers leaves, and only then', () => {
    const practice = new Practice(START);
    const first = new QuoteWatch(practice.client, { symbols: [BTC, ETH] });
    const second = new QuoteWatch(practice.client, { symbols: [BTC] });
    practice.seconds(2);
    first.subscription.close();
    first.subscription.close();
    practice.seconds(1);
    assert.deepEqual(
      practice.transport.requests('quote_remove_symbols').map((params) => params.slice(1)),
      [[ETH]],
    );
    const told = first.events.length;
    practice.seconds(5);
    assert.equal(first.events.length, told, 'whoever has left is told nothing');
    assert.equal(practice.market.stats().quotes, 1);
    second.subscription.close();
    practice.seconds(1);
    assert.equal(practice.market.stats().quoteSessions, 0);
    new QuoteWatch(practice.client, { symbols: [ETH] });
    practice.seconds(1);
    assert.equal(practice.market.stats().quoteSessions, 1);
    assert.equal(practice.market.stats().connectionsEver, 1);
  });

  it('leave nothing pending when all is closed', async () => {
    const practice = new Practice(START);
    new QuoteWatch(practice.client, { symbols: [BTC, UNKNOWN], throttle: 5_000 });
    practice.seconds(7);
    await practice.client.close();
    assert.equal(practice.market.stats().sockets, 0);
    assert.equal(practice.clock.pending, 0);
    assert.deepEqual(practice.client.stats().subscriptions, 0);
  });

  it('are conflated as each subscriber wants it', () => {
    const practice = new Practice(START);
    const calm = new QuoteWatch(practice.client, { symbols: [BTC, ETH], throttle: '10000' });
    const keen = new QuoteWatch(practice.client, { symbols: [BTC, ETH] });
    practice.seconds(59);
    for (const symbol of [BTC, ETH]) {
      assert.equal(calm.quotes(symbol).length, 6, 'at once, and each 10 s since');
      assert.ok(keen.quotes(symbol).length > 60);
    }
  });

  it('are not built for whoever does not want them', () => {
    const practice = new Practice(START);
    const watch = new QuoteWatch(practice.client, { symbols: [BTC, UNKNOWN], wants: () => false });
    practice.seconds(10);
    assert.deepEqual(watch.quotes(), []);
    assert.deepEqual(watch.errors, [`${UNKNOWN} SYMBOL_UNKNOWN`]);
    assert.deepEqual(watch.now, ['live', 'refused']);
  });

  it('know when their market is closed, and when it opens', () => {
    const practice = new Practice(Date.UTC(2026, 4, 13, 23, 59, 0));
    const watch = new QuoteWatch(practice.client, { symbols: ['NASDAQ:AAPL', 'TSE:7203'] });
    practice.seconds(5);
    assert.deepEqual(watch.now, ['live', 'closed'], 'in New York people trade after hours, and Tokyo is asleep');
    practice.seconds(70);
    assert.deepEqual(watch.now, ['closed', 'live']);
    assert.equal(practice.market.stats().connectionsEver, 1);
  });

  it('of symbols that fall to another instance are left alone', () => {
    const practice = new Practice(START, { shard: '1/2' });
    const symbols = PracticeMarket.symbols.slice(0, 8);
    const own = symbols.filter((symbol) => takesSymbol(symbol, { index: 1, count: 2 }));
    assert.ok(own.length > 0 && own.length < symbols.length);
    const watch = new QuoteWatch(practice.client, { symbols });
    practice.seconds(5);
    for (const symbol of symbols) {
      assert.equal(watch.subscription.state(symbol) === 'elsewhere', !own.includes(symbol), symbol);
      assert.equal(watch.quotes(symbol).length > 0, own.includes(symbol), symbol);
    }
    assert.equal(watch.subscription.state('X:Y'), undefined);
    assert.equal(practice.market.stats().quotes, own.length);
  });

  it('of symbols that all fall to another instance open no socket', () => {
    const practice = new Practice(START, { shard: takesSymbol(BTC, { index: 1, count: 2 }) ? '2/2' : '1/2' });
    const watch = new QuoteWatch(practice.client, { symbols: [BTC] });
    practice.seconds(5);
    assert.equal(practice.transport.links.length, 0);
    assert.deepEqual(watch.now, ['elsewhere']);
    watch.subscription.close();
  });

  it('live beside candles of the same symbol on one socket', () => {
    const practice = new Practice(START);
    const quotes = new QuoteWatch(practice.client, { symbols: [BTC] });
    const candles = practice.watch({ symbol: BTC, history: 2 });
    practice.seconds(100);
    assert.equal(candles.closed.length, 2);
    assert.ok(quotes.quotes().length > 90);
    assert.equal(practice.market.stats().connectionsEver, 1);
  });
});

describe('client: quotes that are refused', () => {
  it('are told once each, disturb nobody, and are tried again for who asks anew', () => {
    const practice = new Practice(START);
    const watch = new QuoteWatch(practice.client, { symbols: [UNKNOWN, BTC, FORBIDDEN] });
    practice.seconds(5);
    practice.transport.drop();
    practice.seconds(10);
    assert.deepEqual(watch.errors, [`${UNKNOWN} SYMBOL_UNKNOWN`, `${FORBIDDEN} SYMBOL_FORBIDDEN`]);
    assert.deepEqual(watch.now, ['refused', 'live', 'refused']);
    assert.deepEqual(
      practice.transport
        .requests('quote_add_symbols')
        .flat()
        .filter((one) => one === UNKNOWN).length,
      1,
    );

    const anew = new QuoteWatch(practice.client, { symbols: [UNKNOWN] });
    practice.seconds(1);
    assert.deepEqual(anew.errors, [`${UNKNOWN} SYMBOL_UNKNOWN`]);
    assert.equal(watch.errors.length, 2, 'who knows it already is not told again');
  });

  const BAD: [string, object, string, RegExp][] = [
    ['no list of symbols', { symbols: BTC }, 'SETTING_INVALID', /“symbols”/],
    ['no symbol at all', { symbols: [] }, 'SETTING_INVALID', /“symbols”/],
    ['a malformed symbol', { symbols: [BTC, 'BTCUSDT'] }, 'SYMBOL_INVALID', /EXCHANGE:SYMBOL/],
    ...[-1, 'often', Number.NaN, Number.POSITIVE_INFINITY, '-5', ' ', true, {}].map(
      (throttle): [string, object, string, RegExp] => [
        `a throttle of “${throttle}”`,
        { symbols: [BTC], throttle },
        'SETTING_INVALID',
        /“throttle” must be a number of milliseconds, 0 or more/,
      ],
    ),
  ];
  for (const [what, options, code, sentence] of BAD) {
    it(`for ${what} are refused before anything is sent`, () => {
      const practice = new Practice(START);
      assert.throws(
        () => practice.client.watchQuotes(options as { symbols: string[] }, () => {}),
        (error) => error instanceof FeedError && error.code === code && sentence.test(error.message),
      );
      practice.seconds(10);
      assert.equal(practice.transport.links.length, 0);
      assert.equal(practice.client.stats().subscriptions, 0);
    });
  }
});

describe('client: quotes that stop', () => {
  it('with a session that the server has lost without a word go on under a fresh one', () => {
    const practice = new Practice(START);
    const watch = new QuoteWatch(practice.client, { symbols: [BTC, ETH] });
    const candles = practice.watch({ symbol: BTC });
    practice.seconds(100);
    practice.market.faults.loseQuoteSessions();
    const told = watch.events.length;
    practice.seconds(50);
    assert.equal(watch.events.length, told);
    practice.seconds(80);
    assert.equal(practice.transport.requests('quote_create_session').length, 2);
    assert.ok(watch.events.length > told + 10);
    assert.deepEqual(watch.quotes(ETH).at(-1)?.quote, truth(practice.market, ETH));
    assert.deepEqual(watch.states.length, 4, 'nobody was told of it');
    assert.deepEqual(watch.errors, []);
    assert.ok(candles.closed.length >= 3);
    assert.equal(practice.market.stats().connectionsEver, 1);
  });

  it('with a session that is named again before that go on at once', () => {
    const practice = new Practice(START);
    const watch = new QuoteWatch(practice.client, { symbols: [BTC] });
    practice.seconds(5);
    practice.market.faults.loseQuoteSessions();
    const other = new QuoteWatch(practice.client, { symbols: [ETH] });
    practice.seconds(5);
    assert.equal(practice.transport.requests('quote_create_session').length, 2);
    for (const [quotes, symbol] of [
      [watch, BTC],
      [other, ETH],
    ] as const) {
      assert.deepEqual(quotes.quotes().at(-1)?.quote, truth(practice.market, symbol));
      assert.deepEqual([quotes.now, quotes.errors], [['live'], []]);
    }
  });

  it('because nobody trades are left alone', () => {
    const practice = new Practice(Date.UTC(2026, 4, 16, 12));
    const watch = new QuoteWatch(practice.client, { symbols: ['NASDAQ:AAPL', 'TSE:7203'] });
    practice.seconds(1_200);
    assert.deepEqual(watch.now, ['closed', 'closed']);
    assert.equal(practice.transport.requests('quote_create_session').length, 1);
  });

  it('in a market that is open, and quiet, are asked for anew each five minutes at most', () => {
    const practice = new Practice(START);
    new QuoteWatch(practice.client, { symbols: [BTC] });
    practice.seconds(5);
    practice.market.faults.freezeQuote(BTC);
    practice.seconds(1_500);
    const asked = practice.transport.requests('quote_create_session').length;
    assert.ok(asked >= 5 && asked <= 6, `${asked} times`);
    assert.equal(practice.market.stats().connectionsEver, 1);
    assert.equal(practice.market.stats().quoteSessions, 1);
  });
});

describe('client: quotes over an outage', () => {
  it('are asked for anew under a fresh session, and only what has moved is told', () => {
    const practice = new Practice(START);
    const watch = new QuoteWatch(practice.client, { symbols: [BTC, ETH, 'SP:SPX'] });
    practice.seconds(5);
    const before = watch.quotes('SP:SPX').length;
    const told = watch.events.length;
    practice.transport.down = true;
    practice.transport.drop();
    practice.seconds(30);
    assert.equal(watch.events.length, told);
    assert.deepEqual(watch.now, ['waiting', 'waiting', 'waiting']);
    practice.transport.down = false;
    practice.seconds(90);
    assert.deepEqual(watch.now, ['live', 'live', 'live']);
    const ids = practice.transport.requests('quote_create_session').map(([id]) => id);
    assert.equal(new Set(ids).size, 2);
    assert.ok(watch.quotes('SP:SPX').length > before);
    for (const changed of watch.changes().slice(10))
      assert.doesNotMatch(changed, /description|currency|exchange|delay/);
    for (const symbol of [BTC, ETH]) {
      assert.deepEqual(watch.quotes(symbol).at(-1)?.quote, truth(practice.market, symbol));
    }
    assert.deepEqual(watch.errors, []);
  });

  it('come to whoever came during it when they are of now again', () => {
    const practice = new Practice(START);
    new QuoteWatch(practice.client, { symbols: [BTC] });
    practice.seconds(5);
    practice.transport.drop();
    const late = new QuoteWatch(practice.client, { symbols: [BTC] });
    assert.deepEqual(late.events, [], 'nobody is given what is out of date');
    practice.seconds(10);
    assert.match(late.changes()[0] ?? '', /^price .* delay$/);
    assert.equal(late.quotes()[0]?.changed.length, QUOTE_FIELDS.length);
  });
});
