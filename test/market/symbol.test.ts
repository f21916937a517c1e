import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expressionTokens, normaliseSymbol } from '../../src/market/symbol';

describe('symbol', () => {
  it('is EXCHANGE:SYMBOL, whatever signs the symbol carries', () => {
    for (const symbol of [
      'BINANCE:BTCUSDT',
      'BYBIT:BTCUSDT.P',
      'CME_MINI:ES1!',
      'NSE:M&M',
      'NSE:BAJAJ-AUTO',
      'KRX:005930',
      'TVC:^VIX',
      'NASDAQ:삼성',
      'MOEX:СБЕР',
      'A:B',
    ]) {
      assert.equal(normaliseSymbol(symbol), symbol);
    }
  });

  it('is trimmed and in capitals', () => {
    assert.equal(normaliseSymbol(' binance:btcusdt\n'), 'BINANCE:BTCUSDT');
    assert.equal(normaliseSymbol('\u00a0Nse:M&m\t'), 'NSE:M&M');
  });

  it('may be an expression of such', () => {
    for (const symbol of [
      'A:B/C:D',
      'A:B-C:D',
      'A:B+C:D*E:F',
      '2*A:B',
      'A:B*0.5',
      '1/FX:EURUSD',
      'BINANCE:BTCUSDT/BINANCE:ETHUSDT',
    ]) {
      assert.equal(normaliseSymbol(symbol), symbol);
    }
  });

  it('that is an expression has symbols, numbers and operators', () => {
    assert.deepEqual(expressionTokens('A:B/C:D'), ['A:B', '/', 'C:D']);
    assert.deepEqual(expressionTokens('2.5*A:B-C:D+1'), ['2.5', '*', 'A:B', '-', 'C:D', '+', '1']);
    assert.deepEqual(expressionTokens('NSE:BAJAJ-AUTO-NSE:TCS-1'), ['NSE:BAJAJ-AUTO', '-', 'NSE:TCS', '-', '1']);
  });

  it('is refused where it is neither', () => {
    const refused = [
      '',
      ' ',
      'BTCUSDT',
      ':',
      'A:',
      ':B',
      'A:B:C',
      'A: B',
      'A B:C',
      'A:B/C',
      'A:B/',
      '/A:B',
      '1',
      '1/2',
      'A:B//C:D',
      'A:B,C:D',
      'A:B"',
      'A:B\\',
      '={"symbol":"A:B"}',
      'A:B\nC:D',
      'A:\ud83d',
      'A:😀',
      'A:B\0',
    ];
    for (const text of refused) assert.equal(normaliseSymbol(text), undefined, JSON.stringify(text));
    for (const odd of [null, undefined, 7, {}, ['A:B'], true]) assert.equal(normaliseSymbol(odd), undefined);
  });

  it('is refused where it is absurdly long', () => {
    assert.notEqual(normaliseSymbol(`A:${'B'.repeat(254)}`), undefined);
    assert.equal(normaliseSymbol(`A:${'B'.repeat(255)}`), undefined);
  });

  it('stays what it is when it is read again, and holds nothing that JSON would have to escape', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (exchange, name) => {
        const symbol = normaliseSymbol(`${exchange}:${name}`);
        if (symbol === undefined) return;
        assert.equal(normaliseSymbol(symbol), symbol);
        assert.equal(JSON.stringify(symbol), `"${symbol}"`);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is read in no time, whatever it is', () => {
    const started = process.cpuUsage();
    for (const part of ['A:B/', 'A', '1*', 'A:B-', '1.', ':']) normaliseSymbol(`${part.repeat(100)}?`);
    assert.ok(process.cpuUsage(started).user < 500_000);
  });
});
