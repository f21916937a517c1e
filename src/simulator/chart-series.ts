import type { CandleSource } from './candle-source';
import type { ChartHost } from './chart-host';
import {
  beginPackets,
  completedPacket,
  correctedPacket,
  emptyPacket,
  futureMarksPacket,
  insertedPacket,
  loadPacket,
  packet,
  pagePacket,
  SERVER,
  type SeriesPart,
  type Told,
  timedPacket,
  updatePart,
} from './chart-packets';
import { LiveSeries, type PlacedBar, type Update } from './live-series';
import type { MarketBar } from './market-bar';
import { hashText, mix } from './random';
import { type Refusal, type Resolution, sameResolution } from './resolution';
import type { TimeZone } from './time-zone';

/** One new bar in so many comes by `timescale_update` instead of `du`. */
const BEGUN_BY_TIMESCALE = 5;

/** What a client asks of a series. */
export interface SeriesRequest {
  slot: string;
  turnaround: string;
  resolution: Resolution | Refusal;
  /** The resolution as it was asked for. */
  code: string;
}

/** What there is to say of a live update: packets of their own, or a part of one. */
export interface SeriesUpdate {
  bars: readonly PlacedBar[];
  packets: string[];
  part: SeriesPart | undefined;
}

/** One series of a chart session, and all that is said of it. */
export class ChartSeries {
  readonly id: string;
  readonly #session: string;
  readonly #host: ChartHost;
  readonly #zone: () => TimeZone;
  readonly #count: number;
  #request: SeriesRequest;
  #live: LiveSeries | undefined;

  /** @param zone the one that the session counts its days in */
  constructor(
    session: string,
    id: string,
    count: number,
    request: SeriesRequest,
    host: ChartHost,
    zone: () => TimeZone,
  ) {
    this.id = id;
    this.#session = session;
    this.#count = count;
    this.#request = request;
    this.#host = host;
    this.#zone = zone;
  }

  get turnaround(): string {
    return this.#request.turnaround;
  }

  get slot(): string {
    return this.#request.slot;
  }

  /** undefined until it has loaded, and where it cannot be had. */
  get live(): LiveSeries | undefined {
    return this.#live;
  }

  /** It is another from now on; what is still under way comes under its old turnaround. */
  change(request: SeriesRequest): void {
    this.retire();
    this.#request = request;
    this.#live = undefined;
  }

  /** The client has given it up. */
  retire(): void {
    const live = this.#live;
    if (!live) return;
    const told = this.#told(live);
    this.#host.retire((now) => {
      const update = live.advance(now);
      return update && packet('du', [told.session, { [told.id]: updatePart(told, update.bars) }]);
    });
  }

  loading(): string {
    return timedPacket('series_loading', [this.#session, this.id, this.turnaround], this.#host.now());
  }

  /**
   * What follows once its symbol has been told of: the data and the end, or an error.
   * @param source undefined where there is no such symbol
   */
  load(source: CandleSource | undefined, cause: 'create' | 'modify'): (string | undefined)[] {
    const { resolution } = this.#request;
    const refusal = this.#refusal(source);
    if (refusal || !source || typeof resolution === 'string') {
      return [packet('series_error', [this.#session, this.id, this.turnaround, ...(refusal ?? [])])];
    }
    const now = this.#host.now();
    const live = new LiveSeries(source, resolution, () => this.#host.maxCandles, now);
    const bars = live.load(Math.min(this.#count, this.#host.mostAtOnce), now);
    const told = this.#told(live);
    this.#live = live;
    return [
      cause === 'modify' ? emptyPacket(told) : undefined,
      bars.length > 0 ? loadPacket(told, bars) : undefined,
      // A market with trading hours has an axis that goes on into the next session; so has any after a switch.
      cause === 'modify' || source.instrument.hours.session !== '24x7' ? futureMarksPacket(told) : undefined,
      completedPacket(told),
    ];
  }

  /** What follows when older bars are asked for; without any, only the end. */
  page(count: number): string[] {
    const live = this.#live;
    if (!live) return [];
    const bars = live.page(Math.min(count, this.#host.mostAtOnce), this.#host.now());
    const told = this.#told(live);
    return bars.length > 0 ? [pagePacket(told, bars), completedPacket(told)] : [completedPacket(told)];
  }

  /** undefined when nothing has changed, or nothing is told. */
  advance(now: number): SeriesUpdate | undefined {
    const live = this.#live;
    if (!live) return undefined;
    if (!this.#host.streams(live.source.instrument.symbol)) {
      live.interrupt();
      return undefined;
    }
    const update = live.advance(now);
    if (!update) return undefined;
    const told = this.#told(live);
    const { bars } = update;
    if (!comesByTimescale(live, update)) return { bars, packets: [], part: updatePart(told, bars) };
    const marks = futureMarksPacket(told);
    return { bars, packets: [...beginPackets(told, update), ...(marks === undefined ? [] : [marks])], part: undefined };
  }

  /**
   * Takes note of a bar that was changed or inserted after the event.
   * @returns its place and what is to be said of it; undefined where it is not held
   */
  amend(
    source: CandleSource,
    resolution: Resolution,
    bar: MarketBar,
    inserted: boolean,
  ): { place: number; packets: string[] } | undefined {
    const live = this.#live;
    if (live?.source !== source || !sameResolution(live.resolution, resolution)) return undefined;
    const placed = live.amend(bar, inserted, this.#host.now());
    if (!placed) return undefined;
    const told = this.#told(live);
    return { place: placed.place, packets: [inserted ? insertedPacket(told, placed) : correctedPacket(told, placed)] };
  }

  /** The reason of a series error and its detail; undefined when the series can be had. */
  #refusal(source: CandleSource | undefined): string[] | undefined {
    const { resolution, code } = this.#request;
    if (!source) return ['resolve error', SERVER];
    if (typeof resolution === 'string') return [resolution, 'undefined'];
    if (resolution.kind !== 'intraday') return undefined;
    if (resolution.seconds && !this.#host.secondsAllowed) return ['seconds_not_entitled', 'undefined'];
    const { intraday, symbol } = source.instrument;
    return intraday ? undefined : [`unsupported resolution: ${symbol}, ${code}`, SERVER];
  }

  #told(live: LiveSeries): Told {
    const { turnaround } = this.#request;
    return { session: this.#session, id: this.id, turnaround, live, zone: this.#zone(), now: this.#host.now() };
  }
}

/** Now and then, and always for the same bars. */
function comesByTimescale(live: LiveSeries, { bars, begun }: Update): boolean {
  const opened = (bars.at(-1)?.bar.time ?? 0) / 1000;
  return begun && mix(hashText(live.source.instrument.symbol), opened) % BEGUN_BY_TIMESCALE === 0;
}
