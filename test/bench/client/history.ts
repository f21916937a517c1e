// Histories one after the other, each over a connection of its own, from connecting to the answer. The first is told apart: until
// then nothing has been compiled. `sum` of the closes shows that the same candles were had.
import WebSocket from 'ws';
import { CANDLES } from '../load/plan';
import { frame, split } from './raw';

export interface HistoryJob {
  variant: 'parse' | 'livetick';
  url: string;
  library: string;
  count: number;
  times: number;
}

export interface HistoryReport {
  firstCpuMs: number;
  cpuMs: number;
  wallMs: number;
  sum: number;
}

const job: HistoryJob = JSON.parse(process.argv[2] ?? '');
const TIMEFRAME = '1m';
const RESOLUTION = '1';
const SESSION = 'cs_012345678901';

type Library = typeof import('../../../src/index');

async function ours(): Promise<number[]> {
  const { TradingViewClient } = require(job.library) as Library;
  const client = new TradingViewClient({ server: 'custom', url: job.url, maxCandles: job.count });
  const { candles } = await client.history({ symbol: CANDLES.symbol, timeframe: TIMEFRAME, count: job.count });
  void client.close();
  return candles.map(({ close }) => close);
}

/** The same requests and the same socket, and of each packet only what JSON.parse makes of it. */
function parsed(): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(job.url, { perMessageDeflate: false });
    const send = (m: string, ...p: unknown[]) => socket.send(frame(m, ...p));
    const pages: number[][] = [];
    socket.on('error', reject);
    socket.on('open', () => {
      send('set_auth_token', 'unauthorized_user_token');
      send('chart_create_session', SESSION, '');
      send('resolve_symbol', SESSION, 'sds_sym_1', `=${JSON.stringify({ symbol: CANDLES.symbol })}`);
      // One is forming still.
      send('create_series', SESSION, 'sds_1', 's1', 'sds_sym_1', RESOLUTION, job.count + 1, '');
    });
    socket.on('message', (data) =>
      split(String(data), ({ m, p }) => {
        if (m === 'timescale_update') {
          const { sds_1: series } = p[1] as { sds_1?: { s: { v: number[] }[] } };
          if (series) pages.unshift(series.s.map(({ v }) => v[4] as number));
        }
        if (m !== 'series_completed') return;
        socket.close();
        resolve(pages.flat().slice(0, -1));
      }),
    );
  });
}

async function main(): Promise<void> {
  const one = job.variant === 'livetick' ? ours : parsed;
  const spent: { cpu: number; wall: number }[] = [];
  let sum = 0;
  for (let n = 0; n < job.times; n++) {
    const cpu = process.cpuUsage();
    const begun = performance.now();
    const closes = await one();
    const { user, system } = process.cpuUsage(cpu);
    spent.push({ cpu: (user + system) / 1000, wall: performance.now() - begun });
    sum = closes.slice(-job.count).reduce((total, close) => total + close, closes.length * 1e6);
  }
  const [first, ...others] = spent;
  const mean = (of: 'cpu' | 'wall') => others.reduce((total, one) => total + one[of], 0) / others.length;
  const report: HistoryReport = { firstCpuMs: first?.cpu ?? Number.NaN, cpuMs: mean('cpu'), wallMs: mean('wall'), sum };
  process.stdout.write(JSON.stringify(report), () => process.exit());
}

void main();
