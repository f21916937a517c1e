import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeFrame } from '../../src/tradingview/framing';
import {
  encodeRequest,
  type Packet,
  readPacket,
  type SeriesData,
  type ServerMessage,
} from '../../src/tradingview/messages';
import { literalFrames, needs, recordedSession } from '../support/recorded-frames';

function message(method: string, ...params: unknown[]): ServerMessage {
  const packet = readPacket(JSON.stringify({ m: method, p: params }));
  assert.equal(packet.kind, 'message', JSON.stringify(packet));
  return (packet as Packet & { kind: 'message' }).message;
}

function series(part: unknown): SeriesData | undefined {
  const read = message('du', 'cs_1', { sds_1: part });
  assert.equal(read.method, 'du');
  return (read as ServerMessage & { method: 'du' }).series.get('sds_1');
}

describe('messages: what a payload is', () => {
  it('a heartbeat, with its payload to be echoed', () => {
    assert.deepEqual(readPacket('~h~17'), { kind: 'heartbeat', payload: '~h~17' });
  });

  it('the hello: known by having no method, not by its fields', () => {
    const hellos: [Record<string, unknown>, number | null, string | null][] = [
      [
        { session_id: 'x', timestamp: 1781042003, timestampMs: 1781042003723, javastudies: ['3.66'] },
        1781042003723,
        null,
      ],
      [{ session_id: 'x', timestamp: 1634000000, javastudies: 'javastudies-3.61_2654' }, 1634000000000, null],
      [{ redirect: 'data2.tradingview.com' }, null, 'data2.tradingview.com'],
      [{}, null, null],
      [{ timestampMs: 'soon', redirect: 7 }, null, null],
    ];
    for (const [fields, time, redirect] of hellos) {
      assert.deepEqual(readPacket(JSON.stringify(fields)), { kind: 'hello', time, redirect });
    }
  });

  it('JSON behind the old mark of socket.io', () => {
    assert.equal(readPacket('~j~{"m":"protocol_error","p":["wrong data"]}').kind, 'message');
  });

  it('malformed, with a reason that holds nothing of the content', () => {
    for (const payload of [
      '{"m":"secret"',
      '',
      'secret',
      '"secret"',
      '[1]',
      'null',
      '7',
      '{"m":["secret"]}',
      '{"m":null}',
      '{"m":"du","p":"secret"}',
      '{"m":"du","p":{}}',
      '{"m":"du","p":[]}',
      '~h~x',
      '~j~',
    ]) {
      const packet = readPacket(payload);
      assert.equal(packet.kind, 'malformed', payload);
      assert.doesNotMatch((packet as { reason: string }).reason, /secret/);
    }
  });

  it('unknown, and passed on as it came', () => {
    assert.deepEqual(message('tickmark_update', 'cs_1', 'sds_1'), {
      method: 'unknown',
      name: 'tickmark_update',
      params: ['cs_1', 'sds_1'],
    });
    assert.deepEqual(readPacket('{"m":"new_thing"}'), {
      kind: 'message',
      message: { method: 'unknown', name: 'new_thing', params: [] },
    });
    for (const name of ['constructor', '__proto__', 'toString', 'unknown', '']) {
      assert.deepEqual(message(name, 1), { method: 'unknown', name, params: [1] });
    }
  });
});

describe('messages: series data', () => {
  it('are bars in milliseconds with their place, close time and turnaround', () => {
    const part = {
      s: [{ i: 9, v: [1734082440, 100010, 100011, 100006.27, 100007, 1.3242] }],
      ns: { d: '', indexes: 'nochange' },
      t: 's1',
      lbs: { bar_close_time: 1734082500 },
    };
    const bar = {
      place: 9,
      time: 1734082440000,
      open: 100010,
      high: 100011,
      low: 100006.27,
      close: 100007,
      volume: 1.3242,
    };
    assert.deepEqual(series(part), { bars: [bar], closeTime: 1734082500000, turnaround: 's1' });
  });

  it('have no volume where the market has none, or says that there is none', () => {
    for (const v of [
      [1, 2, 2, 2, 2],
      [1, 2, 2, 2, 2, null],
      [1, 2, 2, 2, 2, 1e100],
      [1, 2, 2, 2, 2, 'NaN'],
    ]) {
      assert.equal(series({ s: [{ i: 0, v }] })?.bars[0]?.volume, null);
    }
    assert.equal(series({ s: [{ i: 0, v: [1, 2, 2, 2, 2, 0] }] })?.bars[0]?.volume, 0);
  });

  it('are put in order; the last word on a bar stays last', () => {
    const v = (time: number, open: number) => [time, open, 9, 1, 5, 1];
    const bars = series({
      s: [
        { i: 2, v: v(3, 30) },
        { i: 1, v: v(2, 20) },
        { i: 2, v: v(3, 31) },
        { i: 0, v: v(1, 10) },
      ],
    })?.bars;
    assert.deepEqual(
      bars?.map(({ time, open }) => [time, open]),
      [
        [1000, 10],
        [2000, 20],
        [3000, 30],
        [3000, 31],
      ],
    );
  });

  it('leave out what is no bar, and keep the good ones beside it', () => {
    const good = { i: 1, v: [60, 2, 3, 1, 2, 5] };
    const bad = [
      null,
      7,
      'x',
      [],
      {},
      { v: null },
      { v: [] },
      { v: [1, 2, 3, 4] },
      { v: [null, 1, 1, 1, 1] },
      { v: ['1', 1, 1, 1, 1] },
      { v: [1, 1e100, 1, 1, 1] },
    ];
    assert.deepEqual(
      series({ s: [...bad, good, ...bad] })?.bars.map(({ time }) => time),
      [60_000],
    );
  });

  it('are absent for studies, and for what has no bars', () => {
    for (const part of [{ st: [] }, {}, null, 'x', []]) assert.equal(series(part), undefined);
  });

  it('of which no bar can be read are damaged, for it must be known that something is lost', () => {
    for (const s of ['x', {}, [1], [{ i: 0, v: ['1', '1', '1', '1', '1'] }]]) {
      const packet = JSON.stringify({ m: 'du', p: ['cs_1', { sds_1: { s, t: 's1' } }] });
      assert.equal(readPacket(packet).kind, 'malformed', packet);
    }
  });

  it('may be empty, or without close time and turnaround', () => {
    assert.deepEqual(series({ s: [] }), { bars: [], closeTime: null, turnaround: null });
    assert.equal(series({ s: [], lbs: { bar_close_time: 1e100 } })?.closeTime, null);
    assert.equal(series({ s: [], lbs: { bar_close_time: 'late' } })?.closeTime, null);
  });

  it('say when places have shifted', () => {
    const shifted = (timescale: unknown) => {
      const read = message('timescale_update', 'cs_1', {}, timescale) as ServerMessage & { method: 'timescale_update' };
      return read.shifted;
    };
    assert.equal(shifted({ index: 0, changes: [], index_diff: [{ old: 3, new: 4 }] }), true);
    assert.equal(shifted({ index: 300, changes: [1], index_diff: [] }), false);
    for (const odd of [undefined, null, {}, { index_diff: null }, { index_diff: 'x' }, []])
      assert.equal(shifted(odd), false);
  });

  it('are not led astray by keys of objects’ own making', () => {
    const payload =
      '{"m":"du","p":["cs_1",{"__proto__":{"s":[{"i":0,"v":[1,1,1,1,1]}]},"constructor":{"s":[]},"sds_1":{"s":[],"__proto__":{"t":"x"}}}]}';
    const packet = readPacket(payload);
    assert.equal(packet.kind, 'message');
    const read = (packet as { message: ServerMessage & { method: 'du' } }).message;
    assert.deepEqual([...read.series.keys()].sort(), ['__proto__', 'constructor', 'sds_1']);
    assert.equal(read.series.get('sds_1')?.turnaround, null);
    assert.equal(({} as { s?: unknown }).s, undefined);
  });
});

describe('messages: the rest', () => {
  it('symbol_resolved: hours, time zone, holidays and delay', () => {
    const info = {
      session: '0930-1600',
      timezone: 'America/New_York',
      session_holidays: '20260101',
      delay: 900,
      full_name: 'X',
    };
    assert.deepEqual(message('symbol_resolved', 'cs_1', 'sds_sym_1', info), {
      method: 'symbol_resolved',
      session: 'cs_1',
      slot: 'sds_sym_1',
      info: { session: '0930-1600', timezone: 'America/New_York', holidays: '20260101', delay: 900 },
    });
    const nothing = { session: null, timezone: null, holidays: null, delay: 0 };
    for (const odd of [{}, { session: 7, timezone: null, delay: '900' }, { delay: -5 }, { delay: null }]) {
      const read = message('symbol_resolved', 'cs_1', 'sds_sym_1', odd);
      assert.deepEqual((read as ServerMessage & { method: 'symbol_resolved' }).info, nothing);
    }
  });

  it('symbol_error: the reason with its details', () => {
    assert.deepEqual(message('symbol_error', 'cs_1', 'sds_sym_1', 'permission denied', 'group', 'economics_paid'), {
      method: 'symbol_error',
      session: 'cs_1',
      slot: 'sds_sym_1',
      reason: 'permission denied group economics_paid',
    });
  });

  it('series_completed: mode, update period and why history ends', () => {
    const completed = (...params: unknown[]) => message('series_completed', 'cs_1', 'sds_1', ...params);
    const common = { method: 'series_completed', session: 'cs_1', series: 'sds_1' };
    assert.deepEqual(completed('streaming', 's1', { rt_update_period: 5 }), {
      ...common,
      turnaround: 's1',
      mode: 'streaming',
      updatePeriod: 5000,
      end: null,
    });
    assert.deepEqual(completed('delayed_streaming_900', 's1', { data_completed: 'limit' }), {
      ...common,
      turnaround: 's1',
      mode: 'delayed_streaming_900',
      updatePeriod: 0,
      end: 'limit',
    });
    assert.deepEqual(completed('streaming', 's1', { data_completed: 'end' }), {
      ...common,
      turnaround: 's1',
      mode: 'streaming',
      updatePeriod: 0,
      end: 'end',
    });
    assert.deepEqual(completed(), { ...common, turnaround: null, mode: '', updatePeriod: 0, end: null });
    assert.deepEqual(completed(1, 2, { data_completed: 'soon', rt_update_period: '5' }), {
      ...common,
      turnaround: null,
      mode: '',
      updatePeriod: 0,
      end: null,
    });
  });

  it('series_error: the reason is the fourth, and may be an object', () => {
    const error = (...params: unknown[]) =>
      message('series_error', 'cs_1', 'sds_1', ...params) as ServerMessage & { method: 'series_error' };
    assert.equal(error('s1', 'resolve error', 'srv-1@srv-1').reason, 'resolve error srv-1@srv-1');
    assert.equal(error('s1', { error: 'study_not_auth:BarSetSpread', ctx: {} }).reason, 'study_not_auth:BarSetSpread');
    assert.equal(error('s1', { ctx: {} }, null, 7).reason, '');
    assert.equal(error('s1', 'resolve error').turnaround, 's1');
  });

  it('critical_error and protocol_error: at their scope, whatever the reason is made of', () => {
    assert.deepEqual(message('critical_error', 'cs_1', 'invalid parameters', 'method: create_series'), {
      method: 'critical_error',
      session: 'cs_1',
      reason: 'invalid parameters',
      info: 'method: create_series',
    });
    assert.deepEqual(message('critical_error', 'cs_1'), {
      method: 'critical_error',
      session: 'cs_1',
      reason: '',
      info: '',
    });
    assert.deepEqual(message('protocol_error', 'bad auth token'), {
      method: 'protocol_error',
      reason: 'bad auth token',
    });
    assert.deepEqual(message('protocol_error', 7, null), { method: 'protocol_error', reason: '' });
  });
});

describe('messages: anything', () => {
  const METHODS = [
    'symbol_resolved',
    'symbol_error',
    'timescale_update',
    'du',
    'series_loading',
    'series_completed',
    'series_error',
    'critical_error',
    'protocol_error',
    'qsd',
    'quote_completed',
    'x',
  ];
  const shape = { sds_1: { s: [{ i: 0, v: [1, 1, 1, 1, 1, 1] }], t: 's1', lbs: { bar_close_time: 2 } } };
  const GOOD: unknown[][] = [
    ['cs_1', 'sds_1', { delay: 1 }],
    ['cs_1', shape, { index_diff: [] }],
    ['cs_1', 'sds_1', 'streaming', 's1', {}],
    ['qs_1', { n: 'A:B', s: 'error', errmsg: 'no', v: { lp: 1 } }],
    ['qs_1', 'A:B', { s: 'timeout' }],
  ];

  it('never makes it throw: any JSON in place of the parameters', () => {
    fc.assert(
      fc.property(fc.constantFrom(...METHODS), fc.jsonValue(), (m, p) => {
        assert.doesNotThrow(() => readPacket(JSON.stringify({ m, p })));
      }),
    );
  });

  it('never makes it throw: any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readPacket(text)));
  });

  it('never makes it throw: a value of the wrong kind anywhere in a good message', () => {
    for (const method of METHODS) {
      for (const params of GOOD) {
        for (const wrong of [null, 0, -1, 1e308, '', 'x', [], [[]], {}, { s: null }, true]) {
          for (const mutated of mutations(params, wrong)) {
            assert.doesNotThrow(() => readPacket(JSON.stringify({ m: method, p: mutated })));
          }
        }
      }
    }
  });

  /** The value with `wrong` in place of each of its parts in turn. */
  function* mutations(value: unknown, wrong: unknown): Generator<unknown> {
    yield wrong;
    if (typeof value !== 'object' || value === null) return;
    for (const [key, part] of Object.entries(value)) {
      for (const mutated of mutations(part, wrong)) {
        yield Array.isArray(value) ? value.with(Number(key), mutated) : { ...value, [key]: mutated };
      }
    }
  }

  it('keeps only finite numbers', () => {
    const packet = readPacket(
      '{"m":"du","p":["cs_1",{"sds_1":{"s":[{"i":1e999,"v":[1,1e999,1,1,1]},{"i":1e999,"v":[1,1,1,1,1,-1e999]}],"lbs":{"bar_close_time":1e999}}}]}',
    );
    const read = (packet as { message: ServerMessage & { method: 'du' } }).message.series.get('sds_1');
    assert.deepEqual(read, {
      bars: [{ place: Number.NaN, time: 1000, open: 1, high: 1, low: 1, close: 1, volume: null }],
      closeTime: null,
      turnaround: null,
    });
  });
});

describe('messages: quotes', () => {
  it('have the symbol as it was added, how it stands, and the fields as they came', () => {
    assert.deepEqual(message('qsd', 'qs_1', { n: '={"symbol":"A:B"}', s: 'ok', v: { lp: 1, bid: null } }), {
      method: 'qsd',
      session: 'qs_1',
      symbol: '={"symbol":"A:B"}',
      status: 'ok',
      reason: '',
      fields: { lp: 1, bid: null },
    });
    const refused = message('qsd', 'qs_1', { n: 'A:B', s: 'error', errmsg: 'no_such_symbol', v: {} });
    assert.deepEqual(refused, {
      method: 'qsd',
      session: 'qs_1',
      symbol: 'A:B',
      status: 'error',
      reason: 'no_such_symbol',
      fields: {},
    });
  });

  it('may leave out what is not needed', () => {
    for (const data of [{ n: 'A:B' }, { n: 'A:B', s: 7, v: [], errmsg: {} }, { n: 'A:B', s: null, v: null }]) {
      const { status, reason, fields } = message('qsd', 'qs_1', data) as ServerMessage & { method: 'qsd' };
      assert.deepEqual({ status, reason, fields }, { status: 'ok', reason: '', fields: {} });
    }
  });

  it('are complete, or not in time', () => {
    const completed = { method: 'quote_completed', session: 'qs_1', symbol: 'A:B' };
    assert.deepEqual(message('quote_completed', 'qs_1', 'A:B'), { ...completed, status: 'ok' });
    assert.deepEqual(message('quote_completed', 'qs_1', 'A:B', { s: 'timeout' }), { ...completed, status: 'timeout' });
    assert.deepEqual(message('quote_completed', 'qs_1', 'A:B', 7), { ...completed, status: 'ok' });
  });

  it('without a session or a symbol are malformed', () => {
    for (const params of [
      [],
      ['qs_1'],
      [7, { n: 'A:B' }],
      ['qs_1', 'A:B'],
      ['qs_1', { n: 7 }],
      ['qs_1', [{ n: 'A:B' }]],
    ]) {
      assert.equal(readPacket(JSON.stringify({ m: 'qsd', p: params })).kind, 'malformed', JSON.stringify(params));
    }
    assert.equal(readPacket('{"m":"quote_completed","p":["qs_1",{}]}').kind, 'malformed');
  });
});

describe('messages: requests', () => {
  it('are packets with a method and parameters', () => {
    assert.equal(encodeRequest('set_locale', ['en', 'US']), '~m~34~m~{"m":"set_locale","p":["en","US"]}');
  });
});

describe('messages: recordings', () => {
  it('reads each packet of a captured session', function () {
    const payloads = needs(recordedSession(), this)
      .filter(({ out }) => !out)
      .flatMap(({ wire }) => decodeFrame(wire).packets);
    const bars: number[] = [];
    for (const payload of payloads) {
      const packet = readPacket(payload);
      assert.notEqual(packet.kind, 'malformed');
      if (packet.kind !== 'message' || !('series' in packet.message) || typeof packet.message.series === 'string')
        continue;
      for (const data of packet.message.series.values()) bars.push(...data.bars.map(({ time }) => time));
    }
    assert.ok(bars.length >= 300);
  });

  it('reads each literal frame that a server sent as what it says it is', function () {
    const known =
      /^(series_loading|symbol_error|series_error|series_completed|protocol_error|critical_error|du|qsd|quote_completed|study_\w+)$/;
    for (const { payload, dir } of needs(literalFrames(), this)) {
      if (dir === 'out') continue;
      const packet = readPacket(payload);
      assert.notEqual(packet.kind, 'malformed', payload);
      if (packet.kind !== 'message') continue;
      const { m } = JSON.parse(payload);
      assert.equal(packet.message.method, known.test(m) ? m : 'unknown');
    }
  });
});
