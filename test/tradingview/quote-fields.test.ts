import assert from 'node:assert/strict';
import { fieldNames, MergedQuote, QUOTE_FIELDS, QuoteChange } from '../../src/market/quote';
import { readWireFields, saysClosed, WIRE_FIELDS, type WireFields } from '../../src/tradingview/quote-fields';
import { literalFrames, needs } from '../support/recorded-frames';

function merge(quote: MergedQuote, fields: WireFields) {
  const change = new QuoteChange();
  readWireFields(fields, change);
  return change.mergeInto(quote);
}

/** What a packet makes of a fresh quote; JSON, as on the wire. */
function read(json: string) {
  const quote = new MergedQuote('A:B');
  const moved = merge(quote, JSON.parse(json));
  const { symbol: _, ...fields } = quote.copy();
  assert.deepEqual(fieldNames(moved), Object.keys(fields));
  return fields;
}

describe('quote fields', () => {
  it('are those of the contract, by their names there', () => {
    const wire = {
      update_mode: 'delayed_streaming_900',
      current_session: 'pre_market',
      type: 'stock',
      exchange: 'NASDAQ',
      description: 'Apple Inc.',
      currency_code: 'USD',
      prev_close_price: 10,
      low_price: 9,
      high_price: 12,
      open_price: 11,
      ask_size: 8,
      bid_size: 7,
      ask: 6,
      bid: 5,
      volume: 4,
      chp: 3,
      ch: -2,
      lp_time: 1734082521,
      lp: 1,
    };
    assert.deepEqual(read(JSON.stringify(wire)), {
      price: 1,
      timestamp: 1734082521000,
      change: -2,
      changePercent: 3,
      volume: 4,
      bid: 5,
      ask: 6,
      bidSize: 7,
      askSize: 8,
      open: 11,
      high: 12,
      low: 9,
      previousClose: 10,
      currency: 'USD',
      description: 'Apple Inc.',
      exchange: 'NASDAQ',
      type: 'stock',
      marketSession: 'pre_market',
      delay: 900,
    });
    assert.deepEqual([...WIRE_FIELDS].sort(), Object.keys(wire).sort());
    assert.equal(WIRE_FIELDS.length, QUOTE_FIELDS.length);
  });

  it('that upstream has not sent do not appear, and others than ours are left alone', () => {
    assert.deepEqual(read('{"lp":1,"rtc":5,"trade_loaded":true,"local_description":"삼성전자보통주"}'), { price: 1 });
    assert.deepEqual(read('{}'), {});
  });

  it('have no value where upstream says so, in whichever way', () => {
    for (const none of ['null', '1e+100', '-1e+100', '1e999', '"NaN"', '"1"', 'true', '{}', '[1]']) {
      assert.deepEqual(read(`{"lp":${none},"lp_time":${none},"volume":${none}}`), {
        price: null,
        timestamp: null,
        volume: null,
      });
    }
    for (const none of ['null', '""', '7', '{}']) {
      assert.deepEqual(read(`{"type":${none},"update_mode":${none}}`), { type: null, delay: null });
    }
  });

  it('tell the delay in seconds, where one is known', () => {
    const delay = (mode: string) => read(JSON.stringify({ update_mode: mode })).delay;
    assert.deepEqual(['streaming', 'delayed_streaming_900', 'delayed_streaming_60'].map(delay), [0, 900, 60]);
    assert.deepEqual(
      ['endofday', 'snapshot', 'delayed_streaming_', 'delayed_streaming_x'].map(delay),
      Array(4).fill(null),
    );
  });

  it('may be named anything without harm', () => {
    const fields = read('{"__proto__":{"lp":6},"constructor":{"lp":1},"toString":1,"hasOwnProperty":2,"bid":3}');
    assert.deepEqual(fields, { bid: 3 });
    assert.equal(({} as { lp?: unknown }).lp, undefined);
    assert.deepEqual(read('{"description":"__proto__"}'), { description: '__proto__' });
  });

  it('say when the market is closed; before and after hours it is not', () => {
    const closed = (session: string | null) => {
      const quote = new MergedQuote('A:B');
      merge(quote, { current_session: session });
      return saysClosed(quote);
    };
    assert.deepEqual(['out_of_session', 'holiday'].map(closed), [true, true]);
    assert.deepEqual(['market', 'pre_market', 'post_market', null].map(closed), [false, false, false, false]);
    assert.equal(saysClosed(new MergedQuote('A:B')), false);
  });

  it('are read from what was recorded', function () {
    const recorded = needs(literalFrames(), this)
      .map(({ payload }) => (payload.includes('"qsd"') ? JSON.parse(payload).p[1] : null))
      .find((data) => data?.n === 'BINANCE:BTCUSDT' && data.s === 'ok');
    assert.deepEqual(read(JSON.stringify(recorded.v)), {
      price: 99957.9,
      timestamp: 1734082521000,
      change: -46.39,
      changePercent: -0.05,
      volume: 6817.46425,
    });
  });
});
