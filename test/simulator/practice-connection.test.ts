import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SteppedClock } from '../../src/market/clock';
import { encodePacket, isHeartbeat } from '../../src/tradingview/framing';
import { Chart, methods, only, PracticeClient } from './practice-client';

/** A Tuesday on which New York, but not Tokyo, is trading; not on a whole second. */
const NOW = Date.UTC(2026, 5, 9, 14, 0, 20, 300);
const MINUTE = 60_000;

describe('practice connection', () => {
  let clock: SteppedClock;
  beforeEach(() => {
    clock = new SteppedClock(NOW);
  });

  describe('greeting and heartbeats', () => {
    it('says hello first, but not from within connect', () => {
      const { client } = PracticeClient.on(clock);
      assert.deepEqual(client.frames, []);
      clock.advance(0);
      const hello = JSON.parse(client.payloads[0] as string);
      assert.equal(hello.m, undefined);
      assert.equal(hello.timestamp, Math.floor(NOW / 1000));
      assert.equal(hello.timestampMs, NOW);
      assert.equal(hello.protocol, 'json');
    });

    it('beats every 5 seconds, counting up', () => {
      const { client } = PracticeClient.on(clock);
      clock.advance(60_000);
      assert.deepEqual(
        client.payloads.filter(isHeartbeat),
        Array.from({ length: 12 }, (_, at) => `~h~${at + 1}`),
      );
      assert.equal(client.closed, undefined);
    });

    it('joins heartbeats with data in every way', () => {
      const { client } = PracticeClient.on(clock);
      client.open('BINANCE:BTCUSDT', '1', 10);
      clock.advance(60_000);
      const beats = client.frames.filter((frame) => /~m~~h~\d+/.test(frame));
      assert.ok(beats.some((frame) => /^~m~\d+~m~~h~\d+~m~/.test(frame)));
      assert.ok(beats.some((frame) => /\}~m~\d+~m~~h~\d+$/.test(frame)));
      assert.ok(beats.some((frame) => /^~m~\d+~m~~h~\d+$/.test(frame)));
    });

    it('gives up a client that has not echoed a heartbeat for 30 seconds', () => {
      const { market, client } = PracticeClient.on(clock);
      client.echo = false;
      clock.advance(34_000);
      assert.equal(client.closed, undefined);
      clock.advance(2000);
      assert.equal(client.closed, 1006);
      assert.equal(market.stats().sockets, 0);
      assert.equal(clock.pending, 0);
    });

    it('wants each one echoed, not any', () => {
      const { client } = PracticeClient.on(clock);
      client.echo = false;
      clock.advance(6000);
      client.echo = true;
      clock.advance(29_000);
      assert.equal(client.closed, 1006);
    });

    it('does not hold its own sleep against the client', () => {
      const { client } = PracticeClient.on(clock);
      client.echo = false;
      clock.advance(6000);
      client.echo = true;
      client.raw(encodePacket('~h~1'));
      // A process that was stopped runs its timers late, once.
      clock.advance(10 * MINUTE);
      assert.equal(client.closed, undefined);
    });
  });

  describe('token', () => {
    const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
    const good = [
      'unauthorized_user_token',
      'widget_user_token',
      jwt({ exp: NOW / 1000 + 60 }),
      jwt({}),
      'aaaa.bbbb.cccc',
    ];
    const bad: unknown[] = ['', 'nonsense', 'a.b', jwt({ exp: NOW / 1000 - 60 }), 'a.b.c\n', 42, null, undefined, {}];
    for (const token of good) {
      it(`takes ${token}, in silence`, () => {
        const { client } = PracticeClient.on(clock);
        assert.deepEqual(client.ask('set_auth_token', token), []);
        clock.advance(5000);
        assert.equal(client.closed, undefined);
      });
    }
    for (const token of bad) {
      it(`refuses ${JSON.stringify(token)} and hangs up`, () => {
        const { client } = PracticeClient.on(clock);
        const answers = client.ask('set_auth_token', token);
        assert.deepEqual(answers, [{ m: 'protocol_error', p: ['bad auth token'] }]);
        assert.equal(client.closed, 1000);
        assert.equal(clock.pending, 0);
      });
    }
    it('may be checked by the owner of the market, and again on a live connection', () => {
      const { client } = PracticeClient.on(clock, { acceptToken: (token) => token === 'mine' });
      assert.deepEqual(client.ask('set_auth_token', 'mine'), []);
      assert.deepEqual(methods(client.ask('set_auth_token', 'unauthorized_user_token')), ['protocol_error']);
    });
  });

  describe('series', () => {
    it('answers in the order of upstream, joined in one message', () => {
      const { client } = PracticeClient.on(clock);
      clock.advance(0);
      const before = client.frames.length;
      const answers = client.open('BINANCE:BTCUSDT', '15', 300);
      assert.deepEqual(methods(answers), ['series_loading', 'symbol_resolved', 'timescale_update', 'series_completed']);
      assert.equal(client.frames.length, before + 1);
      for (const { t, t_ms } of answers) assert.deepEqual([t, t_ms], [Math.floor(NOW / 1000), NOW]);

      assert.deepEqual(answers[0]?.p, ['cs_1', 'sds_1', 's1']);
      const [session, slot, info] = only(answers, 'symbol_resolved').p;
      assert.deepEqual([session, slot, info.full_name, info.session], ['cs_1', 'sds_sym_1', 'BINANCE:BTCUSDT', '24x7']);
      const [, data, scale] = only(answers, 'timescale_update').p;
      const { node, s, ns, t, lbs, ...rest } = data.sds_1;
      assert.deepEqual(rest, {});
      assert.equal(typeof node, 'string');
      assert.deepEqual([ns, t, s.length], [{ d: '', indexes: [] }, 's1', 300]);
      const opened = Date.UTC(2026, 5, 9, 14) / 1000;
      assert.deepEqual([s[0].i, s[299].i, s[299].v[0], s[299].v.length], [0, 299, opened, 6]);
      assert.deepEqual(lbs, { bar_close_time: opened + 900 });
      assert.deepEqual(Object.keys(scale), ['index', 'zoffset', 'changes', 'marks', 'index_diff']);
      assert.deepEqual(
        scale.changes,
        s.map(({ v }: { v: number[] }) => v[0]),
      );
      assert.deepEqual(
        scale.marks.slice(-5).map(([weight]: number[]) => weight),
        [30, 21, 22, 21, 30],
      );
      assert.deepEqual(only(answers, 'series_completed').p, [
        'cs_1',
        'sds_1',
        'streaming',
        's1',
        { rt_update_period: 1 },
      ]);
    });

    it('tells of a symbol that nothing waits for, too', () => {
      const { client } = PracticeClient.on(clock);
      client.call('chart_create_session', 'cs_1', '');
      assert.deepEqual(methods(client.ask('resolve_symbol', 'cs_1', 'a', 'KRX:005930')), ['symbol_resolved']);
      assert.deepEqual(client.ask('resolve_symbol', 'cs_1', 'b', 'NO:SUCH'), [
        { m: 'symbol_error', p: ['cs_1', 'b', 'invalid symbol'] },
      ]);
      assert.deepEqual(methods(client.ask('create_series', 'cs_1', 'sds_1', 's1', 'a', '1', 5, '')), [
        'series_loading',
        'timescale_update',
        'timescale_update',
        'series_completed',
      ]);
    });

    it('sends names in their own script', () => {
      const { client } = PracticeClient.on(clock);
      const info = only(client.open('KRX:005930', '1D', 5), 'symbol_resolved').p[2];
      assert.equal(info.local_description, '삼성전자보통주');
    });

    it('has delayed symbols under another name, with data from the past', () => {
      clock = new SteppedClock(Date.UTC(2026, 5, 9, 3, 0, 20));
      const { client } = PracticeClient.on(clock);
      const answers = client.open('HOSE:VCB', '1', 5);
      const info = only(answers, 'symbol_resolved').p[2];
      assert.deepEqual([info.full_name, info.pro_name, info.delay], ['HOSE_DLY:VCB', 'HOSE:VCB', 900]);
      assert.equal(only(answers, 'series_completed').p[2], 'delayed_streaming_900');
      const [data] = answers.filter(({ m }) => m === 'timescale_update');
      assert.equal(data?.p[1].sds_1.s.at(-1).v[0], Date.UTC(2026, 5, 9, 2, 45) / 1000);
    });

    it('leaves the volume out where there is none, and the close time where it is not known', () => {
      const { client } = PracticeClient.on(clock);
      const index = client.open('SP:SPX', '1', 5, 'cs_1').filter(({ m }) => m === 'timescale_update')[0];
      assert.deepEqual(new Set(index?.p[1].sds_1.s.map(({ v }: { v: number[] }) => v.length)), new Set([5]));
      const ripple = only(client.open('BITSTAMP:XRPUSD', '1', 5, 'cs_2'), 'timescale_update');
      assert.equal('lbs' in ripple.p[1].sds_1, false);
      clock.advance(3 * MINUTE);
      for (const { m, p } of client.take()) {
        if (m !== 'series_completed' && p[0] === 'cs_2' && p[1].sds_1) assert.equal('lbs' in p[1].sds_1, false);
      }
    });

    it('goes on with marks of the time to come where the market closes', () => {
      const { client } = PracticeClient.on(clock);
      const [, marks] = client.open('NASDAQ:AAPL', '60', 20).filter(({ m }) => m === 'timescale_update');
      assert.deepEqual(marks?.p[1], {});
      assert.equal(marks?.p[2].index, 20);
      assert.equal(marks?.p[2].changes[0], Date.UTC(2026, 5, 9, 14, 30) / 1000);
    });

    it('switches: an empty update, the new data, marks to come, all under the new turnaround', () => {
      const { client } = PracticeClient.on(clock);
      client.open('BINANCE:BTCUSDT', '1', 30);
      const answers = client.ask('modify_series', 'cs_1', 'sds_1', 's2', 'sds_sym_1', '1D', '');
      assert.deepEqual(methods(answers), [
        'series_loading',
        'timescale_update',
        'timescale_update',
        'timescale_update',
        'series_completed',
      ]);
      const [empty, data, marks] = answers.filter(({ m }) => m === 'timescale_update').map(({ p }) => p[1]);
      assert.deepEqual([empty.sds_1.s, empty.sds_1.t], [[], 's2']);
      assert.deepEqual([data.sds_1.s.length, data.sds_1.t, marks], [30, 's2', {}]);
      clock.advance(2000);
      for (const { p } of client.take()) assert.equal(p[1].sds_1.t, 's2');
    });

    it('takes every timeframe, and names of days, weeks and months without a number', () => {
      const codes = [
        '1S',
        '5S',
        '15S',
        '30S',
        '1',
        '3',
        '5',
        '15',
        '30',
        '45',
        '60',
        '120',
        '180',
        '240',
        '360',
        '720',
      ];
      for (const code of [...codes, '1D', '1W', '1M', 'D', 'W', 'M', '4H']) {
        const { client } = PracticeClient.on(clock);
        const answers = client.open('BYBIT:BTCUSDT.P', code, 10);
        assert.equal(only(answers, 'timescale_update').p[1].sds_1.s.length, 10, code);
      }
    });
  });

  describe('series that cannot be had', () => {
    const cases: [string, string, object, (string | RegExp)[]][] = [
      ['NO:SUCH', '1', {}, ['resolve error', /^srv/]],
      ['ECONOMICS:USM2', '1D', {}, ['resolve error', /^srv/]],
      ['BINANCE:BTCUSDT', '5S', { secondsAllowed: false }, ['seconds_not_entitled', 'undefined']],
      ['BINANCE:BTCUSDT', '7', {}, ['custom_resolution', 'undefined']],
      ['BINANCE:BTCUSDT', '10T', {}, ['ticks_not_entitled', 'undefined']],
      ['INDEX:NDFI', '5', {}, ['unsupported resolution: INDEX:NDFI, 5', /^srv/]],
    ];
    for (const [symbol, code, options, reasons] of cases) {
      it(`${symbol} ${code}: ${reasons[0]}, and the session lives on`, () => {
        const { market, client } = PracticeClient.on(clock, options);
        const answers = client.open(symbol, code, 10);
        assert.deepEqual(methods(answers).at(0), 'series_loading');
        const error = only(answers, 'series_error').p;
        assert.deepEqual(error.slice(0, 3), ['cs_1', 'sds_1', 's1']);
        for (const [at, reason] of reasons.entries()) assert.match(error[3 + at], new RegExp(reason));
        assert.equal(market.stats().series, 0);
        assert.deepEqual(client.ask('remove_series', 'cs_1', 'sds_1'), []);
        client.call('resolve_symbol', 'cs_1', 'other', 'BINANCE:ETHUSDT');
        const next = client.ask('create_series', 'cs_1', 'sds_2', 's1', 'other', '1', 5, '');
        assert.equal(methods(next).at(-1), 'series_completed');
      });
    }

    it('says why the symbol is refused', () => {
      const { client } = PracticeClient.on(clock);
      const forbidden = only(client.open('ECONOMICS:USM2', '1D', 5), 'symbol_error');
      assert.deepEqual(forbidden.p, ['cs_1', 'sds_sym_1', 'permission denied', 'group', 'economics_paid']);
    });
  });

  describe('critical errors', () => {
    const cases: [string, unknown[], string, string][] = [
      ['switch_timezone', ['Nowhere/Nowhere'], 'invalid timezone', '[Nowhere/Nowhere]'],
      [
        'create_series',
        ['sds_2', 's1', 'sds_sym_1', 'XX', 100, ''],
        'invalid parameters',
        '[sds_2, s1, sds_sym_1, XX, 100, ]',
      ],
      [
        'create_series',
        ['sds_2', 's1', 'sds_sym_1', '1', '300', ''],
        'invalid parameters',
        '[sds_2, s1, sds_sym_1, 1, 300, ]',
      ],
      [
        'create_series',
        ['sds_2', 's1', 'nowhere', '1', 300, ''],
        'invalid parameters',
        '[sds_2, s1, nowhere, 1, 300, ]',
      ],
      ['create_series', ['sds_1', 's1', 'sds_sym_1', '1', 300, ''], 'duplicate id', '[sds_1, s1, sds_sym_1, 1, 300, ]'],
      ['create_series', [], 'invalid parameters', '[]'],
      [
        'create_series',
        ['sds_2', 's1', 'sds_sym_1', '1', 300, ''],
        'exceed limit of series in the session',
        '[sds_2, s1, sds_sym_1, 1, 300, ]',
      ],
      ['resolve_symbol', ['sds_sym_1', 'SP:SPX'], 'duplicate id', '[sds_sym_1, SP:SPX]'],
      ['modify_series', ['sds_9', 's2', 'sds_sym_1', '1', ''], 'invalid parameters', '[sds_9, s2, sds_sym_1, 1, ]'],
      ['remove_series', ['sds_9'], 'invalid parameters', '[sds_9]'],
      ['request_more_data', ['sds_1', '10'], 'invalid parameters', '[sds_1, 10]'],
      ['request_more_data', ['sds_9', 10], 'invalid parameters', '[sds_9, 10]'],
    ];
    for (const [method, args, reason, said] of cases) {
      it(`${method} ${said}: ${reason}; ends the session, and only that`, () => {
        const { market, client } = PracticeClient.on(clock);
        client.open('BINANCE:BTCUSDT', '1', 5);
        client.open('BINANCE:ETHUSDT', '1', 5, 'cs_2');
        const answers = client.ask(method, 'cs_1', ...args);
        assert.deepEqual(answers, [{ m: 'critical_error', p: ['cs_1', reason, `method: ${method}. args: "${said}"`] }]);
        assert.deepEqual([market.stats().sessions, market.stats().series], [1, 1]);
        assert.deepEqual(client.ask('request_more_data', 'cs_1', 'sds_1', 10), []);
        clock.advance(2000);
        assert.deepEqual(new Set(client.take().map(({ p }) => p[0])), new Set(['cs_2']));
        assert.deepEqual(client.ask('chart_delete_session', 'cs_1'), []);
        assert.equal(client.closed, undefined);
      });
    }

    it('allows more series where the plan does', () => {
      const { market, client } = PracticeClient.on(clock, { seriesPerSession: 2 });
      client.open('BINANCE:BTCUSDT', '1', 5);
      client.ask('create_series', 'cs_1', 'sds_2', 's1', 'sds_sym_1', '5', 5, '');
      assert.equal(market.stats().series, 2);
      clock.advance(1000);
      assert.deepEqual(Object.keys(only(client.take(), 'du').p[1]), ['sds_1', 'sds_2']);
    });

    it('counts only the living: a removed series makes room', () => {
      const { client } = PracticeClient.on(clock);
      client.open('BINANCE:BTCUSDT', '1', 5);
      client.call('remove_series', 'cs_1', 'sds_1');
      const answers = client.ask('create_series', 'cs_1', 'sds_2', 's1', 'sds_sym_1', '1', 5, '');
      assert.equal(methods(answers).at(-1), 'series_completed');
    });
  });

  describe('unknown sessions and nonsense', () => {
    it('names a session that it does not know, and hangs up', () => {
      const { client } = PracticeClient.on(clock);
      const answers = client.ask('remove_series', 'cs_gone', 'sds_1');
      assert.deepEqual(answers[0]?.p, ['{unknown_session_id,<<"remove_series">>,<<"cs_gone">>,[<<"sds_1">>]}']);
      assert.equal(client.closed, 1000);
    });

    it('ignores methods that it does not have, but counts them', () => {
      const { market, client } = PracticeClient.on(clock);
      assert.deepEqual(client.ask('quote_create_session', 'qs_1'), []);
      client.ask('set_locale', 'en', 'US');
      client.ask('quote_create_session', 'qs_2');
      assert.equal(market.stats().received.get('quote_create_session'), 2);
      assert.equal(client.closed, undefined);
    });

    it('answers what is no frame or no call with "wrong data"', () => {
      for (const text of [
        'hello',
        '~m~5~m~{"m":',
        '~m~2~m~{}',
        '~m~4~m~null',
        '~m~7~m~{"m":1}',
        '~m~15~m~{"m":"x","p":{}}',
      ]) {
        const { client } = PracticeClient.on(clock);
        client.raw(text);
        clock.advance(0);
        assert.deepEqual(methods(client.take()), ['protocol_error'], text);
        assert.equal(client.closed, 1000);
      }
    });

    it('leaves no timer behind when the client goes before it is told why', () => {
      const { client } = PracticeClient.on(clock);
      client.raw('nonsense');
      client.end();
      assert.equal(clock.pending, 0);
      assert.equal(client.closed, undefined);
    });

    it('never throws, and leaves no timer behind, whatever comes', () => {
      const names = [
        'set_auth_token',
        'chart_create_session',
        'chart_delete_session',
        'switch_timezone',
        'resolve_symbol',
      ];
      const method = fc.constantFrom(
        ...names,
        'create_series',
        'modify_series',
        'remove_series',
        'request_more_data',
        'x',
      );
      const known = fc.constantFrom<unknown>(
        'cs_1',
        'sds_1',
        's1',
        'sym',
        'BINANCE:BTCUSDT',
        '={"symbol":',
        '1',
        '1D',
        5,
        1e9,
        '',
      );
      const call = fc.tuple(
        method,
        fc.array(fc.oneof({ weight: 5, arbitrary: known }, fc.jsonValue()), { maxLength: 7 }),
      );
      const text = fc.oneof(
        { weight: 9, arbitrary: call.map(([m, p]) => encodePacket(JSON.stringify({ m, p }))) },
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }).map(encodePacket),
      );
      fc.assert(
        fc.property(fc.array(fc.tuple(text, fc.integer({ min: 0, max: 3000 })), { maxLength: 12 }), (steps) => {
          const { market, client } = PracticeClient.on(clock);
          client.call('chart_create_session', 'cs_1', '');
          for (const [message, wait] of steps) {
            client.raw(message);
            clock.advance(wait);
          }
          client.end();
          assert.equal(market.stats().sockets, 0);
          assert.equal(clock.pending, 0);
        }),
        { numRuns: 300 },
      );
    });
  });

  describe('paging', () => {
    it('brings older bars with one that is known, shifts places, and completes under the same turnaround', () => {
      const { market, client } = PracticeClient.on(clock);
      const chart = new Chart();
      for (const message of client.open('BINANCE:BTCUSDT', '1', 10)) chart.take(message);
      const oldest = chart.values()[0]?.[0] as number;
      const answers = client.ask('request_more_data', 'cs_1', 'sds_1', 25);
      assert.deepEqual(methods(answers), ['timescale_update', 'series_completed']);
      const [, data, scale] = only(answers, 'timescale_update').p;
      assert.deepEqual([data.sds_1.s.length, data.sds_1.s[0].i, data.sds_1.s[25].i], [26, 0, 25]);
      assert.equal(data.sds_1.s[25].v[0], oldest);
      assert.deepEqual([scale.index, scale.changes.length, scale.index_diff], [0, 25, [[0, 25]]]);
      assert.equal(only(answers, 'series_completed').p[3], 's1');
      for (const message of answers) chart.take(message);
      clock.advance(1000);
      const live = only(client.take(), 'du').p[1].sds_1.s;
      assert.equal(live[0].i, 34);
      chart.take({ m: 'du', p: ['cs_1', { sds_1: { s: live } }] });
      const truth = market.candles('BINANCE:BTCUSDT', '1m', NOW - 35 * MINUTE, NOW + MINUTE);
      assert.deepEqual(
        chart.values(),
        truth.map(({ time, ...bar }) => [time / 1000, ...Object.values(bar)]),
      );
    });

    it('stops at the limit of the plan, counted from the newest candle', () => {
      const { client } = PracticeClient.on(clock, { maxCandles: 40 });
      const first = client.open('BINANCE:BTCUSDT', '1', 30);
      assert.equal(only(first, 'series_completed').p[4].data_completed, undefined);
      const more = client.ask('request_more_data', 'cs_1', 'sds_1', 30);
      assert.equal(only(more, 'timescale_update').p[1].sds_1.s.length, 11);
      assert.equal(only(more, 'series_completed').p[4].data_completed, 'limit');
      const none = client.ask('request_more_data', 'cs_1', 'sds_1', 30);
      assert.deepEqual(methods(none), ['series_completed']);
      assert.equal(only(none, 'series_completed').p[4].data_completed, 'limit');
      const whole = client.open('BINANCE:BTCUSDT', '1', 1_000_000, 'cs_2');
      assert.equal(only(whole, 'timescale_update').p[1].sds_1.s.length, 40);
      assert.equal(only(whole, 'series_completed').p[4].data_completed, 'limit');
    });

    it('stops at the listing', () => {
      const { client } = PracticeClient.on(clock);
      const first = client.open('BINANCE:SOLUSDT', '1M', 60);
      assert.equal(only(first, 'series_completed').p[4].data_completed, undefined);
      const more = client.ask('request_more_data', 'cs_1', 'sds_1', 60);
      assert.equal(only(more, 'timescale_update').p[1].sds_1.s[0].v[0], Date.UTC(2020, 7, 11) / 1000);
      assert.equal(only(more, 'series_completed').p[4].data_completed, 'end');
    });

    it('has only the end of a symbol that was never traded, and its first candle when it comes', () => {
      clock = new SteppedClock(Date.UTC(2020, 7, 10, 23, 59, 57));
      const { client } = PracticeClient.on(clock);
      const answers = client.open('BINANCE:SOLUSDT', '1', 60);
      assert.deepEqual(methods(answers), ['series_loading', 'symbol_resolved', 'series_completed']);
      assert.equal(only(answers, 'series_completed').p[4].data_completed, 'end');
      clock.advance(5000);
      const first = client.take().find(({ p }) => p[1].sds_1)?.p[1].sds_1.s;
      assert.deepEqual([first[0].i, first[0].v[0]], [0, Date.UTC(2020, 7, 11) / 1000]);
    });
  });
});
