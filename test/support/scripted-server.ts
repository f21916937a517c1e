import { SteppedClock } from '../../src/market/clock';
import { type ClientSurroundings, TradingViewClient } from '../../src/tradingview/client';
import type { ClientOptions } from '../../src/tradingview/options';
import { ScriptedTransport } from './scripted-transport';
import { hello, packet, read } from './wire';

/** A bar on the wire: place, open time in seconds, and one number from which all values follow. */
export type WireBar = [place: number, time: number, value?: number];

/** A client on a stepped clock whose server the test plays, message by message. */
export class ScriptedServer {
  readonly clock: SteppedClock;
  readonly transport = new ScriptedTransport();
  readonly client: TradingViewClient;
  readonly logs: string[] = [];

  constructor(start: number, options: ClientOptions = {}, around: ClientSurroundings = {}) {
    this.clock = new SteppedClock(start);
    this.client = new TradingViewClient(options, {
      transport: this.transport.open,
      clock: this.clock,
      log: (text) => this.logs.push(text),
      ...around,
    });
  }

  /** The newest link opens, and the server greets. */
  greet(more: Record<string, unknown> = {}): void {
    this.transport.link.open();
    this.transport.link.receive(hello(this.clock.now(), more));
  }

  send(method: string, ...params: unknown[]): void {
    this.transport.link.receive(packet(method, ...params));
  }

  /** What was asked of the server over the newest link, by method. */
  requests(method: string): unknown[][] {
    return read(this.transport.link.sent).flatMap((one) =>
      typeof one !== 'string' && one.m === method ? [one.p] : [],
    );
  }

  /** Ids of the chart sessions that were created over the newest link. */
  get sessions(): string[] {
    return this.requests('chart_create_session').map(([id]) => String(id));
  }

  /** Bars of a session, by `du`. @param closeTime of the newest, in seconds */
  update(session: string | undefined, bars: WireBar[], closeTime?: number): void {
    this.send('du', session, { sds_1: series(bars, closeTime) });
  }

  /** A session has loaded these bars. */
  load(session: string | undefined, bars: WireBar[], closeTime?: number, flags: Record<string, unknown> = {}): void {
    this.send('timescale_update', session, { sds_1: series(bars, closeTime) }, { index_diff: [] });
    this.send('series_completed', session, 'sds_1', 'streaming', 's1', flags);
  }
}

function series(bars: WireBar[], closeTime: number | undefined): unknown {
  const s = bars.map(([i, time, value = 1]) => ({ i, v: [time, value, value, value, value, 1] }));
  return { s, t: 's1', ...(closeTime !== undefined && { lbs: { bar_close_time: closeTime } }) };
}
