import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SteppedClock } from '../../src/market/clock';
import type { Timeframe } from '../../src/market/timeframe';
import type { PracticeMarket } from '../../src/simulator/practice-market';
import { decodeFrame } from '../../src/tradingview/framing';
import { definitions } from '../indicators/definitions';
import { needs, recordedSession } from '../support/recorded-frames';
import { type Message, methods, only, PracticeClient } from './practice-client';

const NOW = Date.UTC(2026, 5, 9, 14, 0, 20, 300);
const MINUTE = 60_000;
const MINUTE_NOW = NOW - (NOW % MINUTE);
const BTC = 'BINANCE:BTCUSDT';
const SCRIPT = 'Script@tv-scripting-101!';
const VOLUME = 'Volume@tv-basicstudies-246';
const LIMIT = 'The maximum number of studies per chart has been reached for current subscription';

interface Point {
  i: number;
  v: number[];
}

/** Keeps a study as a chart would: by time, those of the warm-up apart. */
class Plots {
  readonly points = new Map<number, number[]>();

  take(messages: readonly Message[], study = 'st_1'): Message[] {
    for (const { p } of messages) {
      for (const { i, v } of (p[1]?.[study]?.st ?? []) as Point[]) {
        if (i >= 0) this.points.set(v[0] as number, v.slice(1));
      }
    }
    return [...messages];
  }

  /** Oldest first: time in seconds, values; null for no value. */
  values(): [number, (number | null)[]][] {
    return [...this.points]
      .sort(([a], [b]) => a - b)
      .map(([time, values]) => [time, values.map((value) => (value === 1e100 ? null : value))]);
  }
}

describe('studies', () => {
  let clock: SteppedClock;
  let market: PracticeMarket;
  let client: PracticeClient;
  let plots: Plots;
  beforeEach(() => {
    clock = new SteppedClock(NOW);
    ({ market, client } = PracticeClient.on(clock));
    plots = new Plots();
  });

  /** What a client sends for a script: text and version from the look-up. */
  const script = async (pineId: string, inputs: object = {}, version = 'last') => {
    const { text } = await market.lookUp(`/pine-facade/translate/${encodeURIComponent(pineId)}/${version}`, {
      cookie: 'sessionid=a; sessionid_sign=b',
    });
    const { ilTemplate, metaInfo } = JSON.parse(text).result;
    return { text: ilTemplate, pineId, pineVersion: metaInfo.pine.version, ...inputs };
  };
  const create = (id: string, study: string, inputs: object, session = 'cs_1') =>
    plots.take(client.ask('create_study', session, id, 'st1', 'sds_1', study, inputs), id);
  const truth = (
    study: string,
    inputs: Record<string, unknown>,
    loaded: number,
    timeframe: Timeframe = '1m',
    symbol = BTC,
  ) =>
    market
      .studyValues(symbol, timeframe, study, inputs, loaded, clock.now() + 1)
      .map(({ time, plots: values }): [number, (number | null)[]] => [time / 1000, values]);

  describe('as recorded', () => {
    it('come in the order, the places and the shape of upstream', async () => {
      const inputs = await script('STD;RSI');
      client.call('set_auth_token', 'unauthorized_user_token');
      client.call('chart_create_session', 'cs_1', '');
      client.call('resolve_symbol', 'cs_1', 'sds_sym_1', '={"symbol":"BYBIT:BTCUSDT.P","adjustment":"splits"}');
      client.call('create_series', 'cs_1', 'sds_1', 's1', 'sds_sym_1', '15', 300, '');
      client.call('create_study', 'cs_1', 'st_1', 'st1', 'sds_1', SCRIPT, inputs);
      clock.advance(0);
      const answers = client.take();
      assert.deepEqual(methods(answers), [
        'series_loading',
        'study_loading',
        'symbol_resolved',
        'timescale_update',
        'series_completed',
        'du',
        'study_completed',
      ]);
      assert.deepEqual(only(answers, 'study_loading').p, ['cs_1', 'st_1', 's1_st1']);
      const { st, ns, t } = only(answers, 'du').p[1].st_1;
      assert.deepEqual(
        [t, st.length, st[0].i, st[99].i, st[100].i, st[399].i],
        ['s1_st1', 400, -1000100, -1000001, 0, 299],
      );
      assert.deepEqual(JSON.parse(ns.d), { offsets: { plot_6: -5, plot_8: -5, plot_9: -5, plot_11: -5 } });
      const series = only(answers, 'timescale_update').p[1].sds_1.s;
      assert.deepEqual(
        st.slice(100).map(({ v }: Point) => v[0]),
        series.map(({ v }: Point) => v[0]),
      );
    });

    it('are like the recorded session, message by message', async function () {
      const recorded = needs(recordedSession(), this)
        .filter(({ out }) => !out)
        .flatMap(({ wire }) => decodeFrame(wire).packets)
        .map((payload) => JSON.parse(payload) as Message)
        .filter(({ m }) => m !== undefined);
      const inputs = await script('STD;RSI');
      client.call('chart_create_session', 'cs_1', '');
      client.call('resolve_symbol', 'cs_1', 'sds_sym_1', '={"symbol":"BYBIT:BTCUSDT.P"}');
      client.call('create_series', 'cs_1', 'sds_1', 's1', 'sds_sym_1', '15', 300, '');
      client.call('create_study', 'cs_1', 'st_1', 'st1', 'sds_1', SCRIPT, inputs);
      clock.advance(0);
      const answers = client.take();
      assert.deepEqual(methods(answers), methods(recorded));
      for (const [at, { m, p, ...rest }] of answers.entries()) {
        const theirs = recorded[at] as Message;
        assert.deepEqual(Object.keys(rest), Object.keys(theirs).slice(2), m);
        assert.equal(p.length, theirs.p.length, m);
      }
      const [ours, theirs] = [answers, recorded].map((messages) => only(messages, 'du').p[1].st_1);
      assert.deepEqual(Object.keys(ours), Object.keys(theirs));
      const last = (part: { st: Point[] }) => (part.st.at(-1) as Point).v;
      assert.equal(last(ours).length, last(theirs).length);
      // The plots without a value, and those whose value is always the same.
      for (const [at, value] of last(theirs).entries()) {
        if (![0, 1, 3].includes(at)) assert.equal(last(ours)[at], value, `plot ${at - 1}`);
      }
    });
  });

  describe('values', () => {
    const cases: [id: string, inputs: Record<string, unknown>][] = [
      ['STD;RSI', {}],
      ['STD;RSI', { in_0: 7, in_1: 'hlc3', in_3: 'SMA + Bollinger Bands', in_4: 5 }],
      ['STD;RSI', { in_3: 'VWMA' }],
      ['STD;MACD', {}],
      ['STD;MACD', { in_4: 'SMA' }],
      ['STD;EMA', { in_0: 150 }],
      ['STD;SMA', { in_3: 'WMA', in_4: 3 }],
      ['STD;Bollinger_Bands', {}],
      ['STD;Practice%1Alert', {}],
    ];
    for (const [id, inputs] of cases) {
      it(`of ${id} ${JSON.stringify(inputs)} follow the forming candle and stay with the closed one`, async () => {
        client.open(BTC, '1', 300);
        create('st_1', SCRIPT, await script(id, inputs));
        const loaded = MINUTE_NOW - 299 * MINUTE;
        assert.deepEqual(plots.values(), truth(id, inputs, loaded));
        clock.advance(5 * MINUTE - 20_000);
        plots.take(client.take());
        assert.equal(plots.values().length, 305);
        assert.deepEqual(plots.values(), truth(id, inputs, loaded));
      });
    }

    it('are those of the definitions, computed from the candles', async () => {
      client.open(BTC, '1', 30);
      create('st_1', SCRIPT, await script('STD;RSI', { in_3: 'EMA', in_4: 4 }));
      const closes = market.candles(BTC, '1m', MINUTE_NOW - 129 * MINUTE, NOW).map(({ close }) => close);
      const bars = market.candles(BTC, '1m', MINUTE_NOW - 129 * MINUTE, NOW);
      assert.equal(closes.length, 130);
      const near = (actual: unknown, expected: number | null | undefined, what: string) => {
        const scale = Math.max(1, Math.abs(expected as number));
        assert.ok(
          Math.abs((actual as number) - (expected as number)) < 1e-9 * scale,
          `${what}: ${actual}, ${expected}`,
        );
      };
      const [rsi, , average] = plots.values().at(-1)?.[1] ?? [];
      near(rsi, definitions.rsi(closes, 14), 'RSI');
      const line = closes
        .map((_, at) => definitions.rsi(closes.slice(0, at + 1), 14))
        .filter((value) => value !== null);
      near(average, definitions.ema(line, 4), 'average of the RSI');

      const second = new Plots();
      second.take(create('st_2', SCRIPT, await script('STD;Bollinger_Bands', { in_0: 12 })), 'st_2');
      const [basis, upper, lower] = second.values().at(-1)?.[1] ?? [];
      const bands = definitions.bands(closes, 12);
      near(basis, bands?.basis, 'basis');
      near(upper, bands?.upper, 'upper band');
      near(lower, bands?.lower, 'lower band');

      client.open(BTC, '1', 30, 'cs_2');
      const third = new Plots();
      third.take(create('st_3', SCRIPT, await script('STD;MACD', { in_0: 5, in_1: 8, in_3: 2 }), 'cs_2'), 'st_3');
      const macd = definitions.macd(closes, 5);
      const [histogram, , distance, signal] = third.values().at(-1)?.[1] ?? [];
      near(distance, macd?.macd, 'MACD');
      near(signal, macd?.signal, 'signal');
      near(histogram, macd?.histogram, 'histogram');

      const fourth = new Plots();
      fourth.take(create('st_4', VOLUME, { length: 6 }, 'cs_2'), 'st_4');
      const volumes = bars.map(({ volume }) => volume as number);
      assert.equal(fourth.values().at(-1)?.[1][0], volumes.at(-1));
      near(fourth.values().at(-1)?.[1][2], definitions.sma(volumes, 6), 'average volume');
    });

    it('take inputs bare or wrapped, and defaults for the rest', async () => {
      client.open(BTC, '1', 50);
      create(
        'st_1',
        SCRIPT,
        await script('STD;EMA', { in_0: { v: 20, f: true, t: 'integer' }, __profile: { v: false } }),
      );
      assert.deepEqual(plots.values(), truth('STD;EMA', { in_0: 20 }, MINUTE_NOW - 49 * MINUTE));
    });

    it('have no value before there are enough candles', async () => {
      client.open(BTC, '1', 60);
      create('st_1', SCRIPT, await script('STD;SMA', { in_0: 120 }));
      const empty = plots.values().filter(([, [value]]) => value === null);
      assert.equal(empty.length, 19);
    });

    it('of volume: with its colour and its average; none where the market has none', () => {
      client.open(BTC, '1', 30);
      create('st_1', VOLUME, { length: 20, col_prev_close: 'false' });
      assert.deepEqual(plots.values(), truth(VOLUME, {}, MINUTE_NOW - 29 * MINUTE));
      const candles = market.candles(BTC, '1m', MINUTE_NOW - 29 * MINUTE, NOW);
      assert.deepEqual(
        plots.values().map(([, [volume, color]]) => [volume, color]),
        candles.map(({ volume, open, close }) => [volume, Number(close >= open)]),
      );
      client.open('SP:SPX', '1D', 30, 'cs_2');
      plots = new Plots();
      create('st_2', VOLUME, {}, 'cs_2');
      assert.ok(plots.values().every(([, values]) => values[0] === null && values[1] === null));
    });

    it('tell when an alert condition fires', async () => {
      client.open(BTC, '1', 300);
      create('st_1', SCRIPT, await script('STD;MACD'));
      const values = plots.values().map(([, value]) => value);
      const crossings = values.filter(
        ([histogram], at) => at > 0 && (histogram as number) < 0 && (values[at - 1]?.[0] as number) >= 0,
      );
      assert.ok(crossings.length > 3);
      assert.deepEqual(
        values.slice(1).filter((value) => value[4] === 1),
        crossings,
      );
    });

    it('agree with the truth whatever the symbol, the timeframe and the steps', () => {
      const spots: [string, Timeframe, string][] = [
        [BTC, '5s', '5S'],
        ['COINBASE:LTCUSD', '1m', '1'],
        ['NASDAQ:AAPL', '1m', '1'],
        ['TSE:7203', '1h', '60'],
        ['FX:EURUSD', '1d', '1D'],
      ];
      fc.assert(
        fc.property(
          fc.constantFrom(...spots),
          fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) }),
          fc.array(fc.oneof(fc.integer({ min: 100, max: 3 * MINUTE }), fc.constant('page' as const)), { maxLength: 6 }),
          ([symbol, timeframe, code], start, steps) => {
            const stepped = new SteppedClock(start);
            const { market: other, client: one } = PracticeClient.on(stepped);
            const chart = new Plots();
            const messages = one.open(symbol, code, 20);
            const first = (told: Message[]) => told.find(({ p }) => p[1]?.sds_1?.s)?.p[1].sds_1.s[0].v[0] * 1000;
            let oldest = first(messages);
            chart.take(one.ask('create_study', 'cs_1', 'st_1', 'st1', 'sds_1', VOLUME, { length: 7 }));
            for (const step of steps) {
              if (step === 'page') {
                const page = one.ask('request_more_data', 'cs_1', 'sds_1', 15);
                oldest = first(page);
                chart.take(page);
              } else stepped.advance(step);
            }
            stepped.advance(5000 - (stepped.now() % 5000));
            chart.take(one.take());
            assert.deepEqual(
              chart.values(),
              other
                .studyValues(symbol, timeframe, VOLUME, { length: 7 }, oldest, stepped.now() + 1)
                .map(({ time, plots: values }) => [time / 1000, values]),
            );
            one.end();
          },
        ),
        { numRuns: 60 },
      );
    });
  });

  describe('on a series that changes', () => {
    it('are computed anew from the new beginning when older candles are loaded', async () => {
      client.open(BTC, '1', 30);
      create('st_1', SCRIPT, await script('STD;RSI'));
      const before = plots.values();
      const page = plots.take(client.ask('request_more_data', 'cs_1', 'sds_1', 50));
      assert.deepEqual(methods(page), [
        'timescale_update',
        'series_completed',
        'study_loading',
        'du',
        'study_completed',
      ]);
      assert.deepEqual(plots.values(), truth('STD;RSI', {}, MINUTE_NOW - 79 * MINUTE));
      const moved = plots.values().slice(50);
      assert.notDeepEqual(moved, before);
      assert.ok(Math.abs((moved.at(-1)?.[1][0] as number) - (before.at(-1)?.[1][0] as number)) < 0.01);
      clock.advance(MINUTE);
      plots.take(client.take());
      assert.deepEqual(plots.values(), truth('STD;RSI', {}, MINUTE_NOW - 79 * MINUTE));
    });

    it('follow it to another resolution, under a new turnaround', async () => {
      client.open(BTC, '1', 30);
      create('st_1', SCRIPT, await script('STD;RSI'));
      plots = new Plots();
      const answers = plots.take(client.ask('modify_series', 'cs_1', 'sds_1', 's2', 'sds_sym_1', '5', ''));
      assert.deepEqual(methods(answers).slice(-4), ['series_completed', 'study_loading', 'du', 'study_completed']);
      assert.deepEqual(answers.at(-1)?.p, ['cs_1', 'st_1', 's2_st1']);
      assert.deepEqual(plots.values(), truth('STD;RSI', {}, NOW - (NOW % (5 * MINUTE)) - 29 * 5 * MINUTE, '5m'));
    });

    it('go with it', () => {
      client.open(BTC, '1', 30);
      create('st_1', VOLUME, {});
      client.call('remove_series', 'cs_1', 'sds_1');
      assert.equal(market.stats().studies, 0);
    });

    it('change with a candle that is corrected or inserted, from there on', () => {
      client.open(BTC, '1', 30);
      create('st_1', VOLUME, { length: 3 });
      market.faults.correct(BTC, '1m', MINUTE_NOW - 5 * MINUTE, { volume: 1e6 });
      clock.advance(0);
      const [series, study] = plots.take(client.take());
      assert.equal(series?.p[1].sds_1.s.length, 1);
      assert.deepEqual(
        study?.p[1].st_1.st.map(({ i }: Point) => i),
        [24, 25, 26, 27, 28, 29],
      );
      assert.deepEqual(plots.values(), truth(VOLUME, { length: 3 }, MINUTE_NOW - 29 * MINUTE));

      market.faults.leaveOut(BTC, '1m', MINUTE_NOW + MINUTE);
      clock.advance(2 * MINUTE);
      plots.take(client.take());
      const bar = { time: MINUTE_NOW + MINUTE, open: 5, high: 9, low: 4, close: 6, volume: 1 };
      market.faults.insert(BTC, '1m', bar);
      clock.advance(1000);
      plots.take(client.take());
      assert.deepEqual(plots.values(), truth(VOLUME, { length: 3 }, MINUTE_NOW - 29 * MINUTE));
    });

    it('leave out what the stream leaves out', () => {
      client.open(BTC, '1', 30);
      create('st_1', VOLUME, {});
      market.faults.skipBars(BTC, 2);
      clock.advance(4 * MINUTE);
      const told = (key: string, list: string) =>
        new Set(
          client.payloads
            .flatMap((payload) => JSON.parse(payload.startsWith('{') ? payload : '{}').p?.[1]?.[key]?.[list] ?? [])
            .map(({ i }) => i),
        );
      assert.deepEqual(
        [...told('st_1', 'st')].filter((i) => i > 0),
        [...told('sds_1', 's')].filter((i) => i > 0),
      );
      assert.ok(!told('st_1', 'st').has(30) && told('st_1', 'st').has(32));
    });
  });

  describe('changed and removed', () => {
    it('are computed anew with other inputs, under a new turnaround; those not named stay', async () => {
      client.open(BTC, '1', 30);
      create('st_1', SCRIPT, await script('STD;EMA', { in_0: 5 }));
      const answers = plots.take(client.ask('modify_study', 'cs_1', 'st_1', 'st2', { in_1: 'open' }));
      assert.deepEqual(methods(answers), ['study_loading', 'du', 'study_completed']);
      assert.equal(answers[1]?.p[1].st_1.t, 's1_st2');
      assert.deepEqual(plots.values(), truth('STD;EMA', { in_0: 5, in_1: 'open' }, MINUTE_NOW - 29 * MINUTE));
    });

    it('are silent once they are removed', () => {
      client.open(BTC, '1', 30);
      create('st_1', VOLUME, {});
      client.call('remove_study', 'cs_1', 'st_1');
      clock.advance(2000);
      assert.ok(client.take().every(({ p }) => p[1].st_1 === undefined));
    });

    for (const [name, call] of Object.entries({
      'an unknown study': ['remove_study', 'cs_1', 'st_9'],
      'changing an unknown one': ['modify_study', 'cs_1', 'st_9', 'st2', {}],
      'an unknown series': ['create_study', 'cs_1', 'st_9', 'st1', 'sds_9', VOLUME, {}],
      'an id that is taken': ['create_study', 'cs_1', 'st_1', 'st1', 'sds_1', VOLUME, {}],
      'inputs that are none': ['create_study', 'cs_1', 'st_9', 'st1', 'sds_1', VOLUME, 5],
    }) as [string, [string, ...unknown[]]][]) {
      it(`${name} ends the session`, () => {
        client.open(BTC, '1', 30);
        create('st_1', VOLUME, {});
        assert.deepEqual(methods(client.ask(...call)), ['critical_error']);
        clock.advance(2000);
        assert.deepEqual(client.take(), []);
        assert.equal(market.stats().studies, 0);
      });
    }
  });

  describe('that cannot be had', () => {
    const error = async (study: string, inputs: object) => {
      client.open(BTC, '1', 30);
      const answers = create('st_1', study, inputs);
      assert.deepEqual(methods(answers), ['study_loading', 'study_error']);
      const [session, id, turnaround, reason, server] = answers[1]?.p ?? [];
      assert.deepEqual([session, id, turnaround, typeof server], ['cs_1', 'st_1', 's1_st1', 'string']);
      assert.equal(market.stats().studies, 0);
      clock.advance(1000);
      assert.deepEqual(methods(client.take()), ['du']);
      return reason;
    };

    it('an unknown one, a script without its text, a version that is none', async () => {
      assert.equal(await error('Nothing@tv-basicstudies-1', {}), 'unknown study: Nothing@tv-basicstudies-1');
      const good = await script('STD;RSI', {}, '37.0');
      for (const change of [
        { text: 'x' },
        { text: undefined },
        { pineVersion: '38.0' },
        { pineVersion: '45.0' },
        { pineId: 'STD;No' },
      ]) {
        beforeEachAgain();
        assert.equal(await error(SCRIPT, { ...good, ...change }), 'invalid script text');
      }
    });

    const beforeEachAgain = () => {
      clock = new SteppedClock(NOW);
      ({ market, client } = PracticeClient.on(clock));
    };

    it('a private one without an account; with one it can', async () => {
      const inputs = await script('USER;PracticePrivate');
      assert.equal(await error(SCRIPT, inputs), 'study_not_auth:Script@tv-scripting-101');
      client.call('set_auth_token', 'aaaa.bbbb.cccc');
      assert.deepEqual(methods(create('st_2', SCRIPT, inputs)), ['study_loading', 'du', 'study_completed']);
    });

    it('one with an input out of its bounds, or of another type', async () => {
      for (const inputs of [
        { in_0: 0 },
        { in_0: 'many' },
        { in_0: 1.5 },
        { in_1: 'closed' },
        { in_3: 'HMA' },
        { in_6: '60' },
      ]) {
        beforeEachAgain();
        assert.match(String(await error(SCRIPT, await script('STD;RSI', inputs))), /^Invalid input value: in_/);
      }
    });

    it('one that ends in an error at run time, with the sentence of Pine and what belongs into it', async () => {
      const reason = (await error(SCRIPT, await script('PUB;PracticeError'))) as Record<string, never>;
      assert.match(String(reason.error), /\{bar_index\}/);
      assert.deepEqual(reason.ctx, { bar_index: 130, index: 5, size: 5, code: 'RE10001' });
      assert.deepEqual(reason.stack_trace, [{ n: '#main', p: 5 }]);
      beforeEachAgain();
      const other = (await error(SCRIPT, await script('STD;RSI', { in_4: 0 }))) as Record<string, never>;
      assert.deepEqual(other.ctx, { argName: 'length', functionName: 'ma', value: 0, code: 'RE10001' });
    });

    it('one on a series that cannot be had', () => {
      client.open('INDEX:NDFI', '5', 30);
      const answers = create('st_1', VOLUME, {});
      assert.deepEqual(answers[1]?.p[3], 'resolve error');
    });
  });

  describe('limit', () => {
    it('refuses one more than the plan allows, until one is removed', () => {
      client.open(BTC, '1', 30);
      create('st_1', VOLUME, {});
      create('st_2', VOLUME, {});
      const refused = create('st_3', VOLUME, {});
      assert.deepEqual(methods(refused), ['study_loading', 'study_error']);
      assert.equal(refused[1]?.p[3], LIMIT);
      assert.equal(market.stats().studies, 2);
      client.call('remove_study', 'cs_1', 'st_1');
      client.call('remove_study', 'cs_1', 'st_3');
      assert.deepEqual(methods(create('st_4', VOLUME, {})), ['study_loading', 'du', 'study_completed']);
    });

    it('counts for each series, and may be another', () => {
      const { client: other } = PracticeClient.on(clock, { studiesPerSeries: 1 });
      for (const session of ['cs_1', 'cs_2']) {
        other.open(BTC, '1', 30, session);
        assert.equal(
          other.ask('create_study', session, 'st_1', 'st1', 'sds_1', VOLUME, {}).at(-1)?.m,
          'study_completed',
        );
        assert.equal(other.ask('create_study', session, 'st_2', 'st1', 'sds_1', VOLUME, {}).at(-1)?.p[3], LIMIT);
      }
    });
  });

  describe('faults', () => {
    it('studyError: an error, and then a good value all the same', () => {
      client.open(BTC, '1', 30);
      market.faults.studyError();
      const answers = create('st_1', VOLUME, {});
      assert.deepEqual(methods(answers), ['study_loading', 'study_error', 'du', 'study_completed']);
      assert.equal(answers[1]?.p[3], 'check study unexpected error');
      assert.deepEqual(methods(create('st_2', VOLUME, {})), ['study_loading', 'du', 'study_completed']);
    });

    it('stallStudies: nothing after study_loading, and the place is taken', async () => {
      client.open(BTC, '1', 30);
      market.faults.stallStudies();
      assert.deepEqual(methods(create('st_1', VOLUME, {})), ['study_loading']);
      clock.advance(MINUTE);
      assert.ok(client.take().every(({ p }) => p[1].st_1 === undefined));
      assert.equal(market.stats().studies, 1);
      client.call('remove_study', 'cs_1', 'st_1');
      assert.equal(market.stats().studies, 0);
      await market.faults.clear();
      assert.deepEqual(methods(create('st_2', VOLUME, {})), ['study_loading', 'du', 'study_completed']);
    });

    it('straggler: one that is changed or removed still says one thing under its old names', () => {
      client.open(BTC, '1', 30);
      create('st_1', VOLUME, {});
      market.faults.straggler();
      client.ask('modify_study', 'cs_1', 'st_1', 'st2', { length: 5 });
      clock.advance(3000);
      const turnarounds = () => client.take().flatMap(({ p }) => p[1].st_1?.t ?? []);
      assert.deepEqual(turnarounds().sort(), ['s1_st1', 's1_st2', 's1_st2', 's1_st2']);
      client.call('remove_study', 'cs_1', 'st_1');
      clock.advance(3000);
      const late = client.take().flatMap(({ p }) => p[1].st_1 ?? []);
      assert.equal(late.length, 1);
      assert.deepEqual([late[0].t, late[0].st.length, late[0].st[0].i], ['s1_st2', 1, 29]);
    });

    it('reorder: studies are told in order, candle by candle', () => {
      client.open(BTC, '5S', 30);
      create('st_1', VOLUME, {});
      market.faults.reorder(4);
      clock.advance(MINUTE);
      const told = plots.take(client.take());
      // Without the fault, series and study take turns.
      const order = told.map(({ p }) => Object.keys(p[1])[0]);
      assert.ok(order.some((key, at) => key === order[at - 1]));
      assert.deepEqual(plots.values(), truth(VOLUME, {}, NOW - (NOW % 5000) - 29 * 5000, '5s'));
    });
  });
});
