import assert from 'node:assert/strict';
import { readTokenTimes } from '../../src/tradingview/token';
import { jwt } from '../support/token-server';

const NONE = { expires: null, issued: null };
const withClaims = (claims: string) => `e30.${Buffer.from(claims).toString('base64url')}.sig`;

describe('the times of a token', () => {
  it('are read, in milliseconds', () => {
    const times = { expires: 1_781_042_400_000, issued: 1_781_028_000_000 };
    assert.deepEqual(readTokenTimes(jwt(times)), times);
    assert.deepEqual(readTokenTimes(jwt({ expires: times.expires })), { ...times, issued: null });
  });

  it('may be text, milliseconds, or have a fraction', () => {
    for (const exp of ['1781042400', '"1781042400"', '1781042400000', '1781042399.9999']) {
      assert.equal(readTokenTimes(withClaims(`{"exp":${exp}}`)).expires, 1_781_042_400_000, exp);
    }
  });

  it('are null where a claim is none', () => {
    for (const exp of ['null', '""', '"soon"', '-1', '0', 'true', '[1781042400]', '{}', '1e400', '1e18']) {
      assert.deepEqual(readTokenTimes(withClaims(`{"exp":${exp},"iat":${exp}}`)), NONE, exp);
    }
  });

  it('are null of whatever is no JWT', () => {
    for (const token of ['', '.', '..', 'opaque', 'a.b', 'a.b.c', 'a.%%%.c', withClaims('null'), withClaims('[1]')]) {
      assert.deepEqual(readTokenTimes(token), NONE, token);
    }
    assert.deepEqual(readTokenTimes(withClaims('{"exp":1781042400').slice(0, 20)), NONE);
  });
});
