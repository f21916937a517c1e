import assert from 'node:assert/strict';
import { deriveStatus, type Situation } from '../../nodes/shared/status';
import type { ConnectionState } from '../../src/index';

const show = (symbols: Situation['symbols'], connection: ConnectionState | null = 'live', misconfigured = false) => {
  const { fill, shape, text } = deriveStatus('tv-ohlc', { connection, misconfigured, symbols });
  return [fill, shape, text?.replace('tv-ohlc.status.', '')].join(' ');
};

describe('status', () => {
  it('of a live connection counts the symbols that live', () => {
    assert.equal(show(['live']), 'green dot live');
    assert.equal(show(['live', 'live']), 'green dot 2/2');
    assert.equal(show(['live', 'closed', 'refused', 'failed', 'invalid']), 'green dot 2/5');
    assert.equal(show(['live', 'elsewhere']), 'green dot live');
  });

  it('is red where no symbol lives, and an error where one of them keeps failing', () => {
    assert.equal(show(['failed']), 'red dot error');
    assert.equal(show(['refused', 'failed']), 'red dot error');
    assert.equal(show(['invalid', 'failed']), 'red dot error');
    assert.equal(show(['invalid']), 'red dot error');
    assert.equal(show(['refused']), 'red ring refused');
    assert.equal(show(['refused', 'invalid']), 'red ring refused');
  });

  it('is blue while a symbol loads, and grey while all markets are closed', () => {
    assert.equal(show(['live', 'loading']), 'blue ring loading');
    assert.equal(show(['failed', 'waiting']), 'blue ring loading');
    assert.equal(show(['closed', 'closed']), 'grey ring market-closed');
  });

  it('is that of the connection where this is not live', () => {
    assert.equal(show(['waiting'], 'connecting'), 'yellow ring connecting');
    assert.equal(show(['waiting'], 'authenticating'), 'yellow ring connecting');
    assert.equal(show(['waiting'], 'waiting'), 'yellow ring waiting');
    assert.equal(show(['waiting'], 'stopped'), 'red ring stopped');
    assert.equal(show(['waiting'], 'idle'), 'grey ring idle');
    assert.equal(show(['waiting'], null), 'grey ring idle');
  });

  it('of a live connection is yellow with what it has to say, and that of the symbols where they do not live', () => {
    const warned = (symbols: Situation['symbols'], connection: ConnectionState = 'live') =>
      deriveStatus('tv-ohlc', { connection, misconfigured: false, symbols, warning: 'token expires in 9 min' });
    for (const symbols of [['live'], ['closed'], ['live', 'refused']] as const) {
      assert.deepEqual(warned(symbols), { fill: 'yellow', shape: 'dot', text: 'token expires in 9 min' });
    }
    assert.equal(warned(['loading']).fill, 'blue');
    assert.equal(warned(['failed']).fill, 'red');
    assert.equal(warned(['live'], 'waiting').text, 'tv-ohlc.status.waiting');
  });

  it('of a live connection is yellow while the event loop runs late, where a symbol lives', () => {
    const late = (symbols: Situation['symbols']) =>
      deriveStatus('tv-ohlc', { connection: 'live', misconfigured: false, symbols, overloaded: true });
    assert.deepEqual(late(['live', 'live']), { fill: 'yellow', shape: 'dot', text: 'tv-ohlc.status.overloaded' });
    assert.equal(late(['loading', 'live']).fill, 'blue');
    assert.equal(late(['failed']).fill, 'red');
  });

  it('is idle without a symbol, and an error where a setting is wrong', () => {
    assert.equal(show([]), 'grey ring idle');
    assert.equal(show(['elsewhere']), 'grey ring idle');
    assert.equal(show(['live'], 'live', true), 'red dot error');
  });
});
