import assert from 'node:assert/strict';
import type { PriceEvent, WatchPricesOptions } from '../../src/news/price-service';
import { NewsStage } from '../support/news-stage';

describe('news client: prices', () => {
  let stage: NewsStage;

  beforeEach(() => {
    stage = new NewsStage();
  });

  afterEach(async () => {
    await stage.close();
    assert.equal(stage.clock.pending, 0);
    assert.deepEqual(stage.logs, []);
  });

  function watch(options: WatchPricesOptions) {
    const events: PriceEvent[] = [];
    const states: string[] = [];
    const stateChanged = (symbol: string, state: string) => void states.push(`${symbol} ${state}`);
    const subscription = stage.client.watchPrices({ ...options, stateChanged }, (event) => events.push(event));
    const of = (symbol: string) => events.filter((event) => event.symbol === symbol);
    return { events, states, subscription, of };
  }

  it('come whenever they move, in numbers, and are each watcher’s own', async () => {
    const a = watch({ symbols: [' Bitcoin ', 'ethereum', 'bitcoin'] });
    const b = watch({ symbols: ['bitcoin'] });
    assert.deepEqual(a.subscription.symbols, ['bitcoin', 'ethereum']);
    await stage.pass(61);
    assert.equal(stage.transport.tries.length, 1);
    assert.ok(b.of('bitcoin').length >= 10);
    assert.deepEqual(a.of('bitcoin'), b.of('bitcoin'));
    assert.notEqual(a.of('bitcoin')[0], b.of('bitcoin')[0]);
    const [first] = a.of('bitcoin');
    assert.ok(first?.event === 'price' && first.price.price > 0);
    const { symbol, timestamp, change24h } = first.price;
    assert.deepEqual([symbol, timestamp, typeof change24h], ['bitcoin', Date.UTC(2026, 4, 13, 14), 'number']);
    assert.deepEqual([a.subscription.state('bitcoin'), a.subscription.state('other')], ['live', undefined]);
  });

  it('of another coin are asked for anew, together with those that are known, and without a pause', async () => {
    const { states } = watch({ symbols: ['bitcoin'] });
    await stage.pass(3);
    watch({ symbols: ['solana'] });
    watch({ symbols: ['ripple'] });
    await stage.pass(3);
    const paths = stage.transport.tries.map(({ path }) => decodeURIComponent(path));
    assert.deepEqual(paths, ['/api/prices/stream?symbols=bitcoin', '/api/prices/stream?symbols=bitcoin,ripple,solana']);
    assert.deepEqual(states, ['bitcoin loading', 'bitcoin live'], 'who has a price already sees nothing of it');
    assert.equal(stage.client.status.failures, 0);
  });

  it('that nobody wants any more a moment later leave nothing behind', async () => {
    watch({ symbols: ['bitcoin'] }).subscription.close();
    await stage.client.close();
    assert.equal(stage.clock.pending, 0);
  });

  it('of another coin do not make a refused stream impatient', async () => {
    stage.news.faults.full(120);
    watch({ symbols: ['bitcoin'] });
    await stage.pass(2);
    watch({ symbols: ['solana'] });
    await stage.pass(100);
    assert.equal(stage.transport.tries.length, 1);
    await stage.news.faults.clear();
    await stage.pass(30);
    assert.match(String(stage.transport.tries.at(-1)?.path), /solana/);
  });

  it('that the server does not know are refused, once, and disturb no other', async () => {
    const { of, subscription } = watch({ symbols: ['no-such-coin', 'bitcoin'] });
    await stage.pass(120);
    const errors = of('no-such-coin').map((event) => event.event === 'error' && event.error);
    assert.equal(errors.length, 1);
    assert.ok(errors[0] && errors[0].code === 'SYMBOL_UNKNOWN' && errors[0].symbol === 'no-such-coin');
    assert.equal(subscription.state('no-such-coin'), 'refused');
    assert.equal(subscription.state('bitcoin'), 'live');
    stage.news.faults.drop();
    await stage.pass(60);
    assert.equal(of('no-such-coin').length, 1);
  });

  it('are told at most so often, the newest each, and none while nobody wants them', async () => {
    let wanted = true;
    const { of } = watch({ symbols: ['bitcoin'], throttle: '20000', wants: () => wanted });
    const all = watch({ symbols: ['bitcoin'] });
    await stage.pass(100);
    assert.ok(of('bitcoin').length <= 6 && of('bitcoin').length >= 4);
    const newest = of('bitcoin').at(-1);
    assert.ok(all.of('bitcoin').some((event) => JSON.stringify(event) === JSON.stringify(newest)));
    wanted = false;
    const before = of('bitcoin').length;
    await stage.pass(60);
    assert.equal(of('bitcoin').length, before);
    wanted = true;
    await stage.pass(30);
    assert.ok(of('bitcoin').length > before);
  });

  it('that did not move over a reconnect are not told again', async () => {
    const { of, subscription } = watch({ symbols: ['bitcoin'] });
    await stage.pass(12);
    stage.news.faults.drop();
    await stage.pass(60);
    const told = of('bitcoin').map(
      (event) => event.event === 'price' && `${event.price.price} ${event.price.change24h}`,
    );
    assert.ok(told.every((price, index) => price !== told[index - 1]));
    subscription.close();
    const late = of('bitcoin').length;
    await stage.pass(20);
    assert.equal(of('bitcoin').length, late);
  });

  it('that the server itself cannot get are an error of each coin, until they come again', async () => {
    const { events, states } = watch({ symbols: ['bitcoin', 'solana'] });
    await stage.pass(2);
    stage.news.faults.failPolls(3);
    await stage.pass(30);
    const errors = events.filter((event) => event.event === 'error');
    assert.equal(errors.length, 2);
    assert.equal(errors[0]?.error, errors[1]?.error);
    assert.deepEqual(states.slice(-4), ['bitcoin failed', 'solana failed', 'bitcoin live', 'solana live']);
  });

  it('of what is no coin, or nothing, or at a rate that is none, are refused before anything is sent', () => {
    for (const symbols of [['BINANCE:BTCUSDT'], [''], ['a b'], []]) {
      assert.throws(() => watch({ symbols }), { code: symbols.length === 0 ? 'SETTING_INVALID' : 'SYMBOL_INVALID' });
    }
    assert.throws(() => watch({ symbols: ['bitcoin'], throttle: -1 }), { code: 'SETTING_INVALID' });
    assert.equal(stage.transport.tries.length, 0);
  });
});
