import assert from 'node:assert/strict';
import type { HttpsProxyAgent } from 'https-proxy-agent';
import { type ProxySettings, proxyAgent } from '../../src/feed/proxy';

const WSS = 'wss://data.tradingview.com/socket.io/websocket';

function proxyOf(url: string, settings: ProxySettings | null, env: Record<string, string | undefined> = {}) {
  return (proxyAgent(url, settings, env) as HttpsProxyAgent<string> | undefined)?.proxy.href;
}

/** `user:password`, as the proxy will be told. */
function loginOf(url: string, settings: ProxySettings | null, env: Record<string, string | undefined> = {}) {
  const { proxyHeaders } = proxyAgent(url, settings, env) as HttpsProxyAgent<string>;
  const { 'Proxy-Authorization': header } = proxyHeaders as Record<string, string>;
  return header && Buffer.from(header.replace('Basic ', ''), 'base64').toString();
}

describe('proxy', () => {
  it('is none where nothing names one', () => {
    assert.equal(proxyOf(WSS, null), undefined);
  });

  it('comes from the environment, by the kind of address, in capitals or not', () => {
    assert.equal(proxyOf(WSS, null, { HTTPS_PROXY: 'http://p:1' }), 'http://p:1/');
    assert.equal(proxyOf(WSS, null, { https_proxy: 'http://p:1' }), 'http://p:1/');
    assert.equal(proxyOf(WSS, null, { HTTP_PROXY: 'http://p:1' }), undefined);
    assert.equal(proxyOf('ws://a/', null, { HTTP_PROXY: 'http://p:1', HTTPS_PROXY: 'http://q:1' }), 'http://p:1/');
    assert.equal(proxyOf('https://a/', null, { ALL_PROXY: 'p:1' }), 'http://p:1/');
    assert.equal(proxyOf(WSS, null, { HTTPS_PROXY: 'http://[' }), undefined, 'no address: none');
  });

  it('is passed by for the hosts that NO_PROXY names', () => {
    const env = (NO_PROXY: string) => ({ HTTPS_PROXY: 'http://p:1', NO_PROXY });
    for (const exception of ['*', 'data.tradingview.com', '.tradingview.com', 'tradingview.com', '*.tradingview.com']) {
      assert.equal(proxyOf(WSS, null, env(`localhost, ${exception}`)), undefined, exception);
    }
    assert.equal(proxyOf(WSS, null, env('data.tradingview.com:443')), undefined);
    for (const other of ['', 'view.com', 'a.com,b.com', 'data.tradingview.com:80', 'prodata.tradingview.com']) {
      assert.equal(proxyOf(WSS, null, env(other)), 'http://p:1/', other);
    }
  });

  it('of the settings goes before the environment, with its own exceptions and its login', () => {
    const settings = { url: 'http://own:8080', username: 'a@b', password: 'c:d', noProxy: ['here.example'] };
    const env = { HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' };
    assert.equal(proxyOf(WSS, settings, env), 'http://own:8080/');
    assert.equal(loginOf(WSS, settings, env), 'a@b:c:d');
    assert.equal(proxyOf('wss://here.example/', settings, env), undefined);
  });

  it('has the login of its address, however that is written, and the address is no longer to be seen with it', () => {
    for (const [address, login] of [
      ['http://someone:pass%40word@p:1', 'someone:pass@word'],
      ['http://someone:50%off@p:1', 'someone:50%off'],
      ['http://someone@p:1', 'someone:'],
      ['http://p:1', undefined],
    ]) {
      assert.equal(loginOf(WSS, null, { HTTPS_PROXY: address }), login);
      assert.equal(proxyOf(WSS, null, { HTTPS_PROXY: address }), 'http://p:1/');
    }
  });
});
