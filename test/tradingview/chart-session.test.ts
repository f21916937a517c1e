import assert from 'node:assert/strict';
import type { Timeframe } from '../../src/market/timeframe';
import { ChartSession, newSessionId } from '../../src/tradingview/chart-session';
import { decodeFrame } from '../../src/tradingview/framing';
import { readPacket, type ServerMessage } from '../../src/tradingview/messages';
import { packet, read } from '../support/wire';

const ID = 'cs_qgmbtglzdudl';

function open({
  symbol = 'BINANCE:BTCUSDT',
  timeframe = '1m' as Timeframe,
  session = 'regular',
  adjustment = 'splits',
  count = 300,
} = {}) {
  const sent: string[] = [];
  const told: string[] = [];
  const chart = new ChartSession(ID, { symbol, timeframe, session, adjustment, count }, (text) => sent.push(text), {
    resolved: ({ delay }) => told.push(`resolved ${delay}`),
    data: ({ bars }) => told.push(`data ${bars.map(({ time }) => time / 1000).join(' ')}`.trim()),
    completed: ({ mode, updatePeriod, end }) => told.push(`completed ${mode} ${updatePeriod} ${end}`),
    skipped: () => told.push('skipped'),
    failed: ({ scope, reason }) => told.push(`failed ${scope}: ${reason}`),
  });
  const receive = (method: string, ...params: unknown[]) => {
    for (const payload of decodeFrame(packet(method, ID, ...params)).packets) {
      const one = readPacket(payload) as { message: ServerMessage };
      chart.receive(one.message);
    }
  };
  const bars = (...placed: [place: number, time: number][]) =>
    placed.map(([i, time]) => ({ i, v: [time, 1, 1, 1, 1, 1] }));
  return {
    chart,
    sent,
    receive,
    take: () => told.splice(0),
    update: (...placed: [number, number][]) => receive('du', { sds_1: { s: bars(...placed), t: 's1' } }),
    load: (...placed: [number, number][]) => {
      receive('timescale_update', { sds_1: { s: bars(...placed), t: 's1' } }, { index_diff: [] });
      receive('series_completed', 'sds_1', 'streaming', 's1', {});
    },
  };
}

describe('chart session: requests', () => {
  it('are, to the letter, what the official client sends', () => {
    const { chart, sent } = open();
    chart.loadOlder(1000);
    chart.close();
    assert.deepEqual(sent, [
      `~m~55~m~{"m":"chart_create_session","p":["${ID}",""]}`,
      `~m~144~m~{"m":"resolve_symbol","p":["${ID}","sds_sym_1","={\\"symbol\\":\\"BINANCE:BTCUSDT\\",\\"adjustment\\":\\"splits\\",\\"session\\":\\"regular\\"}"]}`,
      `~m~81~m~{"m":"create_series","p":["${ID}","sds_1","s1","sds_sym_1","1",300,""]}`,
      `~m~62~m~{"m":"request_more_data","p":["${ID}","sds_1",1000]}`,
      `~m~52~m~{"m":"chart_delete_session","p":["${ID}"]}`,
    ]);
  });

  it('name each timeframe as upstream does', () => {
    const codes = {
      '1s': '1S',
      '30s': '30S',
      '1m': '1',
      '45m': '45',
      '1h': '60',
      '2h': '120',
      '3h': '180',
      '4h': '240',
      '6h': '360',
      '12h': '720',
      '1d': '1D',
      '1w': '1W',
      '1M': '1M',
    };
    for (const [timeframe, code] of Object.entries(codes)) {
      const { sent } = open({ timeframe: timeframe as Timeframe });
      assert.deepEqual(read(sent)[2], { m: 'create_series', p: [ID, 'sds_1', 's1', 'sds_sym_1', code, 300, ''] });
    }
  });

  it('carry session, adjustment, and any symbol', () => {
    const { sent } = open({ symbol: 'NSE:M&M/KRX:삼성', session: 'extended', adjustment: 'dividends' });
    const [, resolve] = read(sent) as { m: string; p: string[] }[];
    const spec = resolve?.p[2] ?? '';
    assert.equal(spec[0], '=');
    assert.deepEqual(JSON.parse(spec.slice(1)), {
      symbol: 'NSE:M&M/KRX:삼성',
      adjustment: 'dividends',
      session: 'extended',
    });
  });

  it('end with the session: nothing is sent after it was closed, and it is deleted once', () => {
    const { chart, sent } = open();
    chart.close();
    chart.close();
    chart.loadOlder(5);
    assert.equal(sent.length, 4);
  });

  it('are not sent once the session is abandoned, its deletion neither', () => {
    const { chart, sent } = open();
    chart.abandon();
    chart.close();
    assert.equal(sent.length, 3);
  });
});

describe('chart session: ids', () => {
  it('are a prefix and twelve letters and digits', () => {
    const ids = new Set(Array.from({ length: 1_000 }, () => newSessionId('cs', Math.random)));
    assert.equal(ids.size, 1_000);
    for (const id of ids) assert.match(id, /^cs_[A-Za-z0-9]{12}$/);
    assert.match(
      newSessionId('qs', () => 1 - 2 ** -52),
      /^qs_9{12}$/,
    );
  });
});

describe('chart session: answers', () => {
  it('are told in order', () => {
    const { receive, take, load } = open();
    receive('series_loading', 'sds_1', 's1');
    receive('symbol_resolved', 'sds_sym_1', { delay: 900 });
    load([0, 60], [1, 120]);
    assert.deepEqual(take(), ['resolved 900', 'data 60 120', 'completed streaming 0 null']);
  });

  it('come by du and by timescale_update alike', () => {
    const { receive, take, load, update } = open();
    load([0, 60]);
    take();
    update([0, 60]);
    update([1, 120]);
    receive('timescale_update', { sds_1: { s: [{ i: 2, v: [180, 1, 1, 1, 1] }] } }, {});
    assert.deepEqual(take(), ['data 60', 'data 120', 'data 180']);
  });

  it('of another turnaround are dropped, whatever they are; without one they are ours', () => {
    const { receive, take } = open();
    const s = [{ i: 0, v: [60, 1, 1, 1, 1] }];
    receive('timescale_update', { sds_1: { s, t: 's2' } }, {});
    receive('du', { sds_1: { s, t: 's0' } });
    receive('series_completed', 'sds_1', 'streaming', 's2', {});
    receive('series_error', 'sds_1', 's2', 'resolve error');
    assert.deepEqual(take(), []);
    receive('du', { sds_1: { s } });
    receive('series_completed', 'sds_1', 'streaming');
    assert.deepEqual(take(), ['data 60', 'completed streaming 0 null']);
  });

  it('for another series are none of its business', () => {
    const { receive, take } = open();
    receive('du', { sds_2: { s: [{ i: 0, v: [60, 1, 1, 1, 1] }], t: 's1' }, st_1: { st: [], t: 's1_st1' } });
    receive('series_completed', 'sds_2', 'streaming', 's1', {});
    receive('series_error', 'sds_2', 's1', 'resolve error');
    receive('timescale_update', {}, { index: 300, changes: [1], marks: [] });
    assert.deepEqual(take(), []);
  });

  it('may be empty', () => {
    const { take, load } = open();
    load();
    assert.deepEqual(take(), ['data', 'completed streaming 0 null']);
  });

  it('end when the session is closed or abandoned', () => {
    for (const end of ['close', 'abandon'] as const) {
      const { chart, take, load } = open();
      chart[end]();
      load([0, 60]);
      assert.deepEqual(take(), []);
    }
  });
});

describe('chart session: skipped places', () => {
  it('are noticed when a live update leaves one out; that update is not told', () => {
    const { take, load, update } = open();
    load([0, 60], [1, 120]);
    take();
    update([2, 180]);
    update([4, 300]);
    assert.deepEqual(take(), ['data 180', 'skipped']);
  });

  it('are noticed within one update', () => {
    const { take, load, update } = open();
    load([0, 60], [1, 120]);
    take();
    update([1, 120], [3, 240]);
    assert.deepEqual(take(), ['skipped']);
  });

  it('are none when several new bars follow each other', () => {
    const { take, load, update } = open();
    load([0, 60]);
    take();
    update([0, 60], [1, 120], [2, 180]);
    update([3, 600]);
    assert.deepEqual(take(), ['data 60 120 180', 'data 600'], 'a hole in time is none in places');
  });

  it('are seen in the first update after paging too, where the page says how far it has shifted them', () => {
    const { chart, take, load, update } = open();
    load([0, 600], [1, 660]);
    chart.loadOlder(2);
    load([0, 480], [1, 540], [2, 600]);
    take();
    update([5, 780]);
    assert.deepEqual(take(), ['skipped']);
  });

  it('are none in the first update after a page that does not say how far it has shifted them', () => {
    const { chart, take, load, update } = open();
    load([0, 600], [1, 660]);
    chart.loadOlder(2);
    load([0, 480], [1, 540]);
    take();
    update([9, 720]);
    assert.deepEqual(take(), ['data 720']);
    update([11, 840]);
    assert.deepEqual(take(), ['skipped']);
  });

  it('are none in the first update after paging, though paging shifts them', () => {
    const { chart, take, load, update } = open();
    load([0, 600], [1, 660]);
    chart.loadOlder(2);
    load([0, 480], [1, 540], [2, 600]);
    take();
    update([4, 720]);
    update([5, 780]);
    assert.deepEqual(take(), ['data 720', 'data 780']);
    update([7, 900]);
    assert.deepEqual(take(), ['skipped']);
  });

  it('are none in the first update after a page that moved nothing', () => {
    const { chart, take, load, update, receive } = open();
    load([0, 600], [1, 660]);
    chart.loadOlder(2);
    receive('series_completed', 'sds_1', 'streaming', 's1', { data_completed: 'end' });
    take();
    update([2, 720]);
    assert.deepEqual(take(), ['data 720']);
  });

  it('are none while a page is being loaded', () => {
    const { chart, take, load, update } = open();
    load([0, 600], [1, 660]);
    chart.loadOlder(2);
    take();
    update([4, 720]);
    assert.deepEqual(take(), ['data 720']);
  });

  it('are none where places have shifted by an insertion', () => {
    const { receive, take, load, update } = open();
    load([0, 60], [1, 180]);
    take();
    receive(
      'timescale_update',
      { sds_1: { s: [{ i: 1, v: [120, 1, 1, 1, 1] }], t: 's1' } },
      { index_diff: [{ old: 1, new: 2 }] },
    );
    update([3, 240]);
    assert.deepEqual(take(), ['data 120', 'data 240']);
  });

  it('are seen behind an insertion too', () => {
    const { receive, take, load, update } = open();
    load([0, 60], [1, 180]);
    take();
    const inserted = { s: [{ i: 1, v: [120, 1, 1, 1, 1] }], t: 's1' };
    receive('timescale_update', { sds_1: inserted }, { index_diff: [[1, 1]] });
    update([4, 300]);
    assert.deepEqual(take(), ['data 120', 'skipped']);
  });

  it('are not seen in corrections of older bars', () => {
    const { take, load, update } = open();
    load([0, 60], [1, 120], [2, 180]);
    take();
    update([0, 60]);
    update([2, 180]);
    update([3, 240]);
    assert.deepEqual(take(), ['data 60', 'data 180', 'data 240']);
  });

  it('are none where upstream gives no places', () => {
    const { receive, take, load } = open();
    load([0, 60]);
    take();
    receive('du', { sds_1: { s: [{ v: [600, 1, 1, 1, 1] }], t: 's1' } });
    assert.deepEqual(take(), ['data 600']);
  });
});

describe('chart session: errors', () => {
  it('have the scope of what failed', () => {
    const failures: [string, unknown[], string][] = [
      [
        'symbol_error',
        ['sds_sym_1', 'permission denied', 'group', 'economics_paid'],
        'failed symbol: permission denied group economics_paid',
      ],
      ['series_error', ['sds_1', 's1', 'resolve error', 'srv'], 'failed series: resolve error srv'],
      [
        'critical_error',
        ['invalid parameters', 'method: create_series'],
        'failed session: invalid parameters method: create_series',
      ],
    ];
    for (const [method, params, told] of failures) {
      const { receive, take } = open();
      receive(method, ...params);
      assert.deepEqual(take(), [told]);
    }
  });

  it('are told once: the series error that follows a symbol error is not another one', () => {
    const { receive, take, load } = open();
    receive('symbol_error', 'sds_sym_1', 'invalid symbol');
    receive('series_error', 'sds_1', 's1', 'resolve error');
    load([0, 60]);
    assert.deepEqual(take(), ['failed symbol: invalid symbol']);
  });

  it('leave the session to be closed', () => {
    const { chart, receive, sent } = open();
    receive('symbol_error', 'sds_sym_1', 'invalid symbol');
    chart.close();
    assert.deepEqual(read(sent).at(-1), { m: 'chart_delete_session', p: [ID] });
  });
});
