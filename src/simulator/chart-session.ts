import { isCount, isId, isWholeRange } from './call-arguments';
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
  repeatCall,
  SERVER,
  type SeriesPart,
  type Told,
  timedPacket,
  updatePart,
} from './chart-packets';
import { ChartStudies } from './chart-studies';
import { CriticalError } from './critical-error';
import { LiveSeries, type Update } from './live-series';
import type { MarketBar } from './market-bar';
import { hashText, mix } from './random';
import { parseResolution, type Refusal, type Resolution, sameResolution } from './resolution';
import type { StudyPart } from './study-packets';
import { SymbolSlots } from './symbol-slots';
import { isTimeZone, TimeZone } from './time-zone';

/** One new bar in so many comes by `timescale_update` instead of `du`. */
const BEGUN_BY_TIMESCALE = 5;

interface Series {
  id: string;
  slot: string;
  turnaround: string;
  count: number;
  /** undefined after a series error. */
  live: LiveSeries | undefined;
}

/**
 * One chart session: symbol slots, series, their studies and their data. Faults of the client end the session with a `critical_error`; what
 * still arrives for it then is ignored, for it was under way already.
 */
export class ChartSession {
  readonly id: string;
  readonly #host: ChartHost;
  readonly #slots: SymbolSlots;
  readonly #series = new Map<string, Series>();
  readonly #studies: ChartStudies;
  /** What upstream takes a moment for: a study that is asked for right after its series is loading when that one is told of. */
  #due: (() => void)[] = [];
  #zone = new TimeZone('Etc/UTC');
  #ended = false;

  constructor(id: string, host: ChartHost) {
    this.id = id;
    this.#host = host;
    this.#slots = new SymbolSlots((spec) => host.source(spec));
    this.#studies = new ChartStudies(id, host);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** How many series are alive. */
  get seriesCount(): number {
    return this.live().length;
  }

  /** How many studies are alive. */
  get studyCount(): number {
    return this.#studies.count;
  }

  /** What the series that are alive hold. */
  live(): LiveSeries[] {
    return [...this.#series.values()].flatMap(({ live }) => live ?? []);
  }

  /** @param args without the session's id */
  handle(method: string, args: unknown[]): void {
    if (this.#ended) return;
    try {
      if (method !== 'create_study') this.#catchUp();
      this.#dispatch(method, args);
    } catch (error) {
      if (!(error instanceof CriticalError)) throw error;
      this.end(error.message, method, args);
    }
  }

  /** Ends it as a fault of the client. */
  end(reason: string, method: string, args: readonly unknown[]): void {
    this.#ended = true;
    this.#due = [];
    this.#slots.clear();
    this.#series.clear();
    this.#studies.clear();
    this.#host.post(packet('critical_error', [this.id, reason, repeatCall(method, args)]));
  }

  /** The client has done with it. */
  close(): void {
    for (const series of this.#series.values()) this.#retire(series);
    this.#due = [];
    this.#series.clear();
    this.#studies.clear();
  }

  /** Loads what has been asked for, and tells of symbols that no series has waited for. */
  settle(): void {
    this.#catchUp();
    this.#post(this.#slots.answers(this.id, this.#host.now()));
  }

  /** Sends what has changed since the last time; called every second. */
  advance(): void {
    const now = this.#host.now();
    const updated: Record<string, SeriesPart> = {};
    const studies: Record<string, StudyPart> = {};
    for (const series of this.#series.values()) {
      if (!series.live) continue;
      if (!this.#host.streams(series.live.source.instrument.symbol)) {
        series.live.interrupt();
        continue;
      }
      const update = series.live.advance(now);
      if (!update) continue;
      Object.assign(studies, this.#studies.advance(series, update.bars, now));
      const told = this.#told(series, series.live);
      if (comesByTimescale(series.live, update)) {
        this.#post(beginPackets(told, update));
        this.#post([futureMarksPacket(told)]);
      } else {
        updated[series.id] = updatePart(told, update.bars);
      }
    }
    this.#postUpdate(updated);
    this.#postUpdate(studies);
  }

  /** Tells of a bar that was changed or inserted after the event, where a series holds it. */
  amend(source: CandleSource, resolution: Resolution, bar: MarketBar, inserted: boolean): void {
    for (const series of this.#series.values()) {
      const { live } = series;
      if (live?.source !== source || !sameResolution(live.resolution, resolution)) continue;
      const placed = live.amend(bar, inserted, this.#host.now());
      const studies = placed ? this.#studies.amend(series, placed.place) : {};
      if (!placed || !this.#host.streams(source.instrument.symbol)) continue;
      const told = this.#told(series, live);
      this.#post([inserted ? insertedPacket(told, placed) : correctedPacket(told, placed)]);
      this.#postUpdate(studies);
    }
  }

  #dispatch(method: string, args: unknown[]): void {
    switch (method) {
      case 'switch_timezone':
        this.#switchTimezone(args);
        break;
      case 'resolve_symbol':
        this.#resolveSymbol(args);
        break;
      case 'create_series':
        this.#createSeries(args);
        break;
      case 'modify_series':
        this.#modifySeries(args);
        break;
      case 'remove_series':
        this.#removeSeries(args);
        break;
      case 'request_more_data':
        this.#requestMoreData(args);
        break;
      case 'create_study':
        this.#later(this.#studies.create(args, this.#series));
        break;
      case 'modify_study':
        this.#later(this.#studies.modify(args));
        break;
      case 'remove_study':
        this.#studies.remove(args);
        break;
    }
  }

  #switchTimezone([name]: unknown[]): void {
    if (typeof name !== 'string' || !isTimeZone(name)) throw new CriticalError('invalid timezone');
    this.#zone = new TimeZone(name);
  }

  #resolveSymbol([slot, text]: unknown[]): void {
    if (!isId(slot) || typeof text !== 'string') throw new CriticalError('invalid parameters');
    if (this.#slots.has(slot)) throw new CriticalError('duplicate id');
    this.#slots.add(slot, text);
    this.#host.wake();
  }

  #createSeries([id, turnaround, slot, code, count, range]: unknown[]): void {
    const resolution = this.#readResolution(slot, code);
    if (!isId(id) || !isId(turnaround) || !isId(slot) || !isCount(count) || !isWholeRange(range)) {
      throw new CriticalError('invalid parameters');
    }
    if (this.#series.has(id)) throw new CriticalError('duplicate id');
    if (this.seriesCount >= this.#host.seriesPerSession) {
      throw new CriticalError('exceed limit of series in the session');
    }
    const series: Series = { id, slot, turnaround, count, live: undefined };
    this.#series.set(id, series);
    this.#open(series, () => this.#load(series, resolution, String(code), 'create'));
  }

  #modifySeries([id, turnaround, slot, code, range]: unknown[]): void {
    const series = this.#find(id);
    const resolution = this.#readResolution(slot, code);
    if (!isId(turnaround) || !isId(slot) || !isWholeRange(range)) throw new CriticalError('invalid parameters');
    this.#retire(series);
    series.turnaround = turnaround;
    series.slot = slot;
    this.#open(series, () => {
      this.#load(series, resolution, String(code), 'modify');
      this.#studies.reload(series);
    });
  }

  #removeSeries([id]: unknown[]): void {
    const series = this.#find(id);
    this.#retire(series);
    this.#studies.drop(series);
    this.#series.delete(series.id);
  }

  #requestMoreData([id, count]: unknown[]): void {
    const series = this.#find(id);
    if (!isCount(count)) throw new CriticalError('invalid parameters');
    if (!series.live) return;
    const bars = series.live.page(count, this.#host.now());
    const told = this.#told(series, series.live);
    if (bars.length > 0) this.#post([pagePacket(told, bars)]);
    this.#post([completedPacket(told)]);
    if (bars.length > 0) this.#studies.reload(series);
  }

  #find(id: unknown): Series {
    const series = typeof id === 'string' ? this.#series.get(id) : undefined;
    if (!series) throw new CriticalError('invalid parameters');
    return series;
  }

  #readResolution(slot: unknown, code: unknown): Resolution | Refusal {
    const resolution = typeof code === 'string' ? parseResolution(code) : undefined;
    if (!resolution || typeof slot !== 'string' || !this.#slots.has(slot))
      throw new CriticalError('invalid parameters');
    return resolution;
  }

  /** The answer to create and modify, in upstream's order: loading, then symbol, data, completed. */
  #open(series: Series, load: () => void): void {
    series.live = undefined;
    this.#post([timedPacket('series_loading', [this.id, series.id, series.turnaround], this.#host.now())]);
    this.#later(load);
  }

  #load(series: Series, resolution: Resolution | Refusal, code: string, cause: 'create' | 'modify'): void {
    const now = this.#host.now();
    this.#post(this.#slots.answers(this.id, now, series.slot));
    const source = this.#slots.source(series.slot);
    const refusal = this.#refusal(source, resolution, code);
    if (refusal || !source || typeof resolution === 'string') {
      this.#post([packet('series_error', [this.id, series.id, series.turnaround, ...(refusal ?? [])])]);
      return;
    }
    const live = new LiveSeries(source, resolution, () => this.#host.maxCandles, now);
    const bars = live.load(series.count, now);
    const told = this.#told(series, live);
    series.live = live;
    if (cause === 'modify') this.#post([emptyPacket(told)]);
    if (bars.length > 0) this.#post([loadPacket(told, bars)]);
    // A market with trading hours has an axis that goes on into the next session; so has any after a switch.
    if (cause === 'modify' || source.instrument.hours.session !== '24x7') this.#post([futureMarksPacket(told)]);
    this.#post([completedPacket(told)]);
  }

  /** The reason of a series error and its detail; undefined when the series can be had. */
  #refusal(source: CandleSource | undefined, resolution: Resolution | Refusal, code: string): string[] | undefined {
    if (!source) return ['resolve error', SERVER];
    if (typeof resolution === 'string') return [resolution, 'undefined'];
    if (resolution.kind !== 'intraday') return undefined;
    if (resolution.seconds && !this.#host.secondsAllowed) return ['seconds_not_entitled', 'undefined'];
    const { intraday, symbol } = source.instrument;
    return intraday ? undefined : [`unsupported resolution: ${symbol}, ${code}`, SERVER];
  }

  #retire(series: Series): void {
    const { live } = series;
    if (!live) return;
    const told = this.#told(series, live);
    this.#host.retire((now) => {
      const update = live.advance(now);
      return update && packet('du', [this.id, { [told.id]: updatePart(told, update.bars) }]);
    });
  }

  #told({ id, turnaround }: Series, live: LiveSeries): Told {
    return { session: this.id, id, turnaround, live, zone: this.#zone, now: this.#host.now() };
  }

  #later(task: () => void): void {
    this.#due.push(task);
    this.#host.wake();
  }

  #catchUp(): void {
    for (const task of this.#due.splice(0)) task();
  }

  #postUpdate(parts: Record<string, SeriesPart | StudyPart>): void {
    if (Object.keys(parts).length > 0) this.#post([packet('du', [this.id, parts])]);
  }

  #post(packets: readonly (string | undefined)[]): void {
    for (const text of packets) if (text !== undefined) this.#host.post(text);
  }
}

/** Now and then, and always for the same bars. */
function comesByTimescale(live: LiveSeries, { bars, begun }: Update): boolean {
  const opened = (bars.at(-1)?.bar.time ?? 0) / 1000;
  return begun && mix(hashText(live.source.instrument.symbol), opened) % BEGUN_BY_TIMESCALE === 0;
}
