import assert from 'node:assert/strict';
import { decodeFrame } from '../../src/tradingview/framing';
import { readPacket, type ServerMessage } from '../../src/tradingview/messages';
import { needs, recordedSession } from '../support/recorded-frames';

function message(method: string, ...p: unknown[]): ServerMessage | null {
  const packet = readPacket(JSON.stringify({ m: method, p }));
  return packet.kind === 'message' ? packet.message : null;
}

function study(part: unknown, method = 'du') {
  const read = message(method, 'cs_1', { st_1: part }) as ServerMessage & { method: 'du' };
  return read.studies.get('st_1');
}

describe('messages of studies: values', () => {
  it('are read with their times in milliseconds, oldest first', () => {
    const st = [
      { i: 1, v: [60, 2, -3] },
      { i: 0, v: [0, 1, 0.5] },
    ];
    for (const method of ['du', 'timescale_update']) {
      assert.deepEqual(study({ st, ns: { d: '', indexes: 'nochange' }, t: 's1_st1' }, method), {
        points: [
          { time: 0, values: [1, 0.5] },
          { time: 60_000, values: [2, -3] },
        ],
        turnaround: 's1_st1',
      });
    }
  });

  it('that are none are null: 1e100, null, "NaN", and whatever is no number', () => {
    const [point] = study({ st: [{ i: 0, v: [60, 1e100, null, 'NaN', {}, -1e100, 0, true] }] })?.points ?? [];
    assert.deepEqual(point?.values, [null, null, null, null, null, 0, null]);
  });

  it('of the warm-up are left out', () => {
    const st = [-1000100, -1000001, -1, 0, 5].map((i, n) => ({ i, v: [n * 60, n] }));
    assert.deepEqual(
      study({ st })?.points.map(({ time }) => time / 60_000),
      [3, 4],
    );
  });

  it('are kept where the place is missing', () => {
    assert.equal(study({ st: [{ v: [60, 1] }, { i: null, v: [120, 1] }] })?.points.length, 2);
  });

  it('are kept beside what is no point', () => {
    const bad = [null, 7, 'x', [], {}, { v: null }, { v: [] }, { v: ['60', 1] }, { v: [1e100, 1] }, { i: 3, v: {} }];
    assert.deepEqual(study({ st: [...bad, { i: 1, v: [60, 1] }, ...bad] })?.points, [{ time: 60_000, values: [1] }]);
  });

  it('may have no plots, and there may be none at all', () => {
    assert.deepEqual(study({ st: [{ i: 0, v: [60] }] })?.points, [{ time: 60_000, values: [] }]);
    assert.deepEqual(study({ st: [] }), { points: [], turnaround: null });
  });

  it('come without harm with whatever the study draws', () => {
    for (const ns of [
      undefined,
      null,
      7,
      { d: 'no JSON' },
      { d: '{"graphicsCmds":{"create":{}}}', indexes: [1, -2000000] },
    ]) {
      assert.equal(study({ st: [{ i: 0, v: [60, 1] }], ns })?.points.length, 1);
    }
  });

  it('are absent for series, and for what has no list of points', () => {
    for (const part of [{ s: [] }, {}, { st: 'x' }, { st: {} }, null, 'x', []]) assert.equal(study(part), undefined);
  });

  it('are not led astray by keys of objects’ own making', () => {
    const read = readPacket('{"m":"du","p":["cs_1",{"__proto__":{"st":[{"v":[1,1]}]},"constructor":{"st":[]}}]}');
    const { studies } = (read as { message: ServerMessage & { method: 'du' } }).message;
    assert.deepEqual([...studies.keys()].sort(), ['__proto__', 'constructor']);
  });

  it('come in the same message as those of the series, and of other studies', () => {
    const read = message('du', 'cs_1', {
      sds_1: { s: [{ i: 0, v: [60, 1, 1, 1, 1] }], t: 's1' },
      st_1: { st: [{ i: 0, v: [60, 1] }] },
      st_2: { st: [{ i: 0, v: [60, 2] }] },
    }) as ServerMessage & { method: 'du' };
    assert.deepEqual([[...read.series.keys()], [...read.studies.keys()]], [['sds_1'], ['st_1', 'st_2']]);
  });
});

describe('messages of studies: their life', () => {
  it('loading and completed', () => {
    for (const method of ['study_loading', 'study_completed']) {
      assert.deepEqual(message(method, 'cs_1', 'st_1', 's1_st1'), {
        method,
        session: 'cs_1',
        study: 'st_1',
        turnaround: 's1_st1',
      });
      assert.deepEqual(message(method, 'cs_1', 'st_1'), { method, session: 'cs_1', study: 'st_1', turnaround: null });
      for (const odd of [[], ['cs_1'], [1, 'st_1'], ['cs_1', {}]]) assert.equal(message(method, ...odd), null);
    }
  });

  it('errors: the fourth is the reason', () => {
    assert.deepEqual(message('study_error', 'cs_1', 'st_1', 's1_st1', 'check study unexpected error', 'srv-1@srv-1'), {
      method: 'study_error',
      session: 'cs_1',
      study: 'st_1',
      turnaround: 's1_st1',
      reason: 'check study unexpected error',
      runtime: false,
    });
    for (const odd of [[], ['cs_1'], [1, 'st_1']]) assert.equal(message('study_error', ...odd), null);
  });

  it('errors of the script itself, with what they refer to filled in', () => {
    const error = (reason: unknown) => {
      const read = message('study_error', 'cs_1', 'st_1', 's1_st1', reason) as ServerMessage & {
        method: 'study_error';
      };
      return [read.runtime, read.reason];
    };
    const ctx = { bar_index: 7, size: 0, name: 'array.get()', code: 'RE10001', deep: {} };
    assert.deepEqual(error({ ctx, error: 'Bar {bar_index}: {name} of {size}, {deep}, {unknown}', stack_trace: [] }), [
      true,
      'Bar 7: array.get() of 0, {deep}, {unknown}',
    ]);
    assert.deepEqual(error({ error: 'Bar {bar_index}' }), [true, 'Bar {bar_index}']);
    assert.deepEqual(error({ error: '{constructor} {__proto__}', ctx: {} }), [true, '{constructor} {__proto__}']);
    assert.deepEqual(error({ ctx }), [true, '']);
    assert.deepEqual(error(undefined), [false, '']);
  });

  it('as recorded: 400 points, of which 300 are values, 14 plots each', function () {
    const payloads = needs(recordedSession(), this)
      .filter(({ out }) => !out)
      .flatMap(({ wire }) => decodeFrame(wire).packets);
    const read = payloads.map(readPacket).flatMap((packet) => (packet.kind === 'message' ? [packet.message] : []));
    const [points] = read
      .flatMap((one) => (one.method === 'du' ? [...one.studies.values()] : []))
      .map((one) => one.points);
    assert.equal(points?.length, 300);
    assert.ok(points.every(({ values }) => values.length === 14));
    const [series] = read.flatMap((one) => (one.method === 'timescale_update' ? [...one.series.values()] : []));
    assert.deepEqual(
      points.map(({ time }) => time),
      series?.bars.map(({ time }) => time),
    );
    assert.ok(read.some(({ method }) => method === 'study_completed'));
  });
});
