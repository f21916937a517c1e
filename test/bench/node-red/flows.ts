import { CANDLES, symbolsOf } from '../load/plan';
import type { NodeRedJob } from './job';

/** The ways in which packets become messages. */
export type Way = 'palette' | 'core' | 'function' | 'send';

interface Addresses {
  url: string;
  httpUrl: string;
}

const TAB = { id: 'tab', type: 'tab', label: 'bench' };

/** Cuts the packets of a message out by their lengths. */
const SPLIT = `
  const text = msg.payload;
  const messages = [];
  for (let at = 0; at < text.length; ) {
    const mark = text.indexOf('~m~', at + 3);
    const start = mark + 3;
    const end = start + Number(text.slice(at + 3, mark));
    TAKE
    at = end;
  }
  return [messages];`;

function functionNode(id: string, take: string, to: string): object {
  const more = { outputs: 1, timeout: 0, noerr: 0, initialize: '', finalize: '', libs: [] };
  return { id, type: 'function', z: 'tab', name: '', func: SPLIT.replace('TAKE', take), ...more, wires: [[to]] };
}

function webSocketIn(url: string, to: string): object[] {
  return [
    {
      id: 'client',
      type: 'websocket-client',
      path: url,
      tls: '',
      wholemsg: 'false',
      hb: '0',
      subprotocol: '',
      headers: [],
    },
    { id: 'in', type: 'websocket in', z: 'tab', name: '', server: '', client: 'client', wires: [[to]] },
  ];
}

/** What a user builds today. */
function core(url: string, method: string): object[] {
  const rules = [{ t: 'eq', v: method, vt: 'str' }];
  return [
    ...webSocketIn(url, 'split'),
    functionNode('split', 'messages.push({ payload: text.slice(start, end) });', 'json'),
    {
      id: 'json',
      type: 'json',
      z: 'tab',
      name: '',
      property: 'payload',
      action: 'obj',
      pretty: false,
      wires: [['switch']],
    },
    {
      ...{ id: 'switch', type: 'switch', z: 'tab', name: '', property: 'payload.m', propertyType: 'msg', rules },
      ...{ checkall: 'false', repair: false, outputs: 1, wires: [['count']] },
    },
  ];
}

/** The same done in one function node. */
function byHand(url: string, method: string): object[] {
  const take = `
    const packet = JSON.parse(text.slice(start, end));
    if (packet.m === '${method}') messages.push({ payload: packet });`;
  return [...webSocketIn(url, 'split'), functionNode('split', take, 'count')];
}

function palette({ url, httpUrl }: Addresses, traffic: string, symbols: number): object[] {
  const connection = {
    id: 'connection',
    type: 'tv-connection',
    name: '',
    server: 'custom',
    url,
    httpUrl,
    plan: 'ultimate',
  };
  const node = { id: 'tv', z: 'tab', name: '', connection: 'connection' };
  if (traffic === 'candles') {
    const { symbol, timeframe } = CANDLES;
    const settings = { symbols: [symbol], timeframe, history: 10, session: 'regular', adjustment: 'splits' };
    return [connection, { ...node, type: 'tv-ohlc', ...settings, wires: [[], ['count'], []] }];
  }
  return [connection, { ...node, type: 'tv-trades', symbols: symbolsOf(symbols), throttle: 0, wires: [['count'], []] }];
}

/** A flow that ends in a counting node. */
export function flowOf(way: Way, job: NodeRedJob, addresses: Addresses): object[] {
  const { traffic, symbols } = job.plan;
  const method = traffic === 'candles' ? 'du' : 'qsd';
  const nodes = {
    palette: () => palette(addresses, traffic, symbols),
    core: () => core(addresses.url, method),
    function: () => byHand(addresses.url, method),
    send: () => [{ id: 'source', type: 'bench-source', z: 'tab', name: '', job, wires: [['count']] }],
  }[way]();
  const count = { id: 'count', type: 'bench-count', z: 'tab', name: '', job, wires: [] };
  // What has no place is taken for a config node.
  return [TAB, ...[...nodes, count].map((node) => ('z' in node ? { ...node, x: 0, y: 0 } : node))];
}
