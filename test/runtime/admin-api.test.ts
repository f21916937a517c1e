import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FastMarket } from '../support/fast-market';
import { NodeRedProcess } from '../support/node-red-process';
import { PackedPalette } from '../support/packed-palette';

const SECRET = 'no-jwt-but-a-secret';

interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the editor gets
  body: any;
}

describe('what the editor asks of a real Node-RED', function () {
  this.timeout(120_000);
  let palette: PackedPalette;
  let red: NodeRedProcess;
  let market: FastMarket;

  before(async () => {
    market = await FastMarket.open();
    palette = new PackedPalette();
    red = await NodeRedProcess.start(palette.userDir, {});
    const connection = { id: 'c', type: 'tv-connection', server: 'custom', url: market.url, httpUrl: market.httpUrl };
    await red.deploy([
      { id: 'f', type: 'tab' },
      { ...connection, credentials: { token: '' } },
      { id: 'wrong', type: 'tv-connection', server: 'moon' },
      {
        id: 'n',
        z: 'f',
        type: 'tv-ohlc',
        connection: 'c',
        symbols: ['BINANCE:BTCUSDT'],
        x: 1,
        y: 1,
        wires: [[], [], []],
      },
    ]);
  });

  after(async () => {
    await red?.stop();
    await market?.close();
    palette?.remove();
  });

  const get = async (path: string): Promise<Answer> => {
    const response = await red.get(`/livetick/tradingview/${path}`);
    return { status: response.status, body: await response.json() };
  };
  const test = async (body: object): Promise<Answer> => {
    const response = await fetch(`${red.url}/livetick/tradingview/test`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };

  it('symbols, through a deployed connection and before there is one', async () => {
    for (const where of ['connection=c', 'server=practice']) {
      const { status, body } = await get(`symbols?${where}&q=bitcoin`);
      assert.equal(status, 200);
      const found = body.symbols.find(({ symbol }: { symbol: string }) => symbol === 'BINANCE:BTCUSDT');
      assert.deepEqual(Object.keys(found).sort(), ['description', 'exchange', 'symbol', 'type']);
    }
  });

  it('indicators, and what one takes and gives', async () => {
    const { body } = await get('indicators?connection=c&q=relative');
    assert.deepEqual(body.indicators, [
      { id: 'STD;RSI', version: '45.0', name: 'Relative Strength Index', author: 'TradingView' },
    ]);
    const { body: rsi } = await get('indicators/STD%3BRSI?connection=c');
    assert.deepEqual(Object.keys(rsi).sort(), ['id', 'inputs', 'name', 'plots', 'version']);
    const { id, name, type, default: value, min } = rsi.inputs[0];
    assert.deepEqual([id, name, type, value, min], ['in_0', 'RSI Length', 'integer', 14, 1]);
    assert.deepEqual(rsi.plots[0], { id: 'plot_0', title: 'RSI', type: 'line' });
  });

  it('how a connection is', async () => {
    const { status, body } = await get('connections/c');
    assert.equal(status, 200);
    const { state, users, channels, reconnects, tokenExpires } = body;
    assert.deepEqual(
      { state, users, channels, reconnects, tokenExpires },
      {
        state: 'live',
        users: 1,
        channels: 1,
        reconnects: 0,
        tokenExpires: null,
      },
    );
    assert.ok(body.since > 0 && body.lastPacketAgeMs >= 0 && body.conflated >= 0);
    assert.equal(Object.keys(body).length, 8);
  });

  it('to try a connection, as typed or as deployed', async () => {
    for (const body of [{ server: 'practice' }, { connection: 'c' }]) {
      const answer = await test(body);
      assert.deepEqual([answer.status, answer.body.ok], [200, true]);
      assert.match(answer.body.text, /first candle/);
    }
    const expired = await test({ server: 'practice', token: `x.${Buffer.from('{"exp":1}').toString('base64url')}.y` });
    assert.deepEqual([expired.status, expired.body.ok, expired.body.code], [200, false, 'TOKEN_EXPIRED']);
    const refused = await test({ server: 'practice', token: SECRET });
    assert.deepEqual([refused.body.ok, refused.body.code], [false, 'TOKEN_REFUSED']);
    assert.ok(!JSON.stringify(refused).includes(SECRET));
  });

  it('an address never comes from a request', async () => {
    let asked = 0;
    const stranger = createServer((_request, response) => {
      asked++;
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const address = `127.0.0.1:${(stranger.address() as AddressInfo).port}`;
    const more = `url=ws://${address}&httpUrl=http://${address}`;
    assert.equal((await get(`symbols?server=custom&${more}&q=a`)).status, 400);
    await get(`symbols?server=practice&${more}&q=a`);
    assert.equal((await test({ server: 'custom', url: `ws://${address}`, httpUrl: `http://${address}` })).status, 400);
    stranger.close();
    assert.equal(asked, 0);
  });

  it('and answers nonsense with a sentence and a code', async () => {
    const cases: [string, number, string][] = [
      ['symbols?connection=nobody&q=a', 404, 'SETTING_INVALID'],
      ['symbols?connection=n&q=a', 404, 'SETTING_INVALID'],
      ['symbols?connection=wrong&q=a', 400, 'SETTING_INVALID'],
      ['symbols?q=a', 400, 'SETTING_INVALID'],
      ['symbols?server=practice', 400, 'SETTING_INVALID'],
      [`symbols?server=practice&q=${'a'.repeat(1000)}`, 400, 'SETTING_INVALID'],
      ['indicators/STD%3BNONE?server=practice', 404, 'INDICATOR_UNKNOWN'],
      ['indicators/nonsense?server=practice', 404, 'INDICATOR_UNKNOWN'],
      ['indicators/STD%3BRSI?server=practice&version=x', 400, 'SETTING_INVALID'],
      ['connections/nobody', 404, 'SETTING_INVALID'],
    ];
    for (const [path, status, code] of cases) {
      const answer = await get(path);
      assert.deepEqual([answer.status, answer.body.code, typeof answer.body.error], [status, code, 'string'], path);
    }
  });
});
