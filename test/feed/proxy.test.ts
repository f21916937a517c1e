import assert from 'node:assert/strict';
import type { HttpsProxyAgent } from 'https-proxy-agent';
import { type ProxySettings, proxyAgent } from '../../src/feed/proxy';

const WSS = 'wss://data.tradingview.com/socket.io/websocket';

function proxyOf(url: string, settings: ProxySettings | null, env: Record<string, string> = {}): string | undefined {
  return (proxyAgent(url, settings, env) as HttpsProxyAgent<string> | undefined)?.proxy.href;
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
    assert.equal(proxyOf(WSS, settings, env), 'http://a%40b:c%3Ad@own:8080/');
    assert.equal(proxyOf('wss://here.example/', settings, env), undefined);
  });
});
