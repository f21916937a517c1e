import { decodeFrame } from '../../../src/tradingview/framing';
import type { QuoteState } from './quote-packets';

/** The newest bar of the series, as it was loaded. */
export interface NewestBar {
  place: number;
  /** Seconds, as on the wire. */
  time: number;
  closeTime: number;
}

/** What a client has opened, as is seen from what it asks and from what the practice market answers. */
export class Opening {
  quoteSession = '';
  /** As they were asked for. */
  readonly symbols: string[] = [];
  /** Their states, as they were told first. */
  readonly states = new Map<string, QuoteState>();
  chartSession = '';
  series = '';
  turnaround = '';
  bar: NewestBar | null = null;
  study = '';
  studyTurnaround = '';
  studyValues: number[] = [];

  asked(message: string): void {
    for (const payload of decodeFrame(message).packets) {
      if (!payload.startsWith('{')) continue;
      const { m, p } = JSON.parse(payload);
      if (m === 'quote_create_session') this.quoteSession = p[0];
      if (m === 'quote_add_symbols')
        this.symbols.push(...p.slice(1).filter((text: unknown) => typeof text === 'string'));
    }
  }

  answered(message: string): void {
    for (const payload of decodeFrame(message).packets) {
      if (payload.startsWith('{"m":"qsd"')) {
        const { n, v } = JSON.parse(payload).p[1];
        this.states.set(n, { lp: v.lp, lp_time: v.lp_time, bid: v.bid });
      }
      if (!/^\{"m":"(timescale_update|du)"/.test(payload)) continue;
      const [session, parts] = JSON.parse(payload).p;
      this.chartSession = session;
      for (const [id, part] of Object.entries<Record<string, never>>(parts)) this.#take(id, part);
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: parts of packets have many shapes
  #take(id: string, part: any): void {
    const bar = part.s?.at(-1);
    const point = part.st?.at(-1);
    if (bar) {
      this.series = id;
      this.turnaround = part.t;
      this.bar = { place: bar.i, time: bar.v[0], closeTime: part.lbs.bar_close_time };
    }
    if (point) {
      this.study = id;
      this.studyTurnaround = part.t;
      this.studyValues = point.v.slice(1);
    }
  }
}
