import assert from 'node:assert/strict';
import type { ConnectionState } from '../../src/feed/connection';
import { FeedError } from '../../src/feed/errors';
import { Renewal } from '../../src/news/renewal';

const seen = (...states: (ConnectionState | 'error')[]) => {
  const renewal = new Renewal();
  let error: FeedError | null = null;
  return states.flatMap((state) => {
    if (state === 'error') {
      error = new FeedError('UNREACHABLE', 'gone');
      return [];
    }
    if (state === 'live') error = null;
    return [renewal.see({ state, since: 0, error, failures: 0 })];
  });
};

describe('a stream that is followed by the next', () => {
  it('is live all the time to those who watch', () => {
    assert.deepEqual(seen('live', 'connecting', 'authenticating', 'live', 'connecting'), Array(5).fill('live'));
  });

  it('is not before it was live, nor once something went wrong', () => {
    assert.deepEqual(seen('idle', 'connecting', 'authenticating', 'live'), [
      'idle',
      'connecting',
      'authenticating',
      'live',
    ]);
    assert.deepEqual(seen('live', 'connecting', 'error', 'waiting', 'connecting', 'live', 'stopped', 'connecting'), [
      'live',
      'live',
      'waiting',
      'connecting',
      'live',
      'stopped',
      'connecting',
    ]);
  });
});
