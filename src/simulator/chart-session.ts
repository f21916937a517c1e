import { isCount, isId, isWholeRange } from './call-arguments';
import type { CandleSource } from './candle-source';
import type { ChartHost } from './chart-host';
import { packet, repeatCall, type SeriesPart } from './chart-packets';
import { ChartSeries, type SeriesRequest } from './chart-series';
import { ChartStudies } from './chart-studies';
import { CriticalError } from './critical-error';
import type { LiveSeries } from './live-series';
import type { MarketBar } from './market-bar';
import { parseResolution, type Resolution } from './resolution';
import type { StudyPart } from './study-packets';
import { SymbolSlots } from './symbol-slots';
import { isTimeZone, TimeZone } from './time-zone';

/**
 * One chart session: symbol slots, series, their studies and their data. Faults of the client end the session with a `critical_error`; what
 * still arrives for it then is ignored, for it was under way already.
 */
export class ChartSession {
  readonly id: string;
  readonly #host: ChartHost;
  readonly #slots: SymbolSlots;
  readonly #series = new Map<string, ChartSeries>();
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
    for (const series of this.#series.values()) series.retire();
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
      const update = series.advance(now);
      if (!update) continue;
      Object.assign(studies, this.#studies.advance(series, update.bars, now));
      this.#post(update.packets);
      if (update.part) updated[series.id] = update.part;
    }
    this.#postUpdate(updated);
    this.#postUpdate(studies);
  }

  /** Tells of a bar that was changed or inserted after the event, where a series holds it. */
  amend(source: CandleSource, resolution: Resolution, bar: MarketBar, inserted: boolean): void {
    for (const series of this.#series.values()) {
      const amended = series.amend(source, resolution, bar, inserted);
      if (!amended) continue;
      const studies = this.#studies.amend(series, amended.place);
      if (!this.#host.streams(source.instrument.symbol)) continue;
      this.#post(amended.packets);
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
    const request = this.#readRequest(turnaround, slot, code, range);
    if (!isId(id) || !isCount(count)) throw new CriticalError('invalid parameters');
    if (this.#series.has(id)) throw new CriticalError('duplicate id');
    if (this.seriesCount >= this.#host.seriesPerSession) {
      throw new CriticalError('exceed limit of series in the session');
    }
    const series = new ChartSeries(this.id, id, count, request, this.#host, () => this.#zone);
    this.#series.set(id, series);
    this.#open(series, 'create');
  }

  #modifySeries([id, turnaround, slot, code, range]: unknown[]): void {
    const series = this.#find(id);
    series.change(this.#readRequest(turnaround, slot, code, range));
    this.#open(series, 'modify');
  }

  #removeSeries([id]: unknown[]): void {
    const series = this.#find(id);
    series.retire();
    this.#studies.drop(series);
    this.#series.delete(series.id);
  }

  #requestMoreData([id, count]: unknown[]): void {
    const series = this.#find(id);
    if (!isCount(count)) throw new CriticalError('invalid parameters');
    const before = series.live?.size;
    this.#post(series.page(count));
    if (series.live?.size !== before) this.#studies.reload(series);
  }

  #find(id: unknown): ChartSeries {
    const series = typeof id === 'string' ? this.#series.get(id) : undefined;
    if (!series) throw new CriticalError('invalid parameters');
    return series;
  }

  #readRequest(turnaround: unknown, slot: unknown, code: unknown, range: unknown): SeriesRequest {
    const resolution = typeof code === 'string' ? parseResolution(code) : undefined;
    if (!resolution || !isId(turnaround) || !isId(slot) || !this.#slots.has(slot) || !isWholeRange(range)) {
      throw new CriticalError('invalid parameters');
    }
    return { slot, turnaround, resolution, code: String(code) };
  }

  /** The answer to create and modify, in upstream's order: loading, then symbol, data, completed. */
  #open(series: ChartSeries, cause: 'create' | 'modify'): void {
    this.#post([series.loading()]);
    this.#later(() => {
      this.#post(this.#slots.answers(this.id, this.#host.now(), series.slot));
      this.#post(series.load(this.#slots.source(series.slot), cause));
      if (cause === 'modify') this.#studies.reload(series);
    });
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
