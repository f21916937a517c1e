import assert from 'node:assert/strict';
import { fieldNames, MergedQuote, placeOf, QUOTE_FIELDS, type Quote } from '../../src/market/quote';
import { say } from '../support/quote-values';

const PRICE = placeOf('price');

describe('quote', () => {
  it('has only the fields that were sent, null where there is no value', () => {
    const quote = new MergedQuote('A:B');
    assert.deepEqual(quote.copy(), { symbol: 'A:B' });
    say(quote, { bid: null });
    say(quote, { price: 7 });
    assert.deepEqual(quote.copy(), { symbol: 'A:B', price: 7, bid: null });
  });

  it('has its fields in the order of the contract, whatever the order in which they came', () => {
    const quote = new MergedQuote('A:B');
    for (const field of QUOTE_FIELDS.toReversed()) say(quote, { [field]: null });
    assert.deepEqual(Object.keys(quote.copy()), ['symbol', ...QUOTE_FIELDS]);
    assert.deepEqual(fieldNames(quote.present), [...QUOTE_FIELDS]);
  });

  it('tells a field that has moved: the first time also when there is no value', () => {
    const quote = new MergedQuote('A:B');
    assert.deepEqual(fieldNames(say(quote, { delay: null })), ['delay']);
    assert.deepEqual(fieldNames(say(quote, { delay: null })), []);
    assert.deepEqual(fieldNames(say(quote, { delay: 0 })), ['delay']);
    assert.deepEqual(fieldNames(say(quote, { delay: 0 })), []);
    assert.deepEqual(fieldNames(say(quote, { delay: null })), ['delay']);
  });

  it('has each value in its own field', () => {
    const values: Omit<Required<Quote>, 'symbol'> = {
      ...{ price: 1, timestamp: 2, change: -3, changePercent: 4.5, volume: 0, bid: 6, ask: 7, bidSize: 8, askSize: 9 },
      ...{ open: 10, high: 11, low: 12, previousClose: 13, currency: 'a', description: 'b', exchange: 'c', type: 'd' },
      ...{ marketSession: 'e', delay: 14 },
    };
    const quote = new MergedQuote('A:B');
    assert.deepEqual(fieldNames(say(quote, values)), [...QUOTE_FIELDS]);
    assert.deepEqual(quote.copy(), { symbol: 'A:B', ...values });
    for (const field of QUOTE_FIELDS) {
      assert.equal(quote.value(placeOf(field)), values[field]);
      assert.deepEqual(fieldNames(say(quote, { [field]: null })), [field]);
      assert.equal(quote.copy()[field], null);
    }
  });

  it('is a new object for each who asks', () => {
    const quote = new MergedQuote('A:B');
    say(quote, { price: 7 });
    const mine = quote.copy();
    mine.price = 8;
    assert.deepEqual(quote.copy(), { symbol: 'A:B', price: 7 });
    const names = fieldNames(quote.present);
    names.pop();
    assert.deepEqual(fieldNames(quote.present), ['price']);
  });

  it('knows a field that was never sent from one without a value', () => {
    const quote = new MergedQuote('A:B');
    assert.equal(quote.value(PRICE), undefined);
    say(quote, { price: null });
    assert.equal(quote.value(PRICE), null);
  });
});
