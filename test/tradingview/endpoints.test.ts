import assert from 'node:assert/strict';
import { FeedError } from '../../src/feed/errors';
import { customEndpoints, liveEndpoints } from '../../src/tradingview/endpoints';
import { checkClientOptions } from '../../src/tradingview/options';

describe('endpoints', () => {
  const live = (token: string | undefined, redirect: string | null = null) =>
    liveEndpoints(checkClientOptions({ token: token ?? 'x' }), () => redirect);

  it('of TradingView: a connection of type chart, on the host for those with a token', async () => {
    const { url } = await live('token').socket();
    assert.equal(url, 'wss://prodata.tradingview.com/socket.io/websocket?from=chart%2F&type=chart');
    const anonymous = liveEndpoints({ ...checkClientOptions({}), token: null }, () => null);
    assert.equal(new URL((await anonymous.socket()).url).host, 'data.tradingview.com');
    const cookies = { sessionId: 'secret-id', sessionSign: 'secret-sign' };
    const signedIn = liveEndpoints({ ...checkClientOptions(cookies), token: null }, () => null);
    const { url: theirs } = await signedIn.socket();
    assert.equal(new URL(theirs).host, 'prodata.tradingview.com');
    assert.doesNotMatch(theirs, /secret/);
  });

  it('of TradingView: another host when it was named', async () => {
    assert.equal(new URL((await live('token', 'data2.tradingview.com').socket()).url).host, 'data2.tradingview.com');
  });

  it('of TradingView: a host for each service', async () => {
    assert.equal((await live('token').lookups('symbol-search')).url, 'https://symbol-search.tradingview.com');
    assert.equal((await live('token').lookups('pine-facade')).url, 'https://pine-facade.tradingview.com');
  });

  it('never hold the token', async () => {
    const endpoints = live('secret-token');
    assert.doesNotMatch((await endpoints.socket()).url, /secret/);
  });

  it('of one’s own: as they are given, the base without slashes at its end', async () => {
    const settings = checkClientOptions({
      server: 'custom',
      url: 'ws://127.0.0.1:1/s',
      httpUrl: 'http://127.0.0.1:1/base//',
    });
    const endpoints = customEndpoints(settings);
    assert.equal((await endpoints.socket()).url, 'ws://127.0.0.1:1/s');
    assert.equal((await endpoints.lookups('scanner')).url, 'http://127.0.0.1:1/base');
  });

  it('of one’s own: no look-ups without a base', async () => {
    const endpoints = customEndpoints(checkClientOptions({ server: 'custom', url: 'ws://127.0.0.1:1/s' }));
    await assert.rejects(
      endpoints.lookups('scanner'),
      (error) => error instanceof FeedError && error.code === 'SETTING_INVALID' && /httpUrl/.test(error.message),
    );
  });
});
