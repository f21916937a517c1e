import { join } from 'node:path';
import type { HistoryJob, HistoryReport } from '../client/history';
import { lastWord } from '../harness/client';
import { BUILT, LIBRARY } from '../harness/places';
import { alternate, type Row } from '../harness/results';
import type { Section, Surroundings } from '../harness/section';
import type { LoadServer } from '../harness/server';

const NAMES = { parse: 'ws, split, JSON.parse', livetick: 'livetick' } as const;
type Way = keyof typeof NAMES;

export const historyRow = (count: number, way: Way) => `history of ${count} candles: ${NAMES[way]}`;
const RECONNECT = 'reconnect with 500 symbols until all are live again';
const FIRST = 'the first one of a process';

function histories(server: LoadServer, count: number): Row[] {
  let sum: number | null = null;
  return (['parse', 'livetick'] as const).map((variant) => ({
    name: historyRow(count, variant),
    async run() {
      const job: HistoryJob = { variant, url: server.url(), library: LIBRARY, count, times: count > 10_000 ? 8 : 20 };
      const report = await lastWord<HistoryReport>([
        process.execPath,
        join(BUILT, 'client/history.js'),
        JSON.stringify(job),
      ]);
      if (!report) return { value: Number.NaN, void: 'it did not come to the end' };
      sum ??= report.sum;
      const other = sum === report.sum ? null : 'its candles are others';
      return { value: report.cpuMs, void: other, more: { [FIRST]: report.firstCpuMs, 'by the clock': report.wallMs } };
    },
  }));
}

function reconnecting(server: LoadServer): Row {
  const job = JSON.stringify({ url: server.url(), library: LIBRARY, symbols: 500, times: 10 });
  return {
    name: RECONNECT,
    async run() {
      const report = await lastWord<{ cpuMs: number; wallMs: number }>([
        process.execPath,
        join(BUILT, 'client/reconnect.js'),
        job,
      ]);
      if (!report) return { value: Number.NaN, void: 'it did not come to the end' };
      return { value: report.cpuMs, void: null, more: { 'by the clock': report.wallMs } };
    },
  };
}

/** What comes at once: past candles, and what is made good after a reconnect. */
export async function history({ server, results }: Surroundings): Promise<Section> {
  for (const count of [5_000, 20_000]) await alternate(results, histories(server, count), 5);
  await alternate(results, [reconnecting(server)], 5);
  const lines = [5_000, 20_000].flatMap((count) => {
    const against = [historyRow(count, 'parse')];
    return [
      { row: historyRow(count, 'parse') },
      { row: historyRow(count, 'livetick'), against },
      { row: historyRow(count, 'livetick'), against, of: FIRST },
      { row: historyRow(count, 'livetick'), against, of: 'by the clock' },
    ];
  });
  return {
    title: 'CPU of what comes at once',
    unit: 'ms',
    lines: [...lines, { row: RECONNECT }, { row: RECONNECT, of: 'by the clock' }],
  };
}
