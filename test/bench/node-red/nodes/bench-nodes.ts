import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { Meter } from '../../client/meter';
import { candleValue, partValue, quoteValue, WINDOW } from '../../load/plan';
import type { NodeRedJob } from '../job';

// biome-ignore lint/suspicious/noExplicitAny: payloads have many shapes
type Payload = any;

/** What counts of a message, by how it came about. */
const VALUES: Record<NodeRedJob['value'], (payload: Payload) => number> = {
  quote: ({ price, bid, timestamp }) => quoteValue(price, bid, timestamp / 1000),
  candle: ({ high, close }) => candleValue(high, close),
  'quote-packet': ({ p: [, { v }] }) => partValue(v),
  'candle-packet': ({
    p: [
      ,
      {
        sds_1: { s },
      },
    ],
  }) => candleValue(s[0].v[2], s[0].v[4]),
};

/** Messages that wait at once, as packets of a message do. */
const AT_ONCE = 8;
/** Quotes that differ. */
const POOL = 8 * WINDOW;

export = function (RED: NodeAPI) {
  /** Counts what comes. */
  function Count(this: Node, config: NodeDef & { job: NodeRedJob }) {
    RED.nodes.createNode(this, config);
    const { job } = config;
    if (job.core !== null) execFileSync('taskset', ['-a', '-c', '-p', String(job.core), String(process.pid)]);
    let begun = false;
    const begin = (pilot: number) => {
      if (begun) return;
      begun = true;
      void meter.ready(pilot);
    };
    const meter = new Meter(job, 'events', (report) => console.log(`BENCH REPORT ${JSON.stringify(report)}`));
    const value = VALUES[job.value];
    meter.sums = job.value.endsWith('packet') ? 'parts' : 'whole';
    if (job.plan.unasked) RED.events.once('flows:started', () => begin(job.pilot));
    RED.events.once('bench:source', begin);
    this.on('input', (message: NodeMessage, _send, done) => {
      meter.event(value(message.payload));
      if (!begun) begin(job.pilot);
      done();
    });
  }

  /** Sends messages like those of tv-trades, made of nothing. */
  function Source(this: Node, config: NodeDef & { job: NodeRedJob }) {
    RED.nodes.createNode(this, config);
    const { job } = config;
    const { warmUp, windows } = job.plan;
    const quotes = Array.from({ length: POOL }, (_, n) => quoteOf(n));
    const changed = ['price', 'timestamp', 'change', 'changePercent', 'volume', 'bid', 'ask'];
    const total = (warmUp + windows) * WINDOW;
    let sent = 0;
    let allowed = 0;
    const sendSome = () => {
      for (let n = 0; n < AT_ONCE; n++) {
        const payload = quotes[sent++ % POOL];
        this.send({ topic: 'PRACTICE:N000', symbol: 'PRACTICE:N000', event: 'quote', payload, changed } as NodeMessage);
      }
      if (sent < allowed) setImmediate(sendSome);
    };
    const allow = (windowsMore: number) => {
      const idle = sent === allowed;
      allowed = Math.min(total, allowed + windowsMore * WINDOW);
      if (idle && sent < allowed) setImmediate(sendSome);
    };
    const pilot = createServer((socket: Socket) => {
      let first = true;
      socket.on('data', (data) => {
        const lines = String(data).split('\n').length - 1;
        allow(first ? lines + 1 : lines);
        first = false;
      });
      socket.on('error', () => {});
    }).listen(0, '127.0.0.1');
    const listening = once(pilot, 'listening');
    RED.events.once('flows:started', async () => {
      await listening;
      console.log(`BENCH EXPECTED ${JSON.stringify(expected(quotes, warmUp, windows))}`);
      RED.events.emit('bench:source', (pilot.address() as AddressInfo).port);
    });
    this.on('close', (done: () => void) => pilot.close(() => done()));
  }

  RED.nodes.registerType('bench-count', Count as never);
  RED.nodes.registerType('bench-source', Source as never);
};

function quoteOf(n: number) {
  const price = 1_000 + (n % 1_000) + 0.25;
  const rest = { change: 1.5, changePercent: 0.15, volume: 1234.125 + n, bid: price - 0.25, ask: price + 0.25 };
  return { symbol: 'PRACTICE:N000', price, timestamp: 1_700_000_000_000 + n * 1000, ...rest, bidSize: 7, askSize: 8 };
}

function expected(quotes: ReturnType<typeof quoteOf>[], warmUp: number, windows: number) {
  let whole = 0;
  for (let n = warmUp * WINDOW; n < (warmUp + windows) * WINDOW; n++) whole += VALUES.quote(quotes[n % POOL]);
  return { events: windows * WINDOW, whole, parts: Number.NaN };
}
