import assert from 'node:assert/strict';
import { Secrets } from '../../src/tradingview/secrets';

describe('secrets', () => {
  it('are taken out of a text wherever they are, as often as they are', () => {
    const secrets = new Secrets('cookie-one', 'v1:cookie/two=');
    secrets.addToken('a.token.x');
    assert.equal(secrets.hide('a.token.x, cookie-one: xa.token.xx v1:cookie/two='), '***, ***: x***x ***');
    assert.equal(secrets.hide('nothing'), 'nothing');
  });

  it('are found in an address and in escaped JSON, too', () => {
    const secrets = new Secrets('v1:cookie/two=');
    assert.equal(secrets.hide(`?c=${encodeURIComponent('v1:cookie/two=')}&d`), '?c=***&d');
    assert.equal(secrets.hide('"v1:cookie\\/two="'), '"***"');
  });

  it('are the longest first, where one is a part of another', () => {
    assert.equal(new Secrets('secret', 'secret-and-more').hide('secret-and-more'), '***');
  });

  it('are former tokens, too, and the cookies for ever', () => {
    const secrets = new Secrets('cookie-one');
    for (let n = 0; n < 40; n++) secrets.addToken(`token-number-${n}.`);
    assert.equal(secrets.hide('token-number-39. token-number-25. cookie-one'), '*** *** ***');
  });

  it('are not what is too short to be one', () => {
    const secrets = new Secrets();
    secrets.addToken('bad');
    assert.equal(secrets.hide('bad auth token'), 'bad auth token');
  });

  it('are taken out of names and values at any depth of a copy', () => {
    const secrets = new Secrets('cookie-one');
    const value = JSON.parse(
      '{"a":["cookie-one",{"cookie-one!":{"b":[["x cookie-one"]]}}],"n":1,"o":null,"__proto__":{}}',
    );
    const before = JSON.stringify(value);
    const copy = secrets.redact(value);
    assert.equal(JSON.stringify(copy), before.replaceAll('cookie-one', '***'));
    assert.equal(JSON.stringify(value), before);
    assert.equal(Object.getPrototypeOf(copy), Object.prototype);
    copy.a.push(1);
    assert.equal(value.a.length, 2);
  });
});
