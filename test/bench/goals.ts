import { shown } from './harness/print';
import type { Results } from './harness/results';
import { rowOf } from './sections/clients';
import { historyRow } from './sections/history';
import { latencyRow } from './sections/latency';
import { GROWTH, memoryRow } from './sections/memory';
import { flowRow } from './sections/node-red';
import { SIZE } from './sections/size';
import { REQUIRE } from './sections/start-up';

/** A line of the summary. */
export interface Goal {
  what: string;
  /** NaN when it was not measured, or its rows are void. */
  measured: number;
  most: number;
  /** What was reached where that falls short of the goal: the short form sees to it that it does not get worse. */
  reached?: number;
  /** Whether the short form measures it. */
  short?: true;
}

/** In the short form a ratio may be so much worse, for machines are noisy. */
const LENIENCY = 1.25;

const QUOTES = 'quotes, 8 a message';
const CANDLES = 'candles, 8 a message';
/** As many as the website loads. */
const NEWEST = 'candles, 8 a message, the newest of 300 read';

const RSS = 'RSS in KiB';
const HELD = 'held by JavaScript in KiB';

/** Growth of the heap that garbage collection leaves from run to run, KiB: half a byte for a thousand packets. */
const NOISE = 512;

export function goals(results: Results): Goal[] {
  const ours = (group: string, other: Parameters<typeof rowOf>[1]) =>
    results.ratio(rowOf(group, 'livetick'), rowOf(group, other));
  const flow = (way: Parameters<typeof flowRow>[1]) =>
    results.ratio(flowRow('quotes', 'palette'), flowRow('quotes', way));
  const late = (of: string) => results.ratio(latencyRow(20_000, 'livetick'), latencyRow(20_000, 'bare'), of);
  const perSymbol = (of: string) =>
    (results.median(memoryRow(1000, 'livetick'), of) - results.median(memoryRow(1, 'livetick'), of)) / 999;
  const unwanted = ['of an unknown session, 8 a message', 'of unknown symbols, 8 a message'];
  return [
    { what: 'quote packet, against ws + split + JSON.parse', measured: ours(QUOTES, 'parse'), most: 0.65, short: true },
    { what: 'quote packet, against @mathieuc/tradingview', measured: ours(QUOTES, 'rival'), most: 0.4, short: true },
    {
      what: 'candle update, against ws + split + JSON.parse + last bar',
      measured: ours(CANDLES, 'parse'),
      most: 0.45,
      reached: 0.5,
      short: true,
    },
    {
      what: 'candle update, against @mathieuc/tradingview, its newest bar read',
      measured: ours(NEWEST, 'rival'),
      most: 0.05,
      reached: 0.055,
      short: true,
    },
    {
      what: 'packet that nobody subscribed to, against bare ws',
      measured: Math.max(...unwanted.map((group) => ours(group, 'bare'))),
      most: 1.4,
      short: true,
    },
    {
      what: 'message in Node-RED, against websocket in, function, json, switch',
      measured: flow('core'),
      most: 0.08,
      reached: 0.35,
      short: true,
    },
    {
      what: 'message in Node-RED, against one function node',
      measured: flow('function'),
      most: 0.35,
      reached: 0.45,
      short: true,
    },
    {
      what: 'message in Node-RED, against node.send alone',
      measured: flow('send'),
      most: 1.7,
      reached: 2.2,
      short: true,
    },
    { what: 'p50 latency at 20,000 packets/s, against bare ws', measured: late('p50'), most: 1.1 },
    { what: 'p99 latency at 20,000 packets/s, against bare ws', measured: late('p99'), most: 1.3 },
    { what: 'KiB of RSS per symbol, 1,000 of them over TLS', measured: perSymbol(RSS), most: 8 },
    { what: 'KiB held by JavaScript per symbol, 1,000 of them over TLS', measured: perSymbol(HELD), most: 8 },
    {
      what: '1,000 symbols over TLS, CPU against a connection per symbol',
      measured: results.ratio(memoryRow(1000, 'livetick'), memoryRow(1000, 'livetick-each'), 'µs a packet'),
      most: 0.45,
    },
    {
      what: 'history of 5,000 candles, against the same with JSON.parse alone',
      measured: results.ratio(historyRow(5_000, 'livetick'), historyRow(5_000, 'parse')),
      most: 1.3,
    },
    { what: 'KiB of growth over nine million packets', measured: results.median(GROWTH), most: NOISE },
    {
      what: "require of the library, against require('ws')",
      measured: results.ratio(REQUIRE.palette, REQUIRE.ws),
      most: 2.5,
      short: true,
    },
    { what: 'installed run-time packages', measured: results.median(SIZE.packages), most: 6, short: true },
    { what: 'tarball, kB', measured: results.median(SIZE.tarball), most: 200, reached: 315, short: true },
  ];
}

export function judged(goal: Goal): string {
  return `${verdict(goal).padEnd(12)}  ${goal.what}: ${shown(goal.measured)} (goal ${goal.most})`;
}

/** The summary as the README has it. */
export function markdown(summary: readonly Goal[]): string {
  const rows = summary.map((goal) => `| ${goal.what} | ${shown(goal.measured)} | ≤ ${goal.most} | ${verdict(goal)} |`);
  return ['| what | measured | goal | |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function verdict({ measured, most }: Goal): string {
  if (Number.isNaN(measured)) return 'not measured';
  return measured <= most ? 'holds' : 'falls short';
}

/** Whether the short form lets it pass. */
export function passes({ measured, most, reached = most }: Goal): boolean {
  return measured <= Math.max(most, reached) * LENIENCY;
}
