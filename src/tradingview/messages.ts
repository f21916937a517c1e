import type { Bar } from '../market/candle';
import { encodePacket, isHeartbeat } from './framing';

/** What TradingView says of a symbol; only what is used here. Upstream sends some sixty keys more. */
export interface SymbolInfo {
  /** Trading hours such as `24x7` or `0930-1600`, in `timezone`. */
  session: string | null;
  timezone: string | null;
  /** Days without trading, `20261225,…`. */
  holidays: string | null;
  /** Seconds by which the data are behind the market. */
  delay: number;
}

/** A bar at its place in the time scale of its series. Places shift when older or inserted bars come in; times do not. */
export interface PlacedBar extends Bar {
  place: number;
}

/** The part of a data message that belongs to one series. */
export interface SeriesData {
  /** Oldest first. */
  bars: PlacedBar[];
  /** Close time of the newest bar, milliseconds since the epoch; null where upstream does not know it. */
  closeTime: number | null;
  /** Which request this answers; null where upstream left it out. */
  turnaround: string | null;
}

/** What a study says of one bar: a value for each of its plots, in upstream's order. */
export interface StudyPoint {
  /** Open time of the bar, milliseconds since the epoch. */
  time: number;
  values: (number | null)[];
}

/** The part of a data message that belongs to one study. */
export interface StudyData {
  /** Oldest first; without the warm-up points, which lie before the bars that are loaded. */
  points: StudyPoint[];
  /** `<that of the series>_<that of the study>`; null where upstream left it out. */
  turnaround: string | null;
}

/** Why upstream has no older bars to give: it has none, or the plan does not allow more. */
export type HistoryEnd = 'end' | 'limit';

/** Everything that a server may say, by `method`. What is not known is passed on as it came. */
export type ServerMessage =
  | { method: 'symbol_resolved'; session: string; slot: string; info: SymbolInfo }
  | { method: 'symbol_error'; session: string; slot: string; reason: string }
  | {
      method: 'timescale_update' | 'du';
      session: string;
      series: Map<string, SeriesData>;
      studies: Map<string, StudyData>;
      /** true when points were inserted among the existing ones, so that places have moved. */
      shifted: boolean;
    }
  | { method: 'series_loading'; session: string; series: string; turnaround: string }
  | {
      method: 'series_completed';
      session: string;
      series: string;
      turnaround: string | null;
      /** `streaming`, `delayed_streaming_900`, … */
      mode: string;
      /** Milliseconds between two updates at the least; 0 when each trade is sent. */
      updatePeriod: number;
      end: HistoryEnd | null;
    }
  | { method: 'series_error'; session: string; series: string; turnaround: string | null; reason: string }
  | { method: 'study_loading' | 'study_completed'; session: string; study: string; turnaround: string | null }
  | {
      method: 'study_error';
      session: string;
      study: string;
      turnaround: string | null;
      /** In upstream's words, with what they refer to filled in. */
      reason: string;
      /** The script itself failed while it ran. */
      runtime: boolean;
    }
  | {
      method: 'qsd';
      session: string;
      /** The text by which the symbol was added, byte for byte. */
      symbol: string;
      /** `ok`, `permission_denied`, `error`, … */
      status: string;
      reason: string;
      /** As they came: all the first time, later only what has changed. */
      fields: Record<string, unknown>;
    }
  | { method: 'quote_completed'; session: string; symbol: string; status: string }
  | { method: 'critical_error'; session: string; reason: string; info: string }
  | { method: 'protocol_error'; reason: string }
  | { method: 'unknown'; name: string; params: unknown[] };

/** What a payload turned out to be. */
export type Packet =
  | { kind: 'heartbeat'; payload: string }
  | { kind: 'hello'; time: number | null; redirect: string | null }
  | { kind: 'message'; message: ServerMessage }
  | { kind: 'malformed'; reason: string };

/** A value beyond this is TradingView's way of saying that there is none (it writes 1e+100). */
const NO_VALUE = 1e99;

/**
 * Reads one payload. Never throws; what cannot be read is `malformed` with a reason that holds nothing of the content.
 * The hello is known by having no method, not by its fields, which have changed over the years.
 */
export function readPacket(payload: string): Packet {
  if (isHeartbeat(payload)) return { kind: 'heartbeat', payload };
  let json: unknown;
  try {
    json = JSON.parse(payload.startsWith('~j~') ? payload.slice(3) : payload);
  } catch {
    return { kind: 'malformed', reason: 'no JSON' };
  }
  if (!isRecord(json)) return { kind: 'malformed', reason: 'no object' };
  if (json.m === undefined) {
    const time = number(json.timestampMs) ?? scale(number(json.timestamp), 1000);
    return { kind: 'hello', time, redirect: text(json.redirect) };
  }
  if (typeof json.m !== 'string') return { kind: 'malformed', reason: 'a method that is no text' };
  const params = json.p === undefined ? [] : json.p;
  if (!Array.isArray(params)) return { kind: 'malformed', reason: 'parameters that are no list' };
  const message = readMessage(json.m, params);
  return message ? { kind: 'message', message } : { kind: 'malformed', reason: 'parameters of the wrong shape' };
}

function readMessage(method: string, p: unknown[]): ServerMessage | null {
  switch (method) {
    case 'symbol_resolved': {
      const [session, slot, info] = p;
      if (!isText(session) || !isText(slot) || !isRecord(info)) return null;
      return { method, session, slot, info: readSymbolInfo(info) };
    }
    case 'symbol_error': {
      const [session, slot, ...reasons] = p;
      return isText(session) && isText(slot) ? { method, session, slot, reason: sayReason(reasons) } : null;
    }
    case 'timescale_update':
    case 'du': {
      const [session, data, timescale] = p;
      if (!isText(session) || !isRecord(data)) return null;
      const shifted = isRecord(timescale) && Array.isArray(timescale.index_diff) && timescale.index_diff.length > 0;
      const series = readSeries(data);
      if (!series) return null;
      return { method, session, series, studies: readStudies(data), shifted };
    }
    case 'series_loading': {
      const [session, series, turnaround] = p;
      return isText(session) && isText(series) && isText(turnaround) ? { method, session, series, turnaround } : null;
    }
    case 'series_completed': {
      const [session, series, mode, turnaround, flags] = p;
      if (!isText(session) || !isText(series)) return null;
      const given = isRecord(flags) ? flags : {};
      const end = given.data_completed;
      return {
        method,
        session,
        series,
        turnaround: text(turnaround),
        mode: text(mode) ?? '',
        updatePeriod: (number(given.rt_update_period) ?? 0) * 1000,
        end: end === 'end' || end === 'limit' ? end : null,
      };
    }
    case 'series_error': {
      // The reason is the fourth: the third is the turnaround.
      const [session, series, turnaround, ...reasons] = p;
      if (!isText(session) || !isText(series)) return null;
      return { method, session, series, turnaround: text(turnaround), reason: sayReason(reasons) };
    }
    case 'study_loading':
    case 'study_completed': {
      const [session, study, turnaround] = p;
      return isText(session) && isText(study) ? { method, session, study, turnaround: text(turnaround) } : null;
    }
    case 'study_error': {
      const [session, study, turnaround, reason] = p;
      if (!isText(session) || !isText(study)) return null;
      const runtime = isRecord(reason);
      return { method, session, study, turnaround: text(turnaround), reason: sayReason([reason]), runtime };
    }
    case 'qsd': {
      const [session, data] = p;
      if (!isText(session) || !isRecord(data) || !isText(data.n)) return null;
      const { n: symbol, s, v, errmsg } = data;
      return {
        method,
        session,
        symbol,
        status: text(s) ?? 'ok',
        reason: text(errmsg) ?? '',
        fields: isRecord(v) ? v : {},
      };
    }
    case 'quote_completed': {
      // Said to come with `{"s":"timeout"}` behind the symbol, too; it was never seen recorded.
      const [session, symbol, more] = p;
      if (!isText(session) || !isText(symbol)) return null;
      return { method, session, symbol, status: (isRecord(more) && text(more.s)) || 'ok' };
    }
    case 'critical_error': {
      const [session, reason, info] = p;
      return isText(session) ? { method, session, reason: sayReason([reason]), info: text(info) ?? '' } : null;
    }
    case 'protocol_error':
      return { method, reason: sayReason(p) };
    default:
      return { method: 'unknown', name: method, params: p };
  }
}

function readSymbolInfo(info: Record<string, unknown>): SymbolInfo {
  return {
    session: text(info.session),
    timezone: text(info.timezone),
    holidays: text(info.session_holidays),
    delay: Math.max(0, number(info.delay) ?? 0),
  };
}

/** Only what has bars (`s`) is a series; studies (`st`) live beside them. null when the bars of one cannot be read. */
function readSeries(data: Record<string, unknown>): Map<string, SeriesData> | null {
  const series = new Map<string, SeriesData>();
  for (const [id, part] of Object.entries(data)) {
    if (!isRecord(part) || part.s === undefined) continue;
    if (!Array.isArray(part.s)) return null;
    const bars = inOrder(part.s, readBar);
    if (bars.length === 0 && part.s.length > 0) return null;
    const closeTime = isRecord(part.lbs) ? scale(number(part.lbs.bar_close_time), 1000) : null;
    series.set(id, { bars, closeTime, turnaround: text(part.t) });
  }
  return series;
}

/** What can be read, oldest first: as it mostly comes, so that there is mostly nothing to sort. */
function inOrder<T extends { time: number }>(given: readonly unknown[], read: (one: unknown) => T | null): T[] {
  const readable: T[] = [];
  let newest = Number.NEGATIVE_INFINITY;
  let ordered = true;
  for (const one of given) {
    const point = read(one);
    if (!point) continue;
    ordered &&= point.time >= newest;
    newest = point.time;
    readable.push(point);
  }
  return ordered ? readable : readable.sort((a, b) => a.time - b.time);
}

const NO_STUDIES = new Map<string, StudyData>();

/** Only what has points (`st`) is a study. What it draws (`ns`) is of no use here. */
function readStudies(data: Record<string, unknown>): Map<string, StudyData> {
  let studies = NO_STUDIES;
  for (const [id, part] of Object.entries(data)) {
    if (!isRecord(part) || !Array.isArray(part.st)) continue;
    if (studies === NO_STUDIES) studies = new Map();
    studies.set(id, { points: inOrder(part.st, readPoint), turnaround: text(part.t) });
  }
  return studies;
}

/** Warm-up points have places below 0. */
function readPoint(point: unknown): StudyPoint | null {
  if (!isRecord(point) || !Array.isArray(point.v) || (number(point.i) ?? 0) < 0) return null;
  const [time, ...values] = point.v.map(number);
  return time == null ? null : { time: Math.round(time * 1000), values };
}

function readBar(point: unknown): PlacedBar | null {
  if (!isRecord(point) || !Array.isArray(point.v)) return null;
  // One by one, for a history has thousands of them.
  const { v } = point;
  const time = number(v[0]);
  const open = number(v[1]);
  const high = number(v[2]);
  const low = number(v[3]);
  const close = number(v[4]);
  if (time === null || open === null || high === null || low === null || close === null) return null;
  return {
    place: number(point.i) ?? Number.NaN,
    time: Math.round(time * 1000),
    open,
    high,
    low,
    close,
    volume: number(v[5]),
  };
}

/** Reasons come as text, or as an object with the text in `error`, whose `{places}` are filled from `ctx`. */
function sayReason(reasons: unknown[]): string {
  return reasons
    .map((reason) => (isRecord(reason) ? fillIn(text(reason.error), reason.ctx) : text(reason)))
    .filter((reason) => reason)
    .join(' ');
}

function fillIn(sentence: string | null, given: unknown): string | null {
  if (sentence === null || !isRecord(given)) return sentence;
  return sentence.replace(/\{(\w{1,40})\}/g, (place, name) => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : place;
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function text(value: unknown): string | null {
  return isText(value) ? value : null;
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Math.abs(value) < NO_VALUE ? value : null;
}

function scale(value: number | null, factor: number): number | null {
  return value === null ? null : Math.round(value * factor);
}

/** A request as it goes over the wire. */
export function encodeRequest(method: string, params: unknown[]): string {
  return encodePacket(JSON.stringify({ m: method, p: params }));
}
