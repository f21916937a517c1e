import { Audience } from '../feed/audience';
import { backoffDelay } from '../feed/backoff';
import type { Channel } from '../feed/channel-registry';
import { FeedError } from '../feed/errors';
import type { Subscriber, SubscriptionState } from '../feed/subscription';
import type { ClosedBar } from '../market/candle-series';
import type { Timer } from '../market/clock';
import type { IndicatorDelivery, IndicatorPoint } from '../market/indicator';
import { IndicatorSeries } from '../market/indicator-series';
import type { CandleChannel } from './candle-channel';
import type { ChartSession, StudyRequest } from './chart-session';
import { readStudyComplaint, sayLimit } from './failures';
import type { SeriesGuest } from './series-guests';
import { STUDY_PATIENCE, Study } from './study';
import type { SlotHolder } from './study-slots';
import type { Upstream } from './upstream';

/** One who listens to an indicator. */
export interface IndicatorSubscriber extends Subscriber {
  delivery: IndicatorDelivery;
}

/** What is to be computed, on the candles of which symbol. */
export interface StudySettings extends StudyRequest {
  symbol: string;
  /** How the user knows the indicator. */
  name: string;
}

/** How often to look for a sign of life while a value waits for one. */
const SIGN_OF_LIFE_CHECK = 250;
/** Fewer would make many indicators begin without enough past. */
const FEWEST_CANDLES = 300;
/** Values kept at the least: for those who come later, and to notice corrections. */
const KEPT = 64;

/**
 * One indicator on one series, shared by all who want the same: lives as a study in whatever chart session the series has at
 * the moment, and hands the values to the subscribers.
 */
export class StudyChannel implements Channel, SeriesGuest, SlotHolder {
  readonly #settings: StudySettings;
  readonly #upstream: Upstream;
  readonly #candles: CandleChannel;
  readonly #retire: () => void;
  readonly #series: IndicatorSeries;
  readonly #audience: Audience<IndicatorSubscriber>;
  /** The study in the session that streams, and the one in a session that is still loading. */
  #present: Study | null = null;
  #fresh: Study | null = null;
  /** What upstream last complained of, as long as no values have come. */
  #complaint: string | null = null;
  #trouble: 'queued' | 'refused' | 'failed' | null = null;
  /** Why it has to wait for a slot, as long as it does. */
  #limit: FeedError | null = null;
  /** Whether that has been told since there were values. */
  #limitTold = false;
  #failures = 0;
  #retry: Timer | null = null;
  #settling: Timer | null = null;
  #deadline: number | null = null;

  /** @param retire called when it is refused for good: who asks next opens a new one */
  constructor(settings: StudySettings, upstream: Upstream, candles: CandleChannel, retire: () => void) {
    this.#settings = settings;
    this.#upstream = upstream;
    this.#candles = candles;
    this.#retire = retire;
    this.#audience = new Audience(candles.state);
    this.#series = new IndicatorSeries(() => candles.grace, {
      closed: (point, backfilled) => this.#tell((delivery) => delivery.closed(point, backfilled)),
      forming: (point) => {
        if (this.#isForming(point)) this.#tell((delivery) => delivery.forming(point));
      },
      corrected: (point) => this.#tell((delivery) => delivery.corrected(point)),
      gap: (from, to) => this.#tell((delivery) => delivery.gap(from, to)),
    });
    candles.attach(this);
    candles.slots.ask(this);
  }

  get name(): string {
    return this.#settings.name;
  }

  get state(): SubscriptionState {
    return this.#audience.state;
  }

  /** How many candles the series must have loaded. */
  get depth(): number {
    // The values that are owed must be in what is loaded.
    let depth = Math.max(FEWEST_CANDLES, this.#series.owed + 1);
    for (const { delivery } of this.#audience.members) depth = Math.max(depth, delivery.history + 1);
    return depth;
  }

  add(subscriber: IndicatorSubscriber): void {
    this.#audience.add(subscriber);
    this.#series.configure(Math.max(KEPT, this.depth));
    if (this.#limit) subscriber.failed(this.#limit);
    this.#startWaiting();
  }

  remove(subscriber: IndicatorSubscriber): void {
    this.#audience.remove(subscriber);
  }

  close(): void {
    this.#letGo();
    this.#candles.slots.leave(this);
    this.#candles.detach(this);
  }

  /** There is a slot for it. */
  admitted(): void {
    this.#limit = null;
    if (this.#trouble === 'queued') this.#trouble = null;
    const session = this.#candles.presentSession;
    if (session) this.settle(session);
    this.#showState();
  }

  /** All slots are taken. */
  waiting(limit: number, holders: readonly string[]): void {
    this.#dropStudies();
    this.#limit = sayLimit(this.#settings, limit, holders);
    this.#trouble = 'queued';
    this.#showState();
    if (!this.#limitTold) this.#report(this.#limit);
    this.#limitTold = true;
    // With nobody inside nobody will leave: upstream itself has to be asked again.
    if (holders.length === 0) this.#tryAgain(() => this.#candles.slots.retry());
  }

  /** A session is being opened: its study is computed while the candles load. */
  enter(session: ChartSession): void {
    if (!this.#candles.slots.has(this)) return;
    this.#fresh?.end();
    this.#fresh = this.#create(session);
  }

  /** The session has to load older candles first: values would move as it does. */
  leave(): void {
    this.#fresh?.end();
    this.#fresh = null;
  }

  /** The session is the present one now, or stays it. */
  settle(session: ChartSession): void {
    if (this.#present?.session === session) return this.#startWaiting();
    const study = this.#fresh?.session === session ? this.#fresh : null;
    this.#fresh = null;
    this.#present?.end();
    this.#series.interrupt();
    this.#present = study ?? (this.#candles.slots.has(this) ? this.#create(session) : null);
    if (study?.ready) this.#adopt(study);
    this.#showState();
  }

  /** The present session is about to be replaced: what its study says of candles that are told now may be old. */
  interrupted(): void {
    this.#series.interrupt();
    this.#watchClock();
  }

  /** The series has no session any more. */
  evicted(): void {
    this.#dropStudies();
    this.interrupted();
  }

  candleClosed(bar: ClosedBar, backfilled: boolean): void {
    this.#series.candleClosed(bar, backfilled, this.#now);
    this.#watchClock();
  }

  candleCorrected(time: number): void {
    this.#series.candleCorrected(time);
  }

  candlesLost(from: number, to: number): void {
    this.#series.candlesLost(from, to, this.#now);
  }

  /** The series has failed. */
  failed(error: FeedError): void {
    this.#report(error);
  }

  /** The series is in another state. */
  stateChanged(state: SubscriptionState): void {
    if (state === 'refused') this.#retire();
    this.#showState();
  }

  #create(session: ChartSession): Study {
    const { studyId, inputs } = this.#settings;
    return new Study({
      clock: this.#upstream.clock,
      session,
      request: { studyId, inputs },
      listener: {
        ready: (study) => this.#adopt(study),
        updated: (points) => this.#update(points),
        complained: (study, reason, runtime) => this.#complained(study, reason, runtime),
        unanswered: (study) => this.#unanswered(study),
      },
    });
  }

  #adopt(study: Study): void {
    if (study !== this.#present) return;
    this.#complaint = null;
    this.#trouble = null;
    this.#limitTold = false;
    this.#failures = 0;
    const { drawsOnly } = study;
    this.#series.load(study.adopt(), this.#candles.history, this.#now, drawsOnly);
    this.#startWaiting();
    this.#watchClock();
    this.#showState();
  }

  #update(points: readonly IndicatorPoint[]): void {
    this.#series.update(points, this.#now);
    this.#watchClock();
  }

  #complained(study: Study, reason: string, runtime: boolean): void {
    const { kind, error } = readStudyComplaint(reason, runtime, this.#settings);
    if (kind === 'limit' && study === this.#fresh && this.#present) {
      // While two sessions overlap there are twice as many studies; when this one is the present one, it is tried again.
      this.leave();
    } else if (kind === 'limit') {
      this.#candles.slots.deny(this);
    } else if (kind === 'final') {
      this.#refuse(error);
    } else if (!study.ready) {
      // Good values may follow all the same.
      this.#complaint = reason;
    }
  }

  #unanswered(study: Study): void {
    const { symbol, name } = this.#settings;
    if (study === this.#fresh) return this.leave();
    const complaint = this.#complaint;
    this.#complaint = null;
    const error = complaint
      ? readStudyComplaint(complaint, false, this.#settings).error
      : new FeedError(
          'TIMEOUT',
          `No values of ${name} for ${symbol} in ${STUDY_PATIENCE / 1000} s. It is tried again.`,
          symbol,
        );
    this.#dropStudies();
    this.#candles.slots.leave(this);
    this.#trouble = 'failed';
    this.#showState();
    if (this.#failures === 0) this.#report(error);
    this.#tryAgain(() => this.#candles.slots.ask(this));
  }

  #tryAgain(act: () => void): void {
    this.#failures++;
    this.#retry?.cancel();
    const pause = backoffDelay(this.#failures, this.#upstream.random());
    this.#retry = this.#upstream.clock.after(pause, act);
  }

  /** Upstream will not compute it: told once, and not tried again. */
  #refuse(error: FeedError): void {
    this.#letGo();
    this.#candles.slots.leave(this);
    this.#candles.detach(this);
    this.#retire();
    this.#trouble = 'refused';
    this.#showState();
    this.#report(error);
  }

  #letGo(): void {
    this.#dropStudies();
    this.#retry?.cancel();
    this.#retry = null;
    this.interrupted();
  }

  #dropStudies(): void {
    this.#fresh?.end();
    this.#present?.end();
    this.#fresh = null;
    this.#present = null;
  }

  /** Market time, as far as the link is known to live: a value must not pass for final while the last one may be under way. */
  get #now(): number {
    return Math.min(this.#candles.marketTime(), this.#candles.heardUntil());
  }

  /** Values that wait for the clock. */
  #watchClock(): void {
    const { deadline } = this.#series;
    if (deadline === this.#deadline) return;
    this.#deadline = deadline;
    this.#settling?.cancel();
    if (deadline === null) return;
    const rest = deadline - this.#candles.marketTime();
    this.#settling = this.#upstream.clock.after(rest > 0 ? rest : SIGN_OF_LIFE_CHECK, () => {
      this.#deadline = null;
      this.#series.tick(this.#now);
      this.#watchClock();
    });
  }

  /** Begins with all whose history is at hand; for the others a deeper session is opened, if one is to be had. */
  #startWaiting(): void {
    const { history, forming, current } = this.#series;
    const deepest = !this.#candles.canDeepen(this.depth);
    const deepEnough = !this.#candles.canDeepen(FEWEST_CANDLES);
    for (const { delivery } of this.#audience.members) {
      const suffices = deepest || (deepEnough && delivery.satisfiedBy(history));
      if (current && suffices) delivery.start(history, forming && this.#isForming(forming) ? forming : null);
    }
    this.#candles.deepen();
  }

  /** Not where the study has heard sooner of a candle than the series, which may have others to close before. */
  #isForming({ time }: IndicatorPoint): boolean {
    return time === this.#candles.formingTime;
  }

  #tell(event: (delivery: IndicatorDelivery) => void): void {
    for (const { delivery } of this.#audience.members) {
      if (delivery.started) event(delivery);
    }
  }

  #report(error: FeedError): void {
    this.#audience.failed(error);
  }

  #showState(): void {
    const { state } = this.#candles;
    const streams = state === 'live' || state === 'closed';
    const own = this.#trouble ?? (streams && !this.#series.current ? 'loading' : state);
    this.#audience.setState(state === 'refused' ? state : own);
  }
}
