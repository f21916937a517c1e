import assert from 'node:assert/strict';
import { ChartSession } from '../../src/tradingview/chart-session';
import { decodeFrame } from '../../src/tradingview/framing';
import { readPacket, type ServerMessage } from '../../src/tradingview/messages';
import { packet, read } from '../support/wire';

const ID = 'cs_qgmbtglzdudl';
const RSI = { studyId: 'Script@tv-scripting-101!', inputs: { text: 'secret', pineId: 'STD;RSI', pineVersion: '45.0' } };

function open() {
  const sent: string[] = [];
  const told: string[] = [];
  const request = { symbol: 'A:B', timeframe: '1m', session: 'regular', adjustment: 'splits', count: 300 } as const;
  const chart = new ChartSession(ID, request, (text) => sent.push(text), {
    resolved: () => {},
    data: () => told.push('candles'),
    completed: () => told.push('candles completed'),
    skipped: () => told.push('skipped'),
    failed: ({ scope }) => told.push(`failed ${scope}`),
  });
  sent.length = 0;
  const receive = (method: string, ...params: unknown[]) => {
    for (const payload of decodeFrame(packet(method, ID, ...params)).packets) {
      chart.receive((readPacket(payload) as { message: ServerMessage }).message);
    }
  };
  return {
    chart,
    receive,
    create: (name: string) =>
      chart.createStudy(RSI, {
        data: (points) => told.push(`${name} ${points.map(({ values }) => values[0]).join(' ')}`),
        completed: () => told.push(`${name} completed`),
        complained: (reason, runtime) => told.push(`${name} complained: ${reason}${runtime ? ' at run time' : ''}`),
      }),
    values: (id: string, value: number, t: unknown = 's1_st1') =>
      receive('du', { [id]: { st: [{ i: 0, v: [60, value] }], t } }),
    take: () => told.splice(0),
    sent: () => read(sent.splice(0)),
  };
}

describe('chart session: studies', () => {
  it('are asked for as the official client does, each under an id of its own', () => {
    const { create, sent } = open();
    create('a');
    create('b')();
    create('c');
    assert.deepEqual(sent(), [
      { m: 'create_study', p: [ID, 'st_1', 'st1', 'sds_1', RSI.studyId, RSI.inputs] },
      { m: 'create_study', p: [ID, 'st_2', 'st1', 'sds_1', RSI.studyId, RSI.inputs] },
      { m: 'remove_study', p: [ID, 'st_2'] },
      { m: 'create_study', p: [ID, 'st_3', 'st1', 'sds_1', RSI.studyId, RSI.inputs] },
    ]);
  });

  it('get what is theirs, of one message or of several', () => {
    const { create, receive, values, take } = open();
    create('a');
    create('b');
    const series = { s: [{ i: 0, v: [60, 1, 1, 1, 1] }], t: 's1' };
    const st = (value: number) => ({ st: [{ i: 0, v: [60, value] }], t: 's1_st1' });
    receive('timescale_update', { st_2: st(2), sds_1: series, st_1: st(1), st_9: st(9) }, { index_diff: [] });
    receive('study_loading', 'st_1', 's1_st1');
    receive('study_completed', 'st_1', 's1_st1');
    values('st_2', 3);
    assert.deepEqual(take(), ['candles', 'b 2', 'a 1', 'a completed', 'b 3']);
  });

  it('hear complaints beside good values', () => {
    const { create, receive, values, take } = open();
    create('a');
    receive('study_error', 'st_1', 's1_st1', 'check study unexpected error', 'srv');
    values('st_1', 1);
    receive('study_error', 'st_1', 's1_st1', { error: 'Bar {n}', ctx: { n: 3 } }, 'srv');
    values('st_1', 2);
    assert.deepEqual(take(), [
      'a complained: check study unexpected error',
      'a 1',
      'a complained: Bar 3 at run time',
      'a 2',
    ]);
  });

  it('drop answers of another turnaround, and take those without one', () => {
    const { create, receive, values, take } = open();
    create('a');
    for (const stale of ['s1_st2', 's2_st1', 's1', 'st1', '']) {
      values('st_1', 1, stale);
      receive('study_completed', 'st_1', stale);
      receive('study_error', 'st_1', stale, 'old');
    }
    assert.deepEqual(take(), []);
    values('st_1', 2, null);
    receive('study_completed', 'st_1');
    receive('study_error', 'st_1', null, 'x');
    assert.deepEqual(take(), ['a 2', 'a completed', 'a complained: x']);
  });

  it('hear nothing once they are removed, however late it comes; removing twice is said once', () => {
    const { create, receive, values, take, sent } = open();
    const remove = create('a');
    remove();
    remove();
    create('b');
    values('st_1', 1);
    receive('study_completed', 'st_1', 's1_st1');
    receive('study_error', 'st_1', 's1_st1', 'x');
    values('st_2', 2);
    assert.deepEqual(take(), ['b 2']);
    assert.equal(sent().filter((one) => typeof one !== 'string' && one.m === 'remove_study').length, 1);
  });

  it('may be removed in the midst of a message', () => {
    const { chart, receive, take } = open();
    const told: string[] = [];
    const removes: (() => void)[] = [];
    for (const name of ['a', 'b']) {
      const listener = { completed: () => {}, complained: () => {} };
      removes.push(
        chart.createStudy(RSI, {
          ...listener,
          data: () => {
            told.push(name);
            for (const remove of removes) remove();
          },
        }),
      );
    }
    const st = { st: [{ i: 0, v: [60, 1] }] };
    receive('du', { st_1: st, st_2: st });
    assert.deepEqual([told, take()], [['a'], []]);
  });

  it('are not named any more once the session has failed or is closed or abandoned', () => {
    const ends = [
      ({ receive }: ReturnType<typeof open>) => receive('critical_error', 'unexpected', 'x'),
      ({ receive }: ReturnType<typeof open>) => receive('series_error', 'sds_1', 's1', 'x'),
      ({ chart }: ReturnType<typeof open>) => chart.close(),
      ({ chart }: ReturnType<typeof open>) => chart.abandon(),
    ];
    for (const end of ends) {
      const session = open();
      const remove = session.create('a');
      end(session);
      session.sent();
      remove();
      session.values('st_1', 1);
      assert.deepEqual([session.sent(), session.take().filter((one) => one.startsWith('a'))], [[], []]);
    }
  });

  it('hear nothing of a message that shows that places were left out', () => {
    const { create, receive, values, take, chart } = open();
    create('a');
    receive('timescale_update', { sds_1: { s: [{ i: 0, v: [60, 1, 1, 1, 1] }], t: 's1' } }, { index_diff: [] });
    receive('series_completed', 'sds_1', 'streaming', 's1', {});
    take();
    receive('du', { sds_1: { s: [{ i: 4, v: [300, 1, 1, 1, 1] }], t: 's1' } });
    assert.deepEqual(take(), ['skipped']);
    chart.close();
    values('st_1', 1);
    assert.deepEqual(take(), []);
  });
});
