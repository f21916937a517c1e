import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FeedError } from '../../src/feed/errors';
import type { LinkEvents } from '../../src/feed/transport';
import { SteppedClock } from '../../src/market/clock';
import { QUOTE_FIELDS } from '../../src/market/quote';
import { TradingViewClient } from '../../src/tradingview/client';
import type { QuoteEvent } from '../../src/tradingview/quote-service';
import { type QuoteLine, QuoteMarket } from '../support/quote-market';

const START = Date.UTC(2026, 4, 13);
const THROTTLE = 250;

/** A client of a market in memory; what the server says comes when it is pumped. */
class Run {
  readonly clock = new SteppedClock(START);
  readonly market: QuoteMarket;
  readonly client: TradingViewClient;
  readonly #said: string[] = [];
  #link: { line: QuoteLine; events: LinkEvents } | null = null;

  constructor(symbols: number, seed: number) {
    this.market = new QuoteMarket(symbols, seed);
    this.client = new TradingViewClient({}, { transport: (events) => this.#open(events), clock: this.clock });
  }

  pump(): void {
    for (let text = this.#said.shift(); text !== undefined; text = this.#said.shift())
      this.#link?.events.received(text);
  }

  drop(): void {
    const link = this.#link;
    this.#link = null;
    this.#said.length = 0;
    link?.line.end();
    link?.events.closed({ error: new FeedError('UNREACHABLE', 'gone') });
  }

  #open(events: LinkEvents) {
    this.clock.after(0, () => {
      events.opened();
      this.#link = { line: this.market.connect((text) => this.#said.push(text)), events };
    });
    return { send: (text: string) => this.#link?.line.receive(text), close: () => queueMicrotask(() => this.drop()) };
  }
}

/** Holds each quote against the market's truth at its moment, and what is said to have moved against the one before. */
class Reader {
  readonly known = new Map<string, Record<string, unknown>>();
  /** When each symbol was told last. */
  readonly #at = new Map<string, number>();
  told = 0;

  constructor(
    readonly run: Run,
    readonly throttle: number,
  ) {}

  readonly listen = (event: QuoteEvent): void => {
    assert.equal(event.event, 'quote');
    if (event.event !== 'quote') return;
    const { symbol, quote, changed } = event;
    this.told++;
    const before = this.known.get(symbol) ?? {};
    const now: Record<string, unknown> = { ...quote };
    assert.deepEqual(now, this.run.market.quote(symbol));
    const moved = QUOTE_FIELDS.filter((field) => field in now && (!(field in before) || before[field] !== now[field]));
    if (this.throttle === 0) assert.deepEqual(changed, moved);
    // What moved there and back in a pause has moved.
    else for (const field of moved) assert.ok(changed.includes(field));
    assert.ok(changed.length > 0);
    const time = this.run.clock.now();
    assert.ok(time - (this.#at.get(symbol) ?? 0) >= this.throttle);
    this.#at.set(symbol, time);
    this.known.set(symbol, now);
  };

  /** The newest state of each symbol has been told. */
  assertComplete(): void {
    for (const symbol of this.run.market.symbols) {
      assert.deepEqual(this.known.get(symbol), this.run.market.quote(symbol), symbol);
    }
  }
}

/** @param moves in all; the link is lost after a third and after two thirds of them, and things move on meanwhile */
function hold(symbols: number, moves: number, seed: number): void {
  const run = new Run(symbols, seed);
  const { market, client, clock } = run;
  const keen = new Reader(run, 0);
  const calm = new Reader(run, THROTTLE);
  client.watchQuotes({ symbols: market.symbols }, keen.listen);
  client.watchQuotes({ symbols: market.symbols, throttle: THROTTLE }, calm.listen);
  const losses = [Math.floor(moves / 3), Math.floor((moves * 2) / 3)];
  clock.advance(0);
  run.pump();
  for (let n = 0; n < moves; n++) {
    if (losses.includes(n)) {
      clock.advance(THROTTLE);
      run.drop();
    }
    const symbol = market.move();
    run.pump();
    if (market.open.size > 0) assert.deepEqual(keen.known.get(symbol), market.quote(symbol));
    clock.advance(n % 7);
    run.pump();
  }
  clock.advance(THROTTLE);
  keen.assertComplete();
  calm.assertComplete();
  assert.ok(calm.told <= keen.told);
  assert.deepEqual(market.ever, { connections: 3, sessions: 3 });
  const sessions = [...market.open.values()].flatMap((open) => [...open.values()]);
  assert.deepEqual(
    sessions.map(({ size }) => size),
    [symbols],
  );
}

describe('client: quotes against a model', () => {
  it('are right for each of 500 symbols after 100,000 moves and two reconnects, in one session on one socket', function () {
    this.timeout(60_000);
    fc.assert(
      fc.property(fc.integer(), (seed) => hold(500, 100_000, seed)),
      { numRuns: 1 },
    );
  });

  it('are right for a few symbols, whatever moves', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 2_000, max: 4_000 }), fc.integer(), hold),
      { numRuns: 10 },
    );
  });
});
