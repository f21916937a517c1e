import { CANDLES, candleValue, quoteValue, symbolsOf } from '../load/plan';
import type { Job } from './job';
import type { Meter } from './meter';

type Library = typeof import('../../../src/index');
type Client = InstanceType<Library['TradingViewClient']>;

/** The library as it was built. */
export function livetick(job: Job, meter: Meter): void {
  const client = connected(job);
  meter.conflated = () => client.stats().conflated;
  if (job.plan.traffic === 'candles') return candles(client, job, meter);
  if (job.plan.traffic === 'indicator') return indicator(client, meter);
  quotes([client], job, meter);
}

/** A connection for each symbol. */
export function livetickEach(job: Job, meter: Meter): void {
  const clients = symbolsOf(job.plan.symbols).map(() => connected(job));
  meter.conflated = () => clients.reduce((sum, client) => sum + client.stats().conflated, 0);
  // Their handshakes hold the event loop up, and until it has been well for two seconds, a client conflates.
  quotes(clients, job, meter, 3_000);
}

function connected({ library, url, httpUrl }: Job): Client {
  const { TradingViewClient } = require(library) as Library;
  return new TradingViewClient({ server: 'custom', url, httpUrl, plan: 'ultimate' });
}

/** @param pause milliseconds before the load */
function quotes(clients: Client[], { plan }: Job, meter: Meter, pause = 0): void {
  const opened = new Set<string>();
  const symbols = symbolsOf(plan.symbols);
  const each = symbols.length / clients.length;
  clients.forEach((client, n) => {
    const own = symbols.slice(n * each, (n + 1) * each);
    client.watchQuotes({ symbols: own }, (event) => {
      if (event.event !== 'quote') throw event.error;
      const { price, bid, timestamp, volume } = event.quote;
      if (plan.rate) meter.late(volume as number);
      meter.event(quoteValue(price as number, bid as number, (timestamp as number) / 1000));
      if (opened.size === plan.symbols) return;
      opened.add(event.symbol);
      if (opened.size === plan.symbols) setTimeout(() => void meter.ready(), pause);
    });
  });
}

function candles(client: Client, { plan }: Job, meter: Meter): void {
  client.watchCandles({ ...CANDLES, history: plan.candles ?? CANDLES.history }, (event) => {
    if (event.event === 'forming') meter.event(candleValue(event.candle.high, event.candle.close));
    else if (event.event === 'history') void meter.ready();
    else throw new Error(`unexpected: ${JSON.stringify(event)}`);
  });
}

function indicator(client: Client, meter: Meter): void {
  client.watchIndicator({ ...CANDLES, indicator: 'Volume@tv-basicstudies-246' }, (event) => {
    if (event.event === 'forming') meter.event(event.item.plots[0] as number);
    else if (event.event === 'history') void meter.ready();
    else throw new Error(`unexpected: ${JSON.stringify(event)}`);
  });
}
