import { packet, timedPacket } from './chart-packets';
import type { StudyValue } from './practice-answers';
import type { StudyDefinition } from './study-catalogue';

/** Which process of upstream computed; for its own debugging. */
const NODE = 'practice-charts-1-study-1';
/** Places from here down are before the series, and nowhere on its time scale. */
const UNPLOTTABLE = -1_000_000;
const NO_VALUE = 1e100;

/** A study as the packets about it need it. */
export interface ToldStudy {
  /** The chart session. */
  session: string;
  id: string;
  /** Of the series and of the study, `s1_st1`. */
  turnaround: string;
}

/** A value at its place (`i` on the wire). */
export interface PlacedValue {
  place: number;
  value: StudyValue;
}

/** What a data message says of one study. */
export interface StudyPart {
  node?: string;
  st: { i: number; v: number[] }[];
  ns: { d: string; indexes: [] | 'nochange' };
  t: string;
}

export function studyLoadingPacket({ session, id, turnaround }: ToldStudy, now: number): string {
  return timedPacket('study_loading', [session, id, turnaround], now);
}

export function studyCompletedPacket({ session, id, turnaround }: ToldStudy, now: number): string {
  return timedPacket('study_completed', [session, id, turnaround], now);
}

/** @param reason in upstream's words, or an object for an error at run time */
export function studyErrorPacket({ session, id, turnaround }: ToldStudy, reason: unknown, server: string): string {
  return packet('study_error', [session, id, turnaround, reason, server]);
}

/** All values, those of the warm-up at places that no bar has. */
export function studyLoadPacket(
  told: ToldStudy,
  { plots }: StudyDefinition,
  values: readonly StudyValue[],
  warmUp: number,
): string {
  const placed = values.map((value, at) => ({ place: at < warmUp ? UNPLOTTABLE - warmUp + at : at - warmUp, value }));
  const offsets = plots.flatMap(({ offset }, at) => (offset ? [[`plot_${at}`, offset]] : []));
  const d = offsets.length > 0 ? JSON.stringify({ offsets: Object.fromEntries(offsets) }) : '';
  return packet('du', [
    told.session,
    { [told.id]: { node: NODE, st: points(placed), ns: { d, indexes: [] }, t: told.turnaround } satisfies StudyPart },
  ]);
}

/** The part of a `du` for one study. */
export function studyUpdatePart(told: ToldStudy, values: readonly PlacedValue[]): StudyPart {
  return { st: points(values), ns: { d: '', indexes: 'nochange' }, t: told.turnaround };
}

function points(values: readonly PlacedValue[]): StudyPart['st'] {
  return values.map(({ place, value: { time, plots } }) => ({
    i: place,
    v: [time / 1000, ...plots.map((plot) => plot ?? NO_VALUE)],
  }));
}
