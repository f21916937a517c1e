import { type Pace, unhurried, type Waiting } from './pace';
import { intervalEnd, type Timeframe } from './timeframe';

/** Anything that belongs to one interval of a timeframe. Times are milliseconds since the epoch, UTC. */
export interface Timed {
  /** Open time. */
  time: number;
  closeTime?: number | null;
}

export type SeriesEventName = 'history' | 'closed' | 'forming' | 'correction' | 'gap';

/** Says of an event, which has just been made, what it is of. A copy of it would cost more than all the rest. */
export function named<E extends object>(event: E, symbol: string, timeframe: Timeframe): E & Named {
  const whole = event as E & Named;
  whole.symbol = symbol;
  whole.timeframe = timeframe;
  return whole;
}

interface Named {
  symbol: string;
  timeframe: Timeframe;
}

/** Makes events of what is delivered; every event has objects of its own. */
export interface Wording<P extends Timed, E> {
  /** @param points closed ones, oldest first, with the indexes 0, 1, … */
  history(points: readonly P[]): E;
  closed(point: P, index: number, backfilled: boolean): E;
  forming(point: P, index: number): E;
  /** @param index null for one that was never delivered, because upstream inserted it */
  correction(point: P, index: number | null): E;
  gap(from: number, to: number): E;
}

export interface DeliveryOptions {
  timeframe: Timeframe;
  /** How many closed points the subscriber wants first. */
  history: number;
  /**
   * Open time of the last point that the subscriber had in an earlier life: the history ends there, and later ones follow as
   * backfilled.
   */
  after?: number | undefined;
  /** Upstream's clock, milliseconds since the epoch: an `after` that lies ahead of it belongs to other data, and is ignored. */
  now?: (() => number) | undefined;
  /** Asked before each event is built; false saves the work for an event that nobody looks at. */
  wants?: ((event: SeriesEventName) => boolean) | undefined;
  /** Says when the forming point may be told; at once unless given. */
  pace?: Pace | undefined;
}

/** After a restart with `after`, more points than these are not delivered late but declared as a gap. */
export const LATE_LIMIT = 500;

/** Corrections reach at least this many points back behind the subscriber's own history. */
const CORRECTABLE = 64;

/** What one subscriber gets of a series: its history once, then the rest, under its own index. */
export class Delivery<P extends Timed, E> implements Waiting {
  readonly #options: DeliveryOptions;
  readonly #wording: Wording<P, E>;
  readonly #listener: (event: E) => void;
  /** Open times of the points delivered, oldest first, as far back as corrections may reach; #firstIndex is the first one's. */
  #times: number[] = [];
  #firstIndex = 0;
  #started = false;
  /** Points up to this time were had in the earlier life. */
  #resumesAfter: number | undefined;
  /** Whether something may be missing between an earlier life and the first point that comes. */
  #unbridged = false;
  readonly #pace: Pace;
  /** The forming point as it is now, while it waits to be told. */
  #waiting: P | null = null;

  constructor(options: DeliveryOptions, wording: Wording<P, E>, listener: (event: E) => void) {
    this.#options = options;
    this.#wording = wording;
    this.#listener = listener;
    this.#pace = options.pace ?? unhurried;
  }

  /** How many closed points the subscriber wants first. */
  get history(): number {
    return this.#options.history;
  }

  get started(): boolean {
    return this.#started;
  }

  /** Whether these closed points suffice to begin; oldest first. */
  satisfiedBy(closed: readonly Timed[]): boolean {
    const { history } = this.#options;
    const known = this.#countKnown(closed);
    if (this.#after === undefined || known > 0) return known >= history;
    return history === 0 && closed.length > LATE_LIMIT;
  }

  /** How many closed points to ask for before it is known how many there are. @param now market time */
  wanted(now: number): number {
    return Math.min(this.reach(now), this.#options.history + LATE_LIMIT + 1);
  }

  /** How many closed points there may be from the oldest that is wanted until now. @param now market time */
  reach(now: number): number {
    return this.#options.history + this.#countSince(now);
  }

  /** How many points older than these are needed, by guess; 0 when these suffice. @param now market time */
  missing(closed: readonly Timed[], now: number): number {
    if (this.satisfiedBy(closed)) return 0;
    const known = this.#countKnown(closed);
    const between = known > 0 ? 0 : this.#countSince(closed[0]?.time ?? now);
    return Math.max(this.#options.history - known + between, 1);
  }

  /** Where the earlier life ended, if there was one. */
  get #after(): number | undefined {
    const { after, now } = this.#options;
    return after !== undefined && now && after > now() ? undefined : after;
  }

  /** How many of these may be history. */
  #countKnown(closed: readonly Timed[]): number {
    const after = this.#after;
    const late = after === undefined ? -1 : closed.findIndex((point) => point.time > after);
    return late === -1 ? closed.length : late;
  }

  /** How many points may have been since the earlier life. */
  #countSince(time: number): number {
    const after = this.#after;
    if (after === undefined) return 0;
    return Math.max(Math.ceil((time - after) / (intervalEnd(this.#options.timeframe, after) - after)), 0);
  }

  /** Begins with all closed points that could be had, oldest first, and the forming one. */
  start(closed: readonly P[], forming: P | null): void {
    if (this.#started) return;
    this.#started = true;
    const { history } = this.#options;
    const after = this.#after;
    this.#resumesAfter = after;
    const past = after === undefined ? closed : closed.filter((point) => point.time <= after);
    const late = after === undefined ? [] : closed.filter((point) => point.time > after);
    this.#deliverHistory(history > 0 ? past.slice(-history) : []);
    if (after !== undefined) this.#declareLost(past, late, forming);
    for (const point of late) this.closed(point, true);
    if (forming) this.forming(forming);
  }

  /** Since the earlier life more was lost than is delivered late: a gap, and only the newest of the late ones. */
  #declareLost(past: readonly P[], late: P[], forming: P | null): void {
    this.#unbridged = past.length === 0 || late.length > LATE_LIMIT;
    late.splice(0, late.length - LATE_LIMIT);
    const next = late[0] ?? forming;
    if (next) this.#bridge(next, past.at(-1)?.closeTime);
  }

  #bridge(next: P, lastCloseTime?: number | null): void {
    if (!this.#unbridged) return;
    this.#unbridged = false;
    const from = lastCloseTime ?? intervalEnd(this.#options.timeframe, this.#resumesAfter as number);
    if (from < next.time) this.gap(from, next.time);
  }

  #deliverHistory(points: readonly P[]): void {
    this.#times = points.map((point) => point.time);
    if (this.#options.history === 0 || !this.#wants('history')) return;
    this.#listener(this.#wording.history(points));
  }

  closed(point: P, backfilled: boolean): void {
    if (this.#hadBefore(point)) return;
    this.#overtake();
    this.#bridge(point);
    const index = this.#nextIndex;
    this.#times.push(point.time);
    this.#forgetOld();
    if (!this.#wants('closed')) return;
    this.#listener(this.#wording.closed(point, index, backfilled));
  }

  forming(point: P): void {
    if (this.#hadBefore(point)) return;
    this.#bridge(point);
    if (!this.#wants('forming')) return;
    this.#waiting = point;
    if (this.#pace.mayTell(this)) this.release();
  }

  release(): void {
    const point = this.#waiting;
    this.#waiting = null;
    if (point) this.#listener(this.#wording.forming(point, this.#nextIndex));
  }

  /** What was forming is so no longer. */
  #overtake(): void {
    if (!this.#waiting) return;
    this.#waiting = null;
    this.#pace.overtaken(this);
  }

  /** A point that this subscriber never got, because upstream inserted it, has no index. */
  corrected(point: P): void {
    if (point.time < (this.#times[0] ?? Number.POSITIVE_INFINITY)) return;
    if (!this.#wants('correction')) return;
    const place = this.#times.lastIndexOf(point.time);
    const index = place === -1 ? null : this.#firstIndex + place;
    this.#listener(this.#wording.correction(point, index));
  }

  gap(from: number, to: number): void {
    if (this.#wants('gap')) this.#listener(this.#wording.gap(from, to));
  }

  /** Whether the subscriber had this point as a closed one in an earlier life. */
  #hadBefore(point: P): boolean {
    return point.time <= (this.#resumesAfter ?? Number.NEGATIVE_INFINITY);
  }

  get #nextIndex(): number {
    return this.#firstIndex + this.#times.length;
  }

  #wants(event: SeriesEventName): boolean {
    return this.#options.wants?.(event) ?? true;
  }

  #forgetOld(): void {
    const keep = this.#options.history + CORRECTABLE;
    if (this.#times.length <= 2 * keep) return;
    const forgotten = this.#times.length - keep;
    this.#times.splice(0, forgotten);
    this.#firstIndex += forgotten;
  }
}
