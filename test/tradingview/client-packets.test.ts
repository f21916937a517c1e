import assert from 'node:assert/strict';
import { FeedError } from '../../src/feed/errors';
import type { RawPacket } from '../../src/tradingview/packet-service';
import { Practice } from '../support/practice-client';
import { ScriptedServer } from '../support/scripted-server';
import { jwt, TokenServer } from '../support/token-server';
import { until } from '../support/until';
import { packet } from '../support/wire';

const START = Date.UTC(2026, 4, 13, 14, 0, 0);
const MINUTE = 60_000;

describe('client: raw packets', () => {
  const setUp = (methods?: string[], options = {}) => {
    const server = new ScriptedServer(START, options);
    const packets: RawPacket[] = [];
    const states: string[] = [];
    const stateChanged = (state: string) => states.push(state);
    const subscription = server.client.watchPackets({ methods, stateChanged }, (one) => packets.push(one));
    server.greet();
    return { server, packets, states, subscription };
  };

  it('are told as they come, in order, whatever they are; hello and heartbeats are none', () => {
    const { server, packets } = setUp();
    server.transport.link.receive(
      `${packet('du', 'cs_1', { sds_1: { s: [] } })}~m~4~m~~h~1${packet('brand_new', 1, null)}${packet('du')}`,
    );
    server.transport.link.receive('~m~17~m~{"m":"no_params"}~m~8~m~{"m":"x"~m~5~m~[1,2]~m~8~m~{"x":"m"');
    assert.deepEqual(packets, [
      { m: 'du', p: ['cs_1', { sds_1: { s: [] } }] },
      { m: 'brand_new', p: [1, null] },
      { m: 'du', p: [] },
      { m: 'no_params', p: [] },
    ]);
  });

  it('may be those of some methods only', () => {
    const { server, packets, subscription } = setUp(['qsd', ' du ']);
    for (const method of ['qsd', 'du', 'DU', 'series_loading', 'du']) server.send(method, method);
    assert.deepEqual(
      packets.map(({ m }) => m),
      ['qsd', 'du', 'du'],
    );
    assert.deepEqual(subscription.methods, ['qsd', 'du']);
  });

  it('are each listener’s own', () => {
    const { server, packets } = setUp();
    const others: RawPacket[] = [];
    server.client.watchPackets({}, (one) => {
      (one.p as unknown[]).push('spoilt');
      others.push(one);
    });
    server.client.watchPackets({}, (one) => packets.push(one));
    server.send('du', 'cs_1');
    assert.deepEqual(packets, [
      { m: 'du', p: ['cs_1'] },
      { m: 'du', p: ['cs_1'] },
    ]);
    assert.equal(others.length, 1);
  });

  it('hold the connection while they are watched, and no longer', async () => {
    const { server, packets, states, subscription } = setUp();
    assert.equal(subscription.state, 'live');
    assert.equal(server.client.stats().subscriptions, 1);
    server.transport.link.end();
    assert.equal(subscription.state, 'waiting');
    server.clock.advance(1_000);
    server.greet();
    assert.deepEqual(states, ['live', 'waiting', 'live']);
    subscription.close();
    subscription.close();
    server.send('du', 'cs_1');
    assert.deepEqual(packets, []);
    server.clock.advance(5_000);
    assert.equal(server.client.status.state, 'idle');
    assert.equal(server.client.stats().subscriptions, 0);
    assert.equal(server.clock.pending, 0);
  });

  it('end with the client', async () => {
    const { server } = setUp();
    await server.client.close();
    assert.equal(server.client.stats().subscriptions, 0);
    assert.equal(server.clock.pending, 0);
  });

  it('go on beside a listener that throws, and one that closes another', () => {
    const { server, packets } = setUp();
    server.client.watchPackets({}, () => {
      last.close();
      throw new Error('tripped');
    });
    const last = server.client.watchPackets({}, () => assert.fail('it was closed'));
    server.send('du', 'cs_1');
    server.send('du', 'cs_2');
    assert.equal(packets.length, 2);
    assert.match(server.logs.join(), /tripped/);
  });

  it('that end the connection are told, too', () => {
    const { server, packets } = setUp();
    server.send('protocol_error', 'wrong data');
    assert.deepEqual(packets, [{ m: 'protocol_error', p: ['wrong data'] }]);
    assert.equal(server.client.status.error?.code, 'PROTOCOL');
  });

  it('are wanted by names', () => {
    for (const methods of ['du', [''], [7], ['two words'], {}]) {
      const { client } = new ScriptedServer(START);
      assert.throws(
        () => client.watchPackets({ methods: methods as string[] }, () => {}),
        (error) => error instanceof FeedError && error.code === 'SETTING_INVALID' && /“methods”/.test(error.message),
        JSON.stringify(methods),
      );
      assert.equal(client.status.state, 'idle');
    }
  });

  it('never hold a token or a cookie, present or former, however deep', async () => {
    const tokens = await TokenServer.open();
    const cookies = { sessionId: 'secret-cookie', sessionSign: 'v3:sign/secret=' };
    const former = jwt({ expires: START + 10 * MINUTE }, 'a');
    const present = jwt({ expires: START + 600 * MINUTE }, 'b');
    tokens.answer = present;
    const server = new ScriptedServer(START, { token: former, ...cookies }, { endpoints: tokens.endpoints });
    const packets: RawPacket[] = [];
    server.client.watchPackets({}, (one) => packets.push(one));
    server.greet();
    for (let n = 0; n < 31; n++) {
      server.clock.advance(10_000);
      server.transport.link.receive('~m~4~m~~h~1');
    }
    await until(() => server.requests('set_auth_token').length === 2);
    for (const secret of [former, present, ...Object.values(cookies)]) {
      server.send('echo', secret, `before ${secret} after ${secret}`, { [secret]: [[{ deep: [secret] }]] }, 1, null);
      server.send(secret, encodeURIComponent(secret));
      assert.doesNotMatch(JSON.stringify(packets), new RegExp(secret.replace(/[^\w]/g, '\\$&')));
    }
    assert.deepEqual(packets[0], {
      m: 'echo',
      p: ['***', 'before *** after ***', { '***': [[{ deep: ['***'] }]] }, 1, null],
    });
    assert.doesNotMatch(JSON.stringify([server.logs, server.client.stats(), server.client.status]), /secret/);
    await server.client.close();
    await tokens.close();
  });

  it('of the practice market are those that make its candles', () => {
    const practice = new Practice(START);
    const packets: RawPacket[] = [];
    practice.client.watchPackets({}, (one) => packets.push(one));
    practice.watch({ symbol: 'BINANCE:BTCUSDT', history: 3 });
    practice.seconds(30);
    const names = new Set(packets.map(({ m }) => m));
    for (const method of ['series_loading', 'symbol_resolved', 'timescale_update', 'series_completed', 'du']) {
      assert.ok(names.has(method), method);
    }
  });
});
