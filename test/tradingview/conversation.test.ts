import assert from 'node:assert/strict';
import type { LinkControl } from '../../src/feed/connection';
import { FeedError } from '../../src/feed/errors';
import type { Failure } from '../../src/feed/transport';
import { type ConversationOptions, converse, type PacketCounts } from '../../src/tradingview/conversation';
import { encodePacket } from '../../src/tradingview/framing';
import type { ServerMessage } from '../../src/tradingview/messages';
import { Secrets } from '../../src/tradingview/secrets';
import { hello, packet, read } from '../support/wire';

const TOKEN = 'eyJhbGciOi.secret-token.abc';
const beat = (n: number) => encodePacket(`~h~${n}`);

const ANONYMOUS = 'unauthorized_user_token';
const REFUSAL: Failure = { error: new FeedError('TOKEN_REFUSED', 'refused'), stop: true };

interface SetUp {
  signIn?: ConversationOptions['signIn'];
  follows?: boolean;
  message?: (message: ServerMessage) => void;
  express?: ConversationOptions['express'];
}

function setUp({
  signIn = (use) => use(ANONYMOUS),
  follows = false,
  message = () => {},
  express = () => false,
}: SetUp = {}) {
  const sent: string[] = [];
  const calls: string[] = [];
  const failures: Failure[] = [];
  const messages: ServerMessage[] = [];
  const logs: string[] = [];
  const payloads: string[] = [];
  const secrets = new Secrets();
  secrets.addToken(TOKEN);
  const greetings: (number | null)[] = [];
  const counts: PacketCounts = { packets: 0, damaged: 0, unknown: 0 };
  const control: LinkControl = {
    send: (text) => sent.push(text),
    live: () => calls.push('live'),
    alive: () => calls.push('alive'),
    healthy: () => calls.push('healthy'),
    fail: (failure) => failures.push(failure),
    again: () => calls.push('again'),
    ended: (failure) => failures.push(failure),
  };
  const { received } = converse({
    control,
    signIn,
    refusal: () => REFUSAL,
    secrets,
    counts,
    express,
    payload: (payload) => payloads.push(payload),
    greeted: (time) => greetings.push(time),
    message: (one) => {
      messages.push(one);
      message(one);
    },
    beating: () => calls.push('beating'),
    redirected: () => follows,
    log: (text) => logs.push(text),
  });
  return { received, sent, calls, failures, messages, logs, payloads, greetings, counts };
}

const methods = (messages: ServerMessage[]) =>
  messages.map((one) => (one.method === 'unknown' ? one.name : one.method));

describe('conversation: opening', () => {
  it('says nothing before the hello; then token, locale, and that it is live', () => {
    const { received, sent, calls, greetings } = setUp();
    received(beat(1));
    assert.deepEqual(read(sent.splice(0)), ['~h~1']);
    received(hello(1_781_042_003_723));
    assert.deepEqual(sent, [
      '~m~54~m~{"m":"set_auth_token","p":["unauthorized_user_token"]}',
      '~m~34~m~{"m":"set_locale","p":["en","US"]}',
    ]);
    assert.deepEqual(calls, ['alive', 'beating', 'alive', 'live']);
    assert.deepEqual(greetings, [1_781_042_003_723]);
  });

  it('gives its token, and no log ever holds it', () => {
    const { received, sent, logs } = setUp({ signIn: (use) => use(TOKEN) });
    received(hello(0));
    assert.deepEqual(read(sent)[0], { m: 'set_auth_token', p: [TOKEN] });
    received(`${TOKEN}${encodePacket(TOKEN)}${encodePacket(`{"m":"${TOKEN}`)}~m~99~m~${TOKEN}`);
    assert.ok(logs.length > 0);
    assert.doesNotMatch(logs.join(), /secret/);
  });

  it('takes any packet without a method for the hello, and only the first', () => {
    for (const first of [
      '{}',
      '{"timestamp":1634000000,"javastudies":"javastudies-3.61_2654"}',
      '~j~{"session_id":"x"}',
    ]) {
      const { received, sent, calls, greetings } = setUp();
      received(encodePacket(first) + encodePacket('{}'));
      received(hello(5));
      assert.equal(sent.length, 2);
      assert.deepEqual(
        calls.filter((call) => call === 'live'),
        ['live'],
      );
      assert.deepEqual(greetings, [first.includes('timestamp') ? 1_634_000_000_000 : null]);
    }
  });

  it('waits for the token where it must be fetched first, echoing heartbeats meanwhile', () => {
    let use = (_: string) => {};
    const { received, sent, calls } = setUp({
      signIn: (found) => {
        use = found;
      },
    });
    received(hello(0) + beat(1));
    assert.deepEqual(read(sent.splice(0)), ['~h~1']);
    assert.ok(!calls.includes('live'));
    use(TOKEN);
    assert.deepEqual(read(sent)[0], { m: 'set_auth_token', p: [TOKEN] });
    assert.ok(calls.includes('live'));
  });

  it('fails, and sends nothing, where there is nothing to sign in with', () => {
    const { received, sent, calls, failures } = setUp({ signIn: (_, fail) => fail(REFUSAL) });
    received(hello(0));
    assert.deepEqual(failures, [REFUSAL]);
    assert.deepEqual(sent, []);
    assert.ok(!calls.includes('live'));
  });

  it('follows to another host when that is wanted, and gives no token here', () => {
    const { received, sent, calls } = setUp({ signIn: (use) => use(TOKEN), follows: true });
    received(hello(0, { redirect: 'data2.tradingview.com' }));
    assert.deepEqual(sent, []);
    assert.deepEqual(calls, ['alive', 'again']);
  });

  it('stays where the other host is not wanted', () => {
    const { received, sent } = setUp();
    received(hello(0, { redirect: 'evil.example' }));
    assert.equal(sent.length, 2);
  });
});

describe('conversation: heartbeats', () => {
  it('are echoed once and at once, alone and joined with data before and after', () => {
    const { received, sent, messages } = setUp();
    const data = packet('du', 'cs_1', {});
    for (const [n, message] of [beat(0), beat(1) + data, data + beat(2), data + beat(3) + data].entries()) {
      received(message);
      assert.deepEqual(sent.splice(0), [beat(n)]);
    }
    assert.equal(messages.length, 4);
  });

  it('are echoed before the data behind them are handled', () => {
    const order: string[] = [];
    const parts = setUp({ message: () => order.push(...read(parts.sent.splice(0)).map(String), 'data') });
    parts.received(beat(9) + packet('du', 'cs_1', {}));
    assert.deepEqual(order, ['~h~9', 'data']);
  });

  it('within a payload are none', () => {
    const { received, sent } = setUp();
    received(packet('qsd', 'qs_1', { n: '~h~7' }));
    assert.deepEqual(sent, []);
  });
});

describe('conversation: messages', () => {
  it('are passed on in order', () => {
    const { received, messages } = setUp();
    received(packet('series_loading', 'cs_1', 'sds_1', 's1') + packet('du', 'cs_1', {}) + packet('brand_new', 1));
    assert.deepEqual(methods(messages), ['series_loading', 'du', 'brand_new']);
  });

  it('that are unknown are counted, passed on, and harmless', () => {
    const { received, counts, messages, failures } = setUp();
    received(packet('brand_new', { __proto__: null }) + packet('constructor'));
    assert.deepEqual(counts, { packets: 2, damaged: 0, unknown: 2 });
    assert.equal(messages.length, 2);
    assert.deepEqual(failures, []);
  });

  it('that are unknown are named in the log once each, and not without end', () => {
    const { received, logs } = setUp();
    for (let n = 0; n < 1_000; n++) received(packet(`new_${n % 500}`) + packet('brand_new'));
    assert.ok(logs.length >= 2 && logs.length <= 100);
    assert.equal(logs.filter((text) => text.includes('brand_new')).length, 1);
  });

  it('that are malformed cost only themselves, are counted, and logged without their content', () => {
    const { received, counts, messages, logs } = setUp();
    received(
      encodePacket('{"m":"secret') +
        packet('du', 'cs_1', {}) +
        encodePacket('{"m":"du","p":["secret"]}') +
        packet('du', 'cs_1', {}),
    );
    assert.equal(messages.length, 2);
    assert.deepEqual(counts, { packets: 4, damaged: 2, unknown: 0 });
    assert.equal(logs.length, 1, 'one line a message');
    received(`secret${packet('du', 'cs_1', {})}~m~900~m~secret`);
    assert.equal(messages.length, 3);
    assert.equal(counts.damaged, 4);
    assert.doesNotMatch(logs.join(), /secret/);
  });

  it('are told as they came before they are read, whatever they are, but for heartbeats', () => {
    const { received, payloads } = setUp();
    const texts = ['{"session_id":"x"}', '{"m":"du","p":["cs_1",{}]}', '{"m":"du","p":[]}', 'rubbish'];
    received(beat(1) + texts.map(encodePacket).join('') + beat(2));
    assert.deepEqual(payloads, texts);
  });

  it('that say an error never hold a secret, and no log does', () => {
    const { received, messages, failures, logs } = setUp();
    received(packet('symbol_error', 'cs_1', 'sds_sym_1', `no rights: ${TOKEN}`) + packet(TOKEN));
    received(packet('qsd', 'qs_1', { n: 'A:B', s: 'error', errmsg: `no rights: ${TOKEN}` }));
    received(packet('protocol_error', `wrong data ${TOKEN}`));
    assert.equal(messages.length, 3);
    assert.doesNotMatch(JSON.stringify([messages[0], messages[2], failures, logs]), /secret-token/);
    assert.match(failures[0]?.error.message ?? '', /wrong data \*\*\*/);
  });

  it('that trip a handler do not cost those behind them', () => {
    const parts = setUp({
      message: (one) => {
        if (one.method === 'series_loading') throw new Error('tripped');
      },
    });
    parts.received(packet('series_loading', 'cs_1', 'sds_1', 's1') + packet('du', 'cs_1', {}) + beat(3));
    assert.deepEqual(methods(parts.messages), ['series_loading', 'du']);
    assert.deepEqual(read(parts.sent), ['~h~3']);
    assert.match(parts.logs.join(), /tripped/);
  });

  it('prove health only when they carry data', () => {
    for (const [method, healthy] of Object.entries({
      du: true,
      timescale_update: true,
      series_completed: true,
      series_loading: false,
      symbol_error: false,
      brand_new: false,
    })) {
      const { received, calls } = setUp();
      received(hello(0));
      received(packet(method, 'cs_1', method === 'du' || method === 'timescale_update' ? {} : 'sds_1', 's1'));
      assert.equal(calls.includes('healthy'), healthy, method);
    }
  });
});

describe('conversation: errors of the whole connection', () => {
  const failureOf = (...reason: unknown[]) => {
    const { received, failures } = setUp();
    received(packet('protocol_error', ...reason));
    assert.equal(failures.length, 1);
    return failures[0] as Failure;
  };

  it('a refused token is judged by whoever gave it', () => {
    for (const reason of [
      'bad auth token',
      'wrong_auth_token',
      'invalid token <<"x">>',
      'Invalid access token',
      'token is expired',
    ]) {
      assert.equal(failureOf(reason), REFUSAL, reason);
    }
  });

  it('a ban stops', () => {
    for (const reason of ['banned', 'banned by user_id', 'banned by ip']) {
      const { error, stop } = failureOf(reason);
      assert.equal(error.code, 'BANNED');
      assert.equal(stop, true);
    }
  });

  it('too many connections wait a quarter of an hour', () => {
    const { error, stop, minWait } = failureOf('user connections limit reached');
    assert.equal(error.code, 'TOO_MANY_CONNECTIONS');
    assert.equal(minWait, 15 * 60_000);
    assert.notEqual(stop, true);
  });

  it('anything else is tried again', () => {
    for (const reason of [
      'wrong data',
      'Unexpected token < in JSON',
      '{unknown_session_id,<<"x">>}',
      '',
      { error: 'odd' },
      7,
    ]) {
      const { error, stop, minWait } = failureOf(reason);
      assert.equal(error.code, 'PROTOCOL');
      assert.notEqual(stop, true);
      assert.equal(minWait, undefined);
    }
  });
});

describe('conversation: packets that are taken as they came', () => {
  const quote = packet('qsd', 'qs_1', { n: 'A:B', s: 'ok', v: {} });

  it('count, and show that data flow, up to the first that is to be read; that and the rest are read', () => {
    let taken = 0;
    const { received, counts, calls, payloads, messages } = setUp({ express: () => ++taken <= 2 });
    received(Buffer.from(quote + quote + quote + beat(1) + quote));
    assert.equal(taken, 3);
    assert.equal(counts.packets, 5);
    assert.equal(payloads.length, 2);
    assert.deepEqual(
      messages.map(({ method }) => method),
      ['qsd', 'qsd'],
    );
    assert.equal(calls[1], 'healthy', 'before the heartbeat');
  });

  it('are all there is to some messages', () => {
    const { received, counts, calls, payloads } = setUp({ express: () => true });
    received(Buffer.from(quote + quote));
    assert.deepEqual([counts.packets, payloads, calls], [2, [], ['alive', 'healthy']]);
  });

  it('show nothing when none was taken', () => {
    const { received, calls } = setUp();
    received(Buffer.from(beat(1)));
    assert.deepEqual(calls, ['alive', 'beating']);
  });

  it('cost only themselves when one trips a handler', () => {
    let taken = 0;
    const { received, counts, logs } = setUp({
      express: () => {
        taken++;
        if (taken === 1) throw new Error('tripped');
        return true;
      },
    });
    received(Buffer.from(quote + quote));
    assert.deepEqual([taken, counts.packets], [2, 2]);
    assert.match(logs.join(), /could not be handled: .*tripped/);
  });
});
