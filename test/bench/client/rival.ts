import { createRequire } from 'node:module';
import { CANDLES, candleValue, quoteValue, symbolsOf } from '../load/plan';
import type { Job } from './job';
import type { Meter } from './meter';

/** @mathieuc/tradingview as it comes, but for the address, which stands in its source. */
export function rival(job: Job, meter: Meter): void {
  const own = createRequire(job.rival);
  const Socket = own('ws');
  const cached = require.cache[own.resolve('ws')] as NodeJS.Module;
  cached.exports = class extends Socket {
    constructor(_address: string, options: object) {
      super(job.url, options);
    }
  };
  const { Client } = own(job.rival);
  const client = new Client();
  if (job.plan.traffic === 'candles') {
    const chart = new client.Session.Chart();
    chart.setMarket(CANDLES.symbol, { timeframe: CANDLES.resolution, range: job.plan.candles ?? CANDLES.history });
    let opened = false;
    chart.onUpdate(() => {
      const [newest] = chart.periods;
      meter.event(candleValue(newest.max, newest.close));
      if (!opened) void meter.ready();
      opened = true;
    });
    return;
  }
  const session = new client.Session.Quote({ fields: 'all' });
  let left = job.plan.symbols;
  for (const symbol of symbolsOf(job.plan.symbols)) {
    const market = new session.Market(symbol);
    market.onData(({ lp, bid, lp_time }: Record<'lp' | 'bid' | 'lp_time', number>) =>
      meter.event(quoteValue(lp, bid, lp_time)),
    );
    market.onLoaded(() => {
      if (--left === 0) void meter.ready();
    });
  }
}
