import type { LiveSeries, PlacedBar, Update } from './live-series';
import { type TimeScale, timeScale } from './time-scale';
import type { TimeZone } from './time-zone';

/** Which process of upstream refused; it stands in errors. */
export const SERVER = 'srv-1@practice';
/** Which process of upstream answered; for its own debugging. */
const NODE = 'practice-charts-1-series-1';
/** How many marks of the time to come are sent. */
const FUTURE_MARKS = 10;

/** What a data message says of one series. */
export interface SeriesPart {
  node?: string;
  s: { i: number; v: number[] }[];
  ns: { d: ''; indexes: [] | 'nochange' };
  t: string;
  lbs?: { bar_close_time: number };
}

/** A series as the packets about it need it. */
export interface Told {
  /** The chart session. */
  session: string;
  id: string;
  turnaround: string;
  live: LiveSeries;
  zone: TimeZone;
  /** Milliseconds since the epoch. */
  now: number;
}

/** A JSON packet without a time, as live and error messages are. */
export function packet(method: string, params: unknown[]): string {
  return JSON.stringify({ m: method, p: params });
}

/** A packet that also says when it was made, as loading messages do. */
export function timedPacket(method: string, params: unknown[], now: number): string {
  const ms = Math.floor(now);
  return JSON.stringify({ m: method, p: params, t: Math.floor(ms / 1000), t_ms: ms });
}

/** A whole load: every bar is new to the time scale. */
export function loadPacket(told: Told, bars: readonly PlacedBar[]): string {
  return timescaleUpdate(told, part(told, bars, told.live.newest?.closeTime, 'load'), bars, 0);
}

/** A page of older bars; the last of them is known already and so not new to the time scale. */
export function pagePacket(told: Told, bars: readonly PlacedBar[]): string {
  const older = bars.slice(0, -1);
  return timescaleUpdate(told, part(told, bars, told.live.newest?.closeTime, 'load'), older, 0, older.length);
}

/** The clearing of what was there, which comes first on a switch. */
export function emptyPacket(told: Told): string {
  return timescaleUpdate(told, part(told, [], undefined, 'load'), [], 0);
}

/** No data, only where the axis goes on; undefined when trading is over for good. */
export function futureMarksPacket({ session, live, zone, now }: Told): string | undefined {
  const times = live.source.future(live.resolution, FUTURE_MARKS, now);
  if (times.length === 0) return undefined;
  return timedPacket('timescale_update', [session, {}, timeScale(times, live.size, live.resolution, zone)], now);
}

/** The part of a `du` for one series. */
export function updatePart(told: Told, bars: readonly PlacedBar[]): SeriesPart {
  return part(told, bars, bars.at(-1)?.bar.closeTime, 'update');
}

/** A closed bar that has other values now. */
export function correctedPacket(told: Told, bar: PlacedBar): string {
  return packet('du', [told.session, { [told.id]: part(told, [bar], told.live.newest?.closeTime, 'update') }]);
}

/** A bar that was not there before, among those that are known: the later ones move on by one place. */
export function insertedPacket(told: Told, bar: PlacedBar): string {
  return timescaleUpdate(told, part(told, [bar], told.live.newest?.closeTime, 'load'), [bar], bar.place, 1);
}

/** A new bar the other way: the last values of the old one by `du`, then the new one by `timescale_update`. */
export function beginPackets(told: Told, { bars }: Update): string[] {
  const before = bars.slice(0, -1);
  const last = bars.slice(-1);
  const begin = timescaleUpdate(told, part(told, last, last[0]?.bar.closeTime, 'load'), last, told.live.size - 1);
  return before.length > 0 ? [packet('du', [told.session, { [told.id]: updatePart(told, before) }]), begin] : [begin];
}

/** The end of a load or a page, with how the series will be updated and whether there is anything older. */
export function completedPacket({ session, id, turnaround, live, now }: Told): string {
  const { updatePeriod, delay } = live.source.instrument;
  const mode = delay > 0 ? `delayed_streaming_${delay}` : 'streaming';
  const end = live.historyEnd(now);
  const flags = { rt_update_period: updatePeriod, ...(end && { data_completed: end }) };
  return timedPacket('series_completed', [session, id, mode, turnaround, flags], now);
}

/** Arguments as critical errors repeat them: `[sds_1, s1, sds_sym_1, 1, 300, ]`. */
export function repeatCall(method: string, args: readonly unknown[]): string {
  const said = args.map((arg) => (typeof arg === 'string' ? arg : (JSON.stringify(arg) ?? '')));
  return `method: ${method}. args: "[${said.join(', ')}]"`;
}

/** Upstream's way of naming an unknown session: a term of its own language, and then it hangs up. */
export function unknownSession(method: string, session: string, args: readonly unknown[]): string {
  const terms = args.map((arg) => (typeof arg === 'string' ? `<<"${arg}">>` : JSON.stringify(arg)));
  return `{unknown_session_id,<<"${method}">>,<<"${session}">>,[${terms.join(',')}]}`;
}

/** Whole loads name the node that answers, updates do not. */
function part(
  told: Told,
  bars: readonly PlacedBar[],
  closeTime: number | undefined,
  kind: 'load' | 'update',
): SeriesPart {
  const said = told.live.source.instrument.closeTimeKnown ? closeTime : undefined;
  return {
    ...(kind === 'load' && { node: NODE }),
    s: bars.map(({ place, bar }) => {
      const values = [bar.time / 1000, bar.open, bar.high, bar.low, bar.close];
      // Where there is no volume there is no sixth item, rather than an empty one.
      return { i: place, v: bar.volume === null ? values : [...values, bar.volume] };
    }),
    ns: { d: '', indexes: kind === 'load' ? [] : 'nochange' },
    t: told.turnaround,
    ...(said !== undefined && { lbs: { bar_close_time: said / 1000 } }),
  };
}

/** @param points what is new to the time scale, from `first` on */
function timescaleUpdate(
  told: Told,
  data: SeriesPart,
  points: readonly PlacedBar[],
  first: number,
  inserted = 0,
): string {
  const times = points.map(({ bar }) => bar.time);
  const scale: TimeScale = timeScale(times, first, told.live.resolution, told.zone, inserted);
  return timedPacket('timescale_update', [told.session, { [told.id]: data }, scale], told.now);
}
