import { isId } from './call-arguments';
import type { ChartHost } from './chart-host';
import { packet, SERVER } from './chart-packets';
import { CriticalError } from './critical-error';
import type { LiveSeries, PlacedBar } from './live-series';
import type { MarketBar } from './market-bar';
import { type StudyBars, StudyComputation, studyBars } from './study-computation';
import {
  type StudyPart,
  studyCompletedPacket,
  studyErrorPacket,
  studyLoadingPacket,
  studyLoadPacket,
  studyUpdatePart,
  type ToldStudy,
} from './study-packets';
import { readStudyRequest, runtimeError, StudyError, type StudyRequest } from './study-request';

const LIMIT_REACHED = 'The maximum number of studies per chart has been reached for current subscription';
/** Upstream says this now and then of a study that is well. */
const UNEXPECTED = 'check study unexpected error';

/** The series that a study is computed on. */
export interface StudyParent {
  id: string;
  turnaround: string;
  /** undefined: it could not be had. */
  live: LiveSeries | undefined;
}

interface Study {
  id: string;
  turnaround: string;
  parent: StudyParent;
  studyId: string;
  given: Record<string, unknown>;
  /** It counts against the limit. */
  holdsSlot: boolean;
  /** Where it is being computed; undefined before and after an error. */
  work: { request: StudyRequest; computation: StudyComputation } | undefined;
}

/** The studies of one chart session: computed on its series, told like them, and again whenever a series is loaded anew. */
export class ChartStudies {
  readonly #session: string;
  readonly #host: ChartHost;
  readonly #studies = new Map<string, Study>();

  constructor(session: string, host: ChartHost) {
    this.#session = session;
    this.#host = host;
  }

  /** How many count against the limit. */
  get count(): number {
    return [...this.#studies.values()].filter(({ holdsSlot }) => holdsSlot).length;
  }

  /**
   * @param args id, turnaround, series, study, inputs
   * @returns computes it, to be called once the series has been told of
   */
  create([id, turnaround, parentId, studyId, given]: unknown[], series: ReadonlyMap<unknown, StudyParent>): () => void {
    const parent = series.get(parentId);
    if (!isId(id) || !isId(turnaround) || !isId(studyId) || !isInputs(given) || !parent) {
      throw new CriticalError('invalid parameters');
    }
    if (this.#studies.has(id)) throw new CriticalError('duplicate id');
    const study = { id, turnaround, parent, studyId, given, holdsSlot: false, work: undefined };
    this.#studies.set(id, study);
    return this.#begin(study);
  }

  /**
   * @param args id, turnaround, inputs; those that are not named stay
   * @returns computes it
   */
  modify([id, turnaround, given]: unknown[]): () => void {
    const study = this.#find(id);
    if (!isId(turnaround) || !isInputs(given)) throw new CriticalError('invalid parameters');
    this.#retire(study);
    study.turnaround = turnaround;
    study.given = { ...study.given, ...given };
    return this.#begin(study);
  }

  remove([id]: unknown[]): void {
    const study = this.#find(id);
    this.#retire(study);
    this.#studies.delete(study.id);
  }

  /** A series goes, and its studies with it. */
  drop(parent: StudyParent): void {
    for (const study of this.#of(parent)) this.#studies.delete(study.id);
  }

  clear(): void {
    this.#studies.clear();
  }

  /** A series begins elsewhere now, or has become another: all of its studies are computed and told anew. */
  reload(parent: StudyParent): void {
    for (const study of this.#of(parent)) this.#begin(study)();
  }

  /**
   * What there is to say with a live update of a series.
   * @param told the bars that clients are told of just now
   */
  advance(parent: StudyParent, told: readonly PlacedBar[], now: number): Record<string, StudyPart> {
    const { live } = parent;
    const places = new Map(told.map(({ bar, place }) => [bar.time, place]));
    const parts: Record<string, StudyPart> = {};
    const bars = new Map<number, MarketBar[]>();
    for (const study of this.#of(parent)) {
      if (!live || !study.work) continue;
      const { computation } = study.work;
      const from = computation.newest ?? told[0]?.bar.time ?? now;
      const fresh = bars.get(from) ?? live.source.forward(live.resolution, from, now);
      bars.set(from, fresh);
      const values = computation.follow(fresh).flatMap((value) => {
        const place = places.get(value.time);
        return place === undefined ? [] : [{ place, value }];
      });
      if (values.length > 0) parts[study.id] = studyUpdatePart(this.#told(study), values);
    }
    return parts;
  }

  /** Computes again after a bar was changed or inserted: from its place on, all values are others. */
  amend(parent: StudyParent, place: number): Record<string, StudyPart> {
    const parts: Record<string, StudyPart> = {};
    for (const study of this.#of(parent)) {
      if (!parent.live || !study.work) continue;
      const { request } = study.work;
      const { bars, warmUp } = loadedBars(parent.live);
      const computation = new StudyComputation(request.study, request.inputs);
      const values = computation.follow(bars).slice(warmUp + place);
      study.work = { request, computation };
      const placed = values.map((value, at) => ({ place: place + at, value }));
      if (placed.length > 0) parts[study.id] = studyUpdatePart(this.#told(study), placed);
    }
    return parts;
  }

  #of(parent: StudyParent): Study[] {
    return [...this.#studies.values()].filter((study) => study.parent === parent);
  }

  #find(id: unknown): Study {
    const study = typeof id === 'string' ? this.#studies.get(id) : undefined;
    if (!study) throw new CriticalError('invalid parameters');
    return study;
  }

  #begin(study: Study): () => void {
    study.work = undefined;
    this.#host.post(studyLoadingPacket(this.#told(study), this.#host.now()));
    return () => {
      // It may have been removed meanwhile.
      if (this.#studies.get(study.id) === study) this.#compute(study);
    };
  }

  #compute(study: Study): void {
    try {
      this.#takeSlot(study);
      const trouble = this.#host.studyTrouble();
      if (trouble === 'stall') return;
      const request = readStudyRequest(study.studyId, study.given, this.#host.signedIn());
      const { live } = study.parent;
      if (!live) throw new StudyError('resolve error');
      const { bars, warmUp } = loadedBars(live);
      if (request.study.fails !== undefined) {
        throw new StudyError(runtimeError(request.study.fails, { bar_index: bars.length, index: 5, size: 5 }));
      }
      const told = this.#told(study);
      if (trouble === 'error') this.#host.post(studyErrorPacket(told, UNEXPECTED, SERVER));
      const computation = new StudyComputation(request.study, request.inputs);
      this.#host.post(studyLoadPacket(told, request.study, computation.follow(bars), warmUp));
      this.#host.post(studyCompletedPacket(told, this.#host.now()));
      study.work = { request, computation };
    } catch (error) {
      if (!(error instanceof StudyError)) throw error;
      study.holdsSlot = false;
      this.#host.post(studyErrorPacket(this.#told(study), error.reason, SERVER));
    }
  }

  #takeSlot(study: Study): void {
    const others = this.#of(study.parent).filter((other) => other !== study && other.holdsSlot);
    if (others.length >= this.#host.studiesPerSeries) throw new StudyError(LIMIT_REACHED);
    study.holdsSlot = true;
  }

  #retire(study: Study): void {
    const told = this.#told(study);
    const { work, parent } = study;
    const { live } = parent;
    if (!work || !live) return;
    this.#host.retire((now) => {
      const { newest } = work.computation;
      if (newest === undefined) return undefined;
      const [value] = work.computation.follow(live.source.forward(live.resolution, newest, now, newest + 1));
      const place = live.source.forward(live.resolution, live.oldest, now, newest).length;
      return value && packet('du', [told.session, { [told.id]: studyUpdatePart(told, [{ place, value }]) }]);
    });
  }

  #told({ id, turnaround, parent }: Study): ToldStudy {
    return { session: this.#session, id, turnaround: `${parent.turnaround}_${turnaround}` };
  }
}

/** The bars that the client of a series knows, and those of the warm-up before them. */
function loadedBars(live: LiveSeries): StudyBars {
  const { newest, source, resolution, oldest, updatedAt } = live;
  if (!newest) return { bars: [], warmUp: 0 };
  const { bars, warmUp } = studyBars(source, resolution, oldest, updatedAt);
  return { bars: bars.filter(({ time }) => time <= newest.time), warmUp };
}

function isInputs(given: unknown): given is Record<string, unknown> {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}
