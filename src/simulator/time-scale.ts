import type { Resolution } from './resolution';
import { usualLength } from './resolution';
import type { TimeZone } from './time-zone';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How much a time mark weighs when a chart labels its axis: the largest unit that begins with it. */
const WEIGHTS: readonly (readonly [weight: number, unitOf: (local: number) => number])[] = [
  [70, (local) => new Date(local).getUTCFullYear()],
  [60, (local) => new Date(local).getUTCMonth()],
  [50, (local) => Math.floor((local / DAY + 3) / 7)],
  [40, (local) => Math.floor(local / DAY)],
  [33, (local) => Math.floor(local / (12 * HOUR))],
  [32, (local) => Math.floor(local / (6 * HOUR))],
  [31, (local) => Math.floor(local / (3 * HOUR))],
  [30, (local) => Math.floor(local / HOUR)],
  [22, (local) => Math.floor(local / (30 * MINUTE))],
  [21, (local) => Math.floor(local / (5 * MINUTE))],
  [20, (local) => Math.floor(local / MINUTE)],
];
const SECOND_WEIGHT = 10;

/** The third parameter of `timescale_update`. */
export interface TimeScale {
  /** The first place that this update covers. */
  index: number;
  zoffset: 0;
  /** Seconds since the epoch of the points that are new. */
  changes: number[];
  /** Weight, seconds since the epoch, place. */
  marks: [number, number, number][];
  /** Where points came in among those that exist already: at which place, how many. */
  index_diff: [number, number][];
}

/**
 * @param times open times of the points, oldest first, milliseconds since the epoch
 * @param first the place of the first one
 * @param inserted how many points came in before those that were known; 0 when they come at the end
 */
export function timeScale(
  times: readonly number[],
  first: number,
  resolution: Resolution,
  zone: TimeZone,
  inserted = 0,
): TimeScale {
  let previous = (times[0] ?? 0) - usualLength(resolution);
  const marks = times.map((time, at): [number, number, number] => {
    const weight = weigh(zone.toLocal(previous), zone.toLocal(time));
    previous = time;
    return [weight, time / 1000, first + at];
  });
  const changes = times.map((time) => time / 1000);
  return { index: first, zoffset: 0, changes, marks, index_diff: inserted ? [[first, inserted]] : [] };
}

function weigh(previous: number, local: number): number {
  return WEIGHTS.find(([, unitOf]) => unitOf(previous) !== unitOf(local))?.[0] ?? SECOND_WEIGHT;
}
