import { Delivery, type DeliveryOptions, type Timed, type Wording } from './delivery';

/** What a plot is for. `value`: numbers to read · `alert`: a condition that fires · `style`: colours and the like. */
export type PlotRole = 'value' | 'alert' | 'style';

/** One output line of an indicator. */
export interface Plot {
  id: string;
  /** No two value plots of an indicator have the same. */
  title: string;
  role: PlotRole;
}

/** The values of all plots for one bar. */
export interface IndicatorPoint extends Timed {
  /** In the order of the plots; null where there is no value. */
  values: readonly (number | null)[];
}

/** A point as a subscriber gets it. */
export interface IndicatorItem {
  /** Counts from 0 at the oldest item of the subscriber's own history and never jumps. null only for an inserted one. */
  index: number | null;
  /** Open time of the candle, milliseconds since the epoch, UTC. */
  timestamp: number;
  /** false while the interval goes on. */
  closed: boolean;
  /** By plot title, of all plots that carry numbers. */
  values: Record<string, number | null>;
  /** Of all plots, in upstream's order. */
  plots: (number | null)[];
  /** Titles of the alert conditions that fired. */
  alerts: string[];
}

/** What a subscriber of an indicator is told. Times are milliseconds since the epoch, UTC. */
export type IndicatorEvent =
  | { event: 'history'; items: IndicatorItem[] }
  | { event: 'closed'; item: IndicatorItem; backfilled?: true }
  | { event: 'forming'; item: IndicatorItem }
  | { event: 'correction'; item: IndicatorItem }
  | { event: 'gap'; from: number; to: number };

/** Titles that repeat are numbered: `Plot`, `Plot (2)`, … @param used the titles so far; the new one is added */
export function uniqueTitle(title: string, used: Set<string>): string {
  let unique = title;
  for (let n = 2; used.has(unique); n++) unique = `${title} (${n})`;
  used.add(unique);
  return unique;
}

/** Whether two points say the same. */
export function samePoint(a: IndicatorPoint, b: IndicatorPoint): boolean {
  return a.values.length === b.values.length && a.values.every((value, i) => value === b.values[i]);
}

/** Of a study of which upstream tells nothing: all its plots carry numbers, as far as anybody knows. */
function untitled(count: number): Plot[] {
  const used = new Set<string>();
  return Array.from({ length: count }, (_, i) => ({
    id: `plot_${i}`,
    title: uniqueTitle('Plot', used),
    role: 'value',
  }));
}

/** A new object for one subscriber, so that what one flow changes never reaches another. */
function toItem(plots: readonly Plot[], point: IndicatorPoint, index: number | null, closed: boolean): IndicatorItem {
  const values: Record<string, number | null> = Object.create(null);
  const alerts: string[] = [];
  const known = plots.length > 0 ? plots : untitled(point.values.length);
  known.forEach(({ title, role }, i) => {
    const value = point.values[i] ?? null;
    if (role === 'value') values[title] = value;
    else if (role === 'alert' && value) alerts.push(title);
  });
  // Where upstream says nothing of a bar, it has as many values as ever, all of them missing.
  const all = point.values.length > 0 ? [...point.values] : plots.map(() => null);
  return { index, timestamp: point.time, closed, values: { ...values }, plots: all, alerts };
}

function wording(plots: readonly Plot[]): Wording<IndicatorPoint, IndicatorEvent> {
  const item = (point: IndicatorPoint, index: number | null, closed = true) => toItem(plots, point, index, closed);
  return {
    history: (points) => ({ event: 'history', items: points.map((point, index) => item(point, index)) }),
    closed: (point, index, backfilled) => ({
      event: 'closed',
      item: item(point, index),
      ...(backfilled && { backfilled }),
    }),
    forming: (point, index) => ({ event: 'forming', item: item(point, index, false) }),
    correction: (point, index) => ({ event: 'correction', item: item(point, index) }),
    gap: (from, to) => ({ event: 'gap', from, to }),
  };
}

/** What one subscriber gets of the values of an indicator. */
export class IndicatorDelivery extends Delivery<IndicatorPoint, IndicatorEvent> {
  constructor(options: DeliveryOptions, plots: readonly Plot[], listener: (event: IndicatorEvent) => void) {
    super(options, wording(plots), listener);
  }
}
