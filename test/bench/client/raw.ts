import WebSocket from 'ws';
import { CANDLES, candleValue, partValue, quoteValue, symbolsOf } from '../load/plan';
import type { Job } from './job';
import type { Meter } from './meter';

// What somebody writes who needs no package: ws, the packets cut out by their lengths, JSON.parse, and the state that they want.

type Packet = { m: string; p: [string, never] };

export function split(text: string, take: (packet: Packet) => void): void {
  for (let at = 0; at < text.length; ) {
    const mark = text.indexOf('~m~', at + 3);
    const start = mark + 3;
    const end = start + Number(text.slice(at + 3, mark));
    if (text[start] === '{') take(JSON.parse(text.slice(start, end)));
    at = end;
  }
}

export function frame(m: string, ...p: unknown[]): string {
  const payload = JSON.stringify({ m, p });
  return `~m~${payload.length}~m~${payload}`;
}

/** Asks for what the load is about. @returns how to know that an answer is the last one */
function ask({ plan }: Job, send: (...request: [string, ...unknown[]]) => void): (packet: Packet) => boolean {
  send('set_auth_token', 'unauthorized_user_token');
  if (plan.traffic !== 'candles' && plan.traffic !== 'indicator') {
    let left = plan.symbols;
    const names = ['lp', 'lp_time', 'ch', 'chp', 'volume', 'bid', 'ask', 'bid_size', 'ask_size'];
    send('quote_create_session', 'qs_012345678901');
    send('quote_set_fields', 'qs_012345678901', ...names);
    send('quote_add_symbols', 'qs_012345678901', ...symbolsOf(plan.symbols));
    return ({ m }) => m === 'quote_completed' && --left === 0;
  }
  const session = 'cs_012345678901';
  send('chart_create_session', session, '');
  send('resolve_symbol', session, 'sds_sym_1', `=${JSON.stringify({ symbol: CANDLES.symbol })}`);
  send('create_series', session, 'sds_1', 's1', 'sds_sym_1', CANDLES.resolution, plan.candles ?? CANDLES.history, '');
  if (plan.traffic === 'candles') return ({ m }) => m === 'series_completed';
  send('create_study', session, 'st_1', 'st1', 'sds_1', 'Volume@tv-basicstudies-246', {});
  return ({ m }) => m === 'study_completed';
}

/** @param handler makes what takes the messages of the load */
function watch(job: Job, meter: Meter, handler: () => (data: Buffer) => void): void {
  const socket = new WebSocket(job.url, { perMessageDeflate: false });
  const takeLoad = handler();
  socket.on('open', () => {
    const isLast = ask(job, (...request) => socket.send(frame(...request)));
    const opening = (data: Buffer) =>
      split(String(data), (packet) => {
        if (!isLast(packet)) return;
        socket.off('message', opening);
        socket.on('message', takeLoad);
        void meter.ready();
      });
    socket.on('message', opening);
  });
}

/** Receives, and nothing else. */
export function bare(job: Job, meter: Meter): void {
  const { perMessage, rate } = job.plan;
  meter.sums = 'none';
  watch(job, meter, () => {
    if (!rate) return () => meter.event(0, perMessage);
    return (data) => {
      const stamp = Number(data.toString('latin1', data.indexOf('"volume":') + 9).slice(0, 10));
      for (let n = 0; n < perMessage; n++) {
        meter.late(stamp);
        meter.event(0);
      }
    };
  });
}

/** Keeps nothing of a packet. */
export function parse(job: Job, meter: Meter): void {
  meter.sums = 'parts';
  const last = lastOf(job);
  const wanted = new Set(symbolsOf(job.plan.symbols));
  const all = !job.plan.traffic.startsWith('unknown');
  const session = 'qs_012345678901';
  const take = (packet: Packet) => {
    if (packet.m === 'qsd') {
      const { n, v } = packet.p[1] as { n: string; v: Record<string, number> };
      if (all || (packet.p[0] === session && wanted.has(n))) meter.event(partValue(v));
    } else if (packet.m === 'du') meter.event(last(packet.p[1]));
  };
  watch(job, meter, () => (data) => split(String(data), take));
}

/** Keeps the state of each symbol, and the last bar. */
export function merge(job: Job, meter: Meter): void {
  const states = new Map<string, Record<string, number>>();
  const last = lastOf(job);
  const take = (packet: Packet) => {
    if (packet.m === 'du') return meter.event(last(packet.p[1]));
    if (packet.m !== 'qsd') return;
    const { n, v } = packet.p[1] as { n: string; v: Record<string, number> };
    let state = states.get(n);
    if (!state) {
      state = {};
      states.set(n, state);
    }
    Object.assign(state, v);
    meter.event(quoteValue(state.lp as number, state.bid as number, state.lp_time as number));
  };
  watch(job, meter, () => (data) => split(String(data), take));
}

/** Keeps the last bar of the series, and the last point of the study. */
function lastOf({ plan }: Job): (parts: never) => number {
  type Part = { s?: { i: number; v: number[] }[]; st?: { i: number; v: number[] }[] };
  const bar = { time: 0, open: 0, high: 0, low: 0, close: 0, volume: 0 };
  let point: number[] = [];
  return (parts: Record<string, Part>) => {
    const v = parts.sds_1?.s?.at(-1)?.v;
    if (v)
      [bar.time, bar.open, bar.high, bar.low, bar.close, bar.volume] = v as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
    if (plan.traffic !== 'indicator') return candleValue(bar.high, bar.close);
    point = parts.st_1?.st?.at(-1)?.v ?? point;
    return point[1] as number;
  };
}
