import type { Timeframe } from '../market/timeframe';
import type { ByteCursor } from './byte-cursor';
import { readUpdate } from './live-packets';
import {
  encodeRequest,
  type HistoryEnd,
  type PlacedBar,
  type SeriesData,
  type ServerMessage,
  type StudyPoint,
  type SymbolInfo,
} from './messages';

/** Timeframes as TradingView writes them. */
const RESOLUTIONS: Record<Timeframe, string> = {
  '1s': '1S',
  '5s': '5S',
  '15s': '15S',
  '30s': '30S',
  '1m': '1',
  '3m': '3',
  '5m': '5',
  '15m': '15',
  '30m': '30',
  '45m': '45',
  '1h': '60',
  '2h': '120',
  '3h': '180',
  '4h': '240',
  '6h': '360',
  '12h': '720',
  '1d': '1D',
  '1w': '1W',
  '1M': '1M',
};

export interface ChartRequest {
  symbol: string;
  timeframe: Timeframe;
  session: string;
  adjustment: string;
  /** How many bars to load, the forming one included. */
  count: number;
}

export interface ChartCompletion {
  /** Milliseconds between two updates at the least. */
  updatePeriod: number;
  mode: string;
  /** Set when there is nothing older to ask for. */
  end: HistoryEnd | null;
}

/** What can go wrong with a session; the words are upstream's. */
export type ChartFailure =
  | { scope: 'symbol'; reason: string }
  | { scope: 'series'; reason: string }
  | { scope: 'session'; reason: string };

export interface ChartListener {
  resolved(info: SymbolInfo): void;
  data(data: SeriesData): void;
  completed(completion: ChartCompletion): void;
  /** A live update left out a place: bars are missing between. */
  skipped(): void;
  /** Nothing more will come of this session; it is still to be closed. */
  failed(failure: ChartFailure): void;
}

/** A study to be computed on the session's series. */
export interface StudyRequest {
  /** What kind of study: `Script@tv-scripting-101!`, `Volume@tv-basicstudies-246`, … */
  studyId: string;
  inputs: Record<string, unknown>;
}

export interface StudyListener {
  /** Values of some bars: many at first, then the newest as it goes. They may come before `completed`. */
  data(points: readonly StudyPoint[]): void;
  completed(): void;
  /** Not always fatal: upstream also complains beside values that are good. @param runtime the script itself failed */
  complained(reason: string, runtime: boolean): void;
}

const SERIES = 'sds_1';
const SLOT = 'sds_sym_1';
const TURNAROUND = 's1';
const STUDY_TURNAROUND = 'st1';
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A session id as the official client makes them: a prefix and 12 characters. */
export function newSessionId(prefix: string, random: () => number): string {
  let id = `${prefix}_`;
  for (let i = 0; i < 12; i++) id += ALPHABET[Math.floor(random() * ALPHABET.length)];
  return id;
}

/**
 * One upstream chart session with one series. Free accounts may have one series per session, and any number of sessions.
 *
 * A session is never used for a second request: whoever wants another range opens another session, so that an answer to an
 * old question cannot be taken for one to a new. Answers with another turnaround than ours are dropped.
 */
export class ChartSession {
  readonly id: string;
  readonly #send: (text: string) => void;
  readonly #listener: ChartListener;
  /** By id. An id is never used again, so what still comes for a study that was removed reaches nobody. */
  readonly #studies = new Map<string, StudyListener>();
  #studiesEver = 0;
  #open = true;
  #failed = false;
  #loading = true;
  /** The ends of what has come so far; NaN as place where places have moved by nobody knows how much. */
  #oldest = { time: Number.POSITIVE_INFINITY, place: Number.NaN };
  #newest = { time: Number.NEGATIVE_INFINITY, place: Number.NaN };

  constructor(id: string, request: ChartRequest, send: (text: string) => void, listener: ChartListener) {
    this.id = id;
    this.#send = send;
    this.#listener = listener;
    const { symbol, adjustment, session } = request;
    this.#request('chart_create_session', '');
    this.#request('resolve_symbol', SLOT, `=${JSON.stringify({ symbol, adjustment, session })}`);
    this.#request('create_series', SERIES, TURNAROUND, SLOT, RESOLUTIONS[request.timeframe], request.count, '');
  }

  /** Asks for `count` older bars; `completed` follows. */
  loadOlder(count: number): void {
    this.#loading = true;
    this.#request('request_more_data', SERIES, count);
  }

  /** Has a study computed. @returns removes it */
  createStudy({ studyId, inputs }: StudyRequest, listener: StudyListener): () => void {
    this.#studiesEver++;
    const id = `st_${this.#studiesEver}`;
    this.#studies.set(id, listener);
    this.#request('create_study', id, STUDY_TURNAROUND, SERIES, studyId, inputs);
    return () => {
      if (this.#studies.delete(id) && !this.#failed) this.#request('remove_study', id);
    };
  }

  /** Ends the session upstream. Nothing is reported afterwards. */
  close(): void {
    if (!this.#open) return;
    this.#request('chart_delete_session');
    this.#open = false;
  }

  /** Forgets the session without a word upstream, because the link is gone. */
  abandon(): void {
    this.#open = false;
  }

  /** A message that bears this session's id. */
  receive(message: ServerMessage): void {
    if (!this.#open || this.#failed) return;
    switch (message.method) {
      case 'symbol_resolved':
        return this.#listener.resolved(message.info);
      case 'symbol_error':
        return this.#fail({ scope: 'symbol', reason: message.reason });
      case 'timescale_update':
      case 'du': {
        const data = message.series.get(SERIES);
        if (!data) this.#move([], message.shifted);
        else if (!isStale(data.turnaround)) this.#advance(data, message.shifted);
        for (const [id, { points, turnaround }] of message.studies) {
          if (this.#open && !isStale(turnaround, STUDY)) this.#studies.get(id)?.data(points);
        }
        return;
      }
      case 'series_completed':
        if (isStale(message.turnaround) || message.series !== SERIES) return;
        this.#loading = false;
        return this.#listener.completed(message);
      case 'series_error':
        if (isStale(message.turnaround) || message.series !== SERIES) return;
        return this.#fail({ scope: 'series', reason: message.reason });
      case 'study_completed':
        if (!isStale(message.turnaround, STUDY)) this.#studies.get(message.study)?.completed();
        return;
      case 'study_error':
        if (isStale(message.turnaround, STUDY)) return;
        return this.#studies.get(message.study)?.complained(message.reason, message.runtime);
      case 'critical_error':
        this.#blameStudy(message.reason, message.info);
        return this.#fail({ scope: 'session', reason: `${message.reason} ${message.info}`.trim() });
    }
  }

  /** See `Session`. */
  express(packet: ByteCursor, end: number): boolean {
    if (!this.#open || this.#failed) return true;
    const data = readUpdate(packet, end);
    if (data) this.#advance(data, false);
    return data !== null;
  }

  #advance(data: SeriesData, shifted: boolean): void {
    this.#move(data.bars, shifted);
    this.#take(data);
  }

  /** Older and inserted bars move the places of those behind them: what came before must stay comparable. */
  #move(bars: readonly PlacedBar[], shifted: boolean): void {
    const [first] = bars;
    if (first && first.time < this.#oldest.time) {
      // A page of older bars ends with the one that was the oldest so far, at its new place.
      const again = bars.find(({ time }) => time === this.#oldest.time);
      this.#newest.place += (again?.place ?? Number.NaN) - this.#oldest.place;
      this.#oldest = { time: first.time, place: first.place };
    } else if (shifted) {
      const inserted = bars.filter(({ time }) => time < this.#newest.time);
      this.#newest.place += inserted.length || Number.NaN;
    }
  }

  #take(data: SeriesData): void {
    const newest = data.bars.at(-1);
    if (newest && newest.time >= this.#newest.time) {
      const { time, place } = this.#newest;
      const gap = data.bars.find((bar) => bar.time > time);
      this.#newest.time = newest.time;
      this.#newest.place = newest.place;
      // A comparison that involves NaN is false.
      if (!this.#loading && gap && gap.place > place + 1) {
        this.#newest.place = Number.NaN;
        return this.#listener.skipped();
      }
    }
    this.#listener.data(data);
  }

  /** A critical error repeats the request that was at fault, `method: create_study. args: "[st_1, …]"`. */
  #blameStudy(reason: string, info: string): void {
    const [, id = ''] = /^method: create_study\. args: "\[([^,\]]*)/.exec(info) ?? [];
    this.#failed = true;
    if (/parameters/i.test(reason)) this.#studies.get(id)?.complained(reason, true);
  }

  #fail(failure: ChartFailure): void {
    this.#failed = true;
    this.#listener.failed(failure);
  }

  #request(method: string, ...params: unknown[]): void {
    if (this.#open) this.#send(encodeRequest(method, [this.id, ...params]));
  }
}

/** The turnaround of a study is echoed behind that of its series. */
const STUDY = `${TURNAROUND}_${STUDY_TURNAROUND}`;

function isStale(turnaround: string | null, ours = TURNAROUND): boolean {
  return turnaround !== null && turnaround !== ours;
}
