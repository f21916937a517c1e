import assert from 'node:assert/strict';
import { fieldNames, MergedQuote, placeOf, QUOTE_FIELDS } from '../../src/market/quote';

const PRICE = placeOf('price');
const BID = placeOf('bid');
const DELAY = placeOf('delay');

describe('quote', () => {
  it('has only the fields that were sent, null where there is no value', () => {
    const quote = new MergedQuote('A:B');
    assert.deepEqual(quote.copy(), { symbol: 'A:B' });
    quote.merge(BID, null);
    quote.merge(PRICE, 7);
    assert.deepEqual(quote.copy(), { symbol: 'A:B', price: 7, bid: null });
  });

  it('has its fields in the order of the contract, whatever the order in which they came', () => {
    const quote = new MergedQuote('A:B');
    for (const field of QUOTE_FIELDS.toReversed()) quote.merge(placeOf(field), field);
    assert.deepEqual(Object.keys(quote.copy()), ['symbol', ...QUOTE_FIELDS]);
    assert.deepEqual(fieldNames(quote.present), [...QUOTE_FIELDS]);
  });

  it('tells a field that has moved: the first time also when there is no value', () => {
    const quote = new MergedQuote('A:B');
    assert.deepEqual(fieldNames(quote.merge(DELAY, null)), ['delay']);
    assert.deepEqual(fieldNames(quote.merge(DELAY, null)), []);
    assert.deepEqual(fieldNames(quote.merge(DELAY, 0)), ['delay']);
    assert.deepEqual(fieldNames(quote.merge(DELAY, 0)), []);
    assert.deepEqual(fieldNames(quote.merge(DELAY, null)), ['delay']);
  });

  it('is a new object for each who asks', () => {
    const quote = new MergedQuote('A:B');
    quote.merge(PRICE, 7);
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
    quote.merge(PRICE, null);
    assert.equal(quote.value(PRICE), null);
  });
});
