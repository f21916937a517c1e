import type { Clock, Timer } from '../market/clock';
import type { IndicatorPoint } from '../market/indicator';
import type { ChartSession, StudyRequest } from './chart-session';

export interface StudyOptions {
  clock: Clock;
  session: ChartSession;
  request: StudyRequest;
  listener: StudyEvents;
}

export interface StudyEvents {
  /** It has been computed: `adopt` it. */
  ready(study: Study): void;
  /** New values, once it was adopted. */
  updated(points: readonly IndicatorPoint[]): void;
  /** @param reason upstream's words; @param runtime the script itself failed */
  complained(study: Study, reason: string, runtime: boolean): void;
  /** It has not been computed in time. */
  unanswered(study: Study): void;
}

/** How long a study may take to be computed, milliseconds. */
export const STUDY_PATIENCE = 30_000;
/** How long after it was computed its first values may come. */
const VALUES_FOLLOW_WITHIN = 10_000;

/** One study as it lives in one chart session: gathers its values until they are all there, then passes on new ones. */
export class Study {
  readonly session: ChartSession;
  readonly #clock: Clock;
  readonly #listener: StudyEvents;
  readonly #remove: () => void;
  /** Until it is adopted. */
  #gathered: Map<number, IndicatorPoint> | null = new Map();
  #completed = false;
  #drawsOnly = false;
  #patience: Timer | null;

  constructor({ clock, session, request, listener }: StudyOptions) {
    this.session = session;
    this.#clock = clock;
    this.#listener = listener;
    this.#patience = clock.after(STUDY_PATIENCE, () => {
      this.#patience = null;
      listener.unanswered(this);
    });
    this.#remove = session.createStudy(request, {
      data: (points) => this.#take(points),
      completed: () => {
        this.#completed = true;
        this.#check();
        if (!this.ready) this.#expectValues();
      },
      complained: (reason, runtime) => listener.complained(this, reason, runtime),
    });
  }

  /** Whether it has been computed. The first values may come before upstream says so, or after. */
  get ready(): boolean {
    return this.#completed && (this.#drawsOnly || this.#gathered?.size !== 0);
  }

  /** Whether it has no values at all. */
  get drawsOnly(): boolean {
    return this.#drawsOnly && this.#gathered?.size === 0;
  }

  /** Takes all its values, oldest first; from now on new ones are passed on. */
  adopt(): IndicatorPoint[] {
    const points = [...(this.#gathered?.values() ?? [])];
    this.#gathered = null;
    return points.sort((a, b) => a.time - b.time);
  }

  /** Has it removed upstream, where its session still lives. Nothing is told afterwards. */
  end(): void {
    this.#patience?.cancel();
    this.#patience = null;
    this.#remove();
  }

  #take(points: readonly IndicatorPoint[]): void {
    if (!this.#gathered) return this.#listener.updated(points);
    for (const point of points) this.#gathered.set(point.time, point);
    this.#check();
  }

  /** An indicator may draw, and have no values at all. */
  #expectValues(): void {
    this.#patience?.cancel();
    this.#patience = this.#clock.after(VALUES_FOLLOW_WITHIN, () => {
      this.#drawsOnly = true;
      this.#check();
    });
  }

  #check(): void {
    if (!this.#gathered || !this.ready) return;
    this.#patience?.cancel();
    this.#patience = null;
    this.#listener.ready(this);
  }
}
