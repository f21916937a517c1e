import assert from 'node:assert/strict';
import { QuoteWatch } from '../support/quote-watch';
import { ScriptedServer } from '../support/scripted-server';
import { packet } from '../support/wire';

const START = Date.UTC(2026, 4, 13, 14, 0, 20);

/** A server whose quotes the test plays. */
class QuoteServer extends ScriptedServer {
  /** Ids of the quote sessions that were created over the newest link. */
  get quoteSessions(): string[] {
    return this.requests('quote_create_session').map(([id]) => String(id));
  }

  /** What was asked of the newest session: symbols of each request. */
  asked(method: 'quote_add_symbols' | 'quote_remove_symbols' = 'quote_add_symbols'): unknown[][] {
    const newest = this.quoteSessions.at(-1);
    return this.requests(method).flatMap(([id, ...symbols]) => (id === newest ? [symbols] : []));
  }

  quote(symbol: string, v: object = { lp: 1 }, session = this.quoteSessions.at(-1)): void {
    this.send('qsd', session, { n: symbol, s: 'ok', v });
  }

  refuse(symbol: string, s: string, errmsg?: string): void {
    this.send('qsd', this.quoteSessions.at(-1), { n: symbol, s, errmsg, v: {} });
  }

  /** Time passes, in which nothing comes but heartbeats. */
  beats(seconds: number): void {
    for (let n = 0; n < seconds; n++) {
      this.clock.advance(1_000);
      this.transport.link.receive('~m~4~m~~h~1');
    }
  }

  /** The link is lost, and a new one is greeted. */
  relink(): void {
    const { length } = this.transport.links;
    this.transport.link.end();
    while (this.transport.links.length === length) this.clock.advance(100);
    this.greet();
  }
}

/** A client that is live, with one subscription to A:B and C:D, both answered. */
function streaming() {
  const server = new QuoteServer(START);
  const watch = new QuoteWatch(server.client, { symbols: ['A:B', 'C:D'] });
  server.greet();
  server.quote('A:B', { lp: 1, bid: null });
  server.quote('C:D', { lp: 2 });
  return { server, watch };
}

describe('client: a server that misbehaves with quotes', () => {
  it('gets its requests in the order of the official client, and no more than it needs', () => {
    const { server } = streaming();
    const [session] = server.quoteSessions;
    const methods = server.transport.link.sent.map((text) => /"m":"(\w+)"/.exec(text)?.[1]);
    assert.deepEqual(methods.slice(2), ['quote_create_session', 'quote_set_fields', 'quote_add_symbols']);
    assert.match(session ?? '', /^qs_[A-Za-z0-9]{12}$/);
    assert.deepEqual(server.asked(), [['A:B', 'C:D']]);
  });

  it('never answers one symbol: told once, tried again with growing pauses, and the other streams on', () => {
    const server = new QuoteServer(START);
    const watch = new QuoteWatch(server.client, { symbols: ['A:B', 'C:D'] });
    server.greet();
    server.quote('C:D');
    server.beats(29);
    assert.deepEqual(watch.events.length, 1);
    server.beats(2);
    assert.deepEqual(watch.errors, ['A:B TIMEOUT']);
    assert.deepEqual(watch.now, ['failed', 'live']);
    for (let n = 0; n < 30; n++) {
      server.beats(10);
      server.quote('C:D', { lp: n });
    }
    assert.deepEqual(watch.errors, ['A:B TIMEOUT'], 'once an outage');
    const tries = server.asked().length;
    assert.ok(tries >= 5 && tries <= 9, `${tries} tries in five minutes`);
    assert.deepEqual(server.asked().slice(1), Array(tries - 1).fill(['A:B']));
    assert.deepEqual(server.asked('quote_remove_symbols'), Array(tries - 1).fill(['A:B']));
    assert.deepEqual(watch.changes('C:D'), Array(31).fill('price'));
    assert.equal(server.quoteSessions.length, 1);

    server.quote('A:B');
    assert.deepEqual(watch.now, ['live', 'live']);
    const before = server.asked().length;
    server.beats(50);
    assert.equal(server.asked().length, before, 'answered: nothing is asked again');
    server.relink();
    server.beats(31);
    assert.deepEqual(watch.errors.toSorted(), ['A:B TIMEOUT', 'A:B TIMEOUT', 'C:D TIMEOUT'], 'another outage');
  });

  it('answers late, while the pause goes on: that will do', () => {
    const { server, watch } = streaming();
    server.relink();
    server.beats(30);
    server.clock.advance(0);
    assert.deepEqual(watch.now, ['failed', 'failed']);
    server.quote('A:B', { lp: 7 });
    server.quote('C:D', { lp: 2 });
    assert.deepEqual(watch.now, ['live', 'live']);
    server.beats(60);
    assert.equal(server.asked().length, 1);
    assert.deepEqual(watch.changes('A:B'), ['price bid', 'price']);
    assert.deepEqual(watch.changes('C:D'), ['price'], 'nothing has moved');
  });

  it('completes a symbol of which it says nothing: that is an answer', () => {
    const server = new QuoteServer(START);
    const watch = new QuoteWatch(server.client, { symbols: ['A:B', 'C:D'] });
    server.greet();
    server.send('quote_completed', server.quoteSessions[0], 'A:B');
    server.send('quote_completed', server.quoteSessions[0], 'C:D', { s: 'timeout' });
    assert.deepEqual(watch.now, ['live', 'failed']);
    assert.deepEqual(watch.errors, ['C:D TIMEOUT']);
    server.beats(2);
    assert.deepEqual(server.asked(), [['A:B', 'C:D'], ['C:D']]);
  });

  it('refuses for a reason that may pass: tried again, told in its own words', () => {
    const { server, watch } = streaming();
    server.refuse('A:B', 'error', 'backend_overloaded');
    assert.deepEqual(watch.errors, ['A:B PROTOCOL']);
    const [error] = watch.events.flatMap((event) => (event.event === 'error' ? event.error : []));
    assert.match(error?.message ?? '', /A:B.*backend_overloaded.*tried again/);
    assert.equal(error?.symbol, 'A:B');
    server.beats(2);
    assert.deepEqual(server.asked().slice(1), [['A:B']]);
    server.quote('A:B', { lp: 3 });
    assert.deepEqual(watch.now, ['live', 'live']);
  });

  it('takes a symbol away that it has given: refused, and removed', () => {
    const { server, watch } = streaming();
    server.refuse('A:B', 'permission_denied', 'Permission denied');
    server.refuse('A:B', 'permission_denied', 'Permission denied');
    server.quote('A:B', { lp: 9 });
    server.clock.advance(0);
    assert.deepEqual(watch.errors, ['A:B SYMBOL_FORBIDDEN']);
    assert.deepEqual(watch.now, ['refused', 'live']);
    assert.deepEqual(server.asked('quote_remove_symbols'), [['A:B']]);
    assert.equal(watch.quotes('A:B').length, 1);
  });

  it('ends the session: another at once, under a fresh id, and the first is not named again', () => {
    const { server, watch } = streaming();
    const candles: unknown[] = [];
    server.client.watchCandles({ symbol: 'A:B' }, (event) => candles.push(event));
    const [first] = server.quoteSessions;
    server.send('critical_error', first, 'invalid_parameters', 'quote_add_symbols');
    assert.deepEqual(watch.now, ['loading', 'loading']);
    server.clock.advance(0);
    assert.equal(server.quoteSessions.length, 2);
    assert.deepEqual(server.asked(), [['A:B', 'C:D']]);
    assert.equal(server.requests('quote_delete_session').length, 0);
    server.quote('A:B', { lp: 100 }, first);
    assert.equal(watch.quotes('A:B').length, 1, 'what the old one says still is nobody’s');
    server.quote('A:B', { lp: 1, bid: 4 });
    server.quote('C:D', { lp: 2 });
    assert.deepEqual(watch.changes(), ['price bid', 'price', 'bid']);
    assert.deepEqual(watch.errors, []);
    assert.equal(server.sessions.length, 1, 'the candles are not disturbed');
    assert.equal(server.transport.links.length, 1);
  });

  it('ends sessions again and again: with growing pauses, also when each has answered, and told once', () => {
    const { server, watch } = streaming();
    const fail = () => server.send('critical_error', server.quoteSessions.at(-1), 'unexpected', 'x');
    const pauses: number[] = [];
    for (let n = 0; n < 8; n++) {
      fail();
      const [begun, { length }] = [server.clock.now(), server.quoteSessions];
      while (server.quoteSessions.length === length) server.beats(1);
      pauses.push(server.clock.now() - begun);
      server.quote('A:B');
      server.quote('C:D');
    }
    assert.ok((pauses[0] ?? 9) <= 1_000 && (pauses[7] ?? 0) >= 25_000, pauses.join(' '));
    assert.deepEqual(watch.errors, ['A:B PROTOCOL', 'C:D PROTOCOL']);
    const errors = watch.events.flatMap((event) => (event.event === 'error' ? event.error : []));
    assert.equal(errors[0], errors[1], 'one fault, one error');
    assert.equal(errors[0]?.symbol, undefined);
    server.beats(11);
    fail();
    server.clock.advance(0);
    assert.deepEqual(watch.now, ['loading', 'loading'], 'one that has lasted begins the pauses anew');
    assert.equal(server.quoteSessions.length, 10);
  });

  it('ends the session while it is told who leaves: nothing is asked for whom nobody wants', () => {
    const { server, watch } = streaming();
    server.send('critical_error', server.quoteSessions.at(-1), 'unexpected', 'x');
    watch.subscription.close();
    server.beats(4);
    assert.equal(server.quoteSessions.length, 1);
    server.clock.advance(5_000);
    assert.equal(server.clock.pending, 0);
  });

  it('sends anything at all: nothing throws, and what is good gets through', () => {
    const { server, watch } = streaming();
    const [session] = server.quoteSessions;
    const hostile: unknown[][] = [
      [],
      [session],
      [session, null],
      [session, { n: '__proto__', s: 'ok', v: { lp: 1 } }],
      [session, { n: 'constructor', s: 'ok', v: { lp: 1 } }],
      [session, { n: 'X:Y', s: 'ok', v: { lp: 1 } }],
      [session, { n: 'X:Y', s: 'permission_denied' }],
      [session, { n: 'A:B', s: 'ok', v: [1] }],
      [session, { n: 'A:B', s: 'ok', v: 'lp' }],
      [session, { n: 'A:B', s: 'ok' }],
      ['qs_other', { n: 'A:B', s: 'ok', v: { lp: 66 } }],
      ['__proto__', { n: 'A:B', s: 'ok', v: { lp: 66 } }],
    ];
    for (const params of hostile) {
      server.transport.link.receive(packet('qsd', ...params) + packet('quote_completed', ...params));
    }
    server.transport.link.receive(
      `${packet('qsd', session, '{')}~m~5~m~rubbi${packet('qsd', session, { n: 'A:B', s: 'ok', v: { lp: 3 } })}`,
    );
    assert.deepEqual(watch.changes('A:B'), ['price bid', 'price']);
    assert.deepEqual(watch.errors, []);
    assert.deepEqual(
      server.logs.filter((text) => /could not be handled/.test(text)),
      [],
    );
    assert.deepEqual(watch.now, ['live', 'live']);
  });

  it('gives quotes and hangs up: that is health, so it is tried again soon', () => {
    const { server } = streaming();
    server.clock.advance(11_000);
    server.transport.link.end();
    assert.equal(server.client.status.failures, 0);
    server.clock.advance(1_000);
    assert.equal(server.transport.links.length, 2);
  });
});

describe('client: listeners of quotes that misbehave', () => {
  it('throw: the log has it, and the others are told', () => {
    const server = new QuoteServer(START);
    server.client.watchQuotes({ symbols: ['A:B'] }, () => {
      throw new Error('oops');
    });
    const watch = new QuoteWatch(server.client, { symbols: ['A:B', 'C:D'] });
    server.greet();
    server.transport.link.receive(
      ['A:B', 'C:D'].map((n) => packet('qsd', server.quoteSessions[0], { n, s: 'ok', v: { lp: 1 } })).join(''),
    );
    assert.equal(watch.quotes().length, 2);
    assert.match(server.logs.join('\n'), /A listener failed: Error: oops/);
  });

  it('close their subscription, or subscribe, from within: nobody is told twice or too late', () => {
    const server = new QuoteServer(START);
    const late: QuoteWatch[] = [];
    let told = 0;
    const first = server.client.watchQuotes({ symbols: ['A:B'] }, () => {
      told++;
      first.close();
      late.push(new QuoteWatch(server.client, { symbols: ['A:B'] }));
    });
    const second = new QuoteWatch(server.client, { symbols: ['A:B'] });
    server.greet();
    server.quote('A:B', { lp: 1 });
    server.quote('A:B', { lp: 2 });
    assert.equal(told, 1);
    assert.deepEqual(second.changes(), ['price', 'price']);
    assert.deepEqual(late[0]?.changes(), ['price', 'price']);
    assert.equal(late[0]?.quotes()[0]?.quote.price, 1);
  });

  it('close another subscription from within: it is told nothing more', () => {
    const server = new QuoteServer(START);
    const ended: QuoteWatch[] = [];
    server.client.watchQuotes({ symbols: ['A:B'] }, () => ended[0]?.subscription.close());
    ended.push(new QuoteWatch(server.client, { symbols: ['A:B'] }));
    server.greet();
    server.refuse('A:B', 'error', 'no_such_symbol');
    assert.deepEqual(ended[0]?.events, []);
  });

  it('leave and come again at once: they get the answer to what is asked then, not what is still under way', () => {
    const { server, watch } = streaming();
    watch.subscription.close();
    const again = new QuoteWatch(server.client, { symbols: ['A:B', 'C:D'] });
    server.quote('A:B', { lp: 7 });
    assert.deepEqual(again.events, []);
    server.clock.advance(0);
    assert.deepEqual(server.asked(), [
      ['A:B', 'C:D'],
      ['A:B', 'C:D'],
    ]);
    assert.deepEqual(server.asked('quote_remove_symbols'), [['A:B', 'C:D']]);
    server.quote('A:B', { lp: 8, bid: 1 });
    assert.deepEqual(again.changes(), ['price bid']);
  });

  it('close the client from within', async () => {
    const server = new QuoteServer(START);
    const closed: Promise<void>[] = [];
    server.client.watchQuotes({ symbols: ['A:B', 'C:D'], throttle: 100 }, () => closed.push(server.client.close()));
    server.greet();
    server.transport.link.receive(
      ['A:B', 'C:D'].map((n) => packet('qsd', server.quoteSessions[0], { n, s: 'ok', v: { lp: 1 } })).join(''),
    );
    assert.equal(closed.length, 1);
    await Promise.all(closed);
    assert.equal(server.clock.pending, 0);
  });

  it('change what they are given: it reaches nobody else, and not the next quote', () => {
    const server = new QuoteServer(START);
    server.client.watchQuotes({ symbols: ['A:B'] }, (event) => {
      if (event.event !== 'quote') return;
      event.quote.price = -1;
      event.quote.symbol = 'spoilt';
      event.changed.length = 0;
    });
    const watch = new QuoteWatch(server.client, { symbols: ['A:B'] });
    server.greet();
    server.quote('A:B', { lp: 1 });
    server.quote('A:B', { bid: 2 });
    assert.deepEqual(watch.events.at(-1), {
      event: 'quote',
      symbol: 'A:B',
      quote: { symbol: 'A:B', price: 1, bid: 2 },
      changed: ['bid'],
    });
  });
});
