import { Audience } from '../feed/audience';
import { backoffDelay } from '../feed/backoff';
import type { Channel } from '../feed/channel-registry';
import { FeedError } from '../feed/errors';
import type { Subscriber, SubscriptionState } from '../feed/subscription';
import type { CandleDelivery } from '../market/candle-delivery';
import type { CandleLoad } from '../market/candle-load';
import { CandleSeries, type ClosedBar } from '../market/candle-series';
import type { Timer } from '../market/clock';
import { TradingHours } from '../market/trading-hours';
import { CandleClock } from './candle-clock';
import { type CandleDemand, firstCount, missingCount } from './candle-demand';
import { type ChartCompletion, type ChartFailure, ChartSession } from './chart-session';
import { DamageWatch } from './damage-watch';
import { readChartFailure } from './failures';
import type { SeriesData, SymbolInfo } from './messages';
import type { CandleSettings } from './options';
import { type SeriesGuest, SeriesGuests } from './series-guests';
import { SeriesOpening } from './series-opening';
import { StudySlots } from './study-slots';
import type { Upstream } from './upstream';

/** One who listens to a channel. */
export interface CandleSubscriber extends Subscriber {
  delivery: CandleDelivery;
}

/** A fresh session is to `replace` the present one, if any, or to `probe` whether the present one gives what there is. */
type Purpose = 'replace' | 'probe';

const LOAD_TIMEOUT = 30_000;
const PROBE_TIMEOUT = 10_000;
/** Closed candles kept at the least: for those who come later, and to notice corrections. */
const KEPT = 64;
const SMALLEST_PAGE = 10;

/**
 * One series open upstream, shared by all who want the same candles: keeps a chart session open while the connection lives,
 * feeds the series from it, and hands the series' events to the subscribers.
 */
export class CandleChannel implements Channel {
  readonly #settings: CandleSettings;
  readonly #upstream: Upstream;
  readonly #retire: () => void;
  readonly #series: CandleSeries;
  readonly #audience = new Audience<CandleSubscriber>('waiting');
  readonly #guests = new SeriesGuests();
  /** Where studies wait in line. */
  readonly slots: StudySlots;
  #session: ChartSession | null = null;
  /** How many candles the present session has loaded, or was to load where there were fewer. */
  #depth = 0;
  #opening: SeriesOpening | null = null;
  #purpose: Purpose = 'replace';
  #connected = false;
  #hours: TradingHours | null = null;
  /** Milliseconds by which upstream's data of this symbol are late. */
  #delay = 0;
  #grace: number;
  readonly #candleClock: CandleClock;
  readonly #damage: DamageWatch;
  #failures = 0;
  #retry: Timer | null = null;

  /** @param retire called when it is refused for good: who asks next opens a new one */
  constructor(settings: CandleSettings, upstream: Upstream, retire: () => void) {
    this.#settings = settings;
    this.#upstream = upstream;
    this.#retire = retire;
    const { grace, limits } = upstream.settings;
    this.slots = new StudySlots(limits.studies);
    this.#grace = grace;
    this.#series = new CandleSeries(
      { timeframe: settings.timeframe, grace, keep: KEPT },
      {
        closed: (bar, backfilled) => {
          this.#tell((delivery) => delivery.closed(bar, backfilled));
          this.#guests.each((guest) => guest.candleClosed(bar, backfilled));
        },
        forming: (bar) => this.#tell((delivery) => delivery.forming(bar)),
        corrected: (bar) => {
          this.#tell((delivery) => delivery.corrected(bar));
          this.#guests.each((guest) => guest.candleCorrected(bar.time));
        },
        gap: (from, to) => {
          this.#tell((delivery) => delivery.gap(from, to));
          this.#guests.each((guest) => guest.candlesLost(from, to));
        },
      },
    );
    this.#candleClock = new CandleClock({
      clock: upstream.clock,
      marketTime: () => this.marketTime(),
      heardUntil: () => this.heardUntil(),
      isOpen: (time) => this.#hours?.isOpen(time) !== false,
      close: () => {
        this.#series.tick(this.marketTime());
        this.#watchClock();
        this.#damage.check();
      },
      overdue: () => this.#open('probe'),
    });
    this.#damage = new DamageWatch({
      clock: upstream.clock,
      damaged: () => upstream.damaged(),
      mend: () => {
        if (this.#opening) return false;
        this.#open('probe');
        return true;
      },
    });
  }

  get state(): SubscriptionState {
    return this.#audience.state;
  }

  add(subscriber: CandleSubscriber): void {
    this.#audience.add(subscriber);
    this.#configure();
    if (this.#series.streaming && !this.#opening) {
      if (subscriber.delivery.satisfiedBy(this.#series.history)) this.#start(subscriber.delivery);
      else this.#open();
    }
  }

  remove(subscriber: CandleSubscriber): void {
    this.#audience.remove(subscriber);
  }

  /** From now on the guest is told where it is to live. It asks for a slot, and for the depth that it needs, by itself. */
  attach(guest: SeriesGuest): void {
    this.#guests.add(guest);
  }

  detach(guest: SeriesGuest): void {
    this.#guests.delete(guest);
  }

  /** The session that streams, if there is one. */
  get presentSession(): ChartSession | null {
    return this.#series.streaming ? this.#session : null;
  }

  /** Closed candles that are at hand, oldest first. */
  get history(): readonly ClosedBar[] {
    return this.#series.history;
  }

  /** Open time of the forming candle; null where there is none. */
  get formingTime(): number | null {
    return this.#series.forming?.time ?? null;
  }

  /** Milliseconds after a close time before the clock may close a candle. */
  get grace(): number {
    return this.#grace;
  }

  /** Upstream's time as far as this symbol's data have come, milliseconds since the epoch. */
  marketTime(): number {
    return this.#upstream.serverTime() - this.#delay;
  }

  /** Market time up to which nothing that was sent can still be missing. */
  heardUntil(): number {
    return this.#upstream.heardUntil() - this.#delay;
  }

  /** Whether another session could load so many candles, and the present one has not. */
  canDeepen(depth: number): boolean {
    return this.#depth < Math.min(depth, this.#upstream.settings.limits.candles);
  }

  /** Opens a deeper session where a guest needs one. */
  deepen(): void {
    if (this.#series.streaming && !this.#opening && this.canDeepen(this.#guests.depth)) this.#open();
  }

  /** The connection is live: opens the series upstream. Does nothing when that has been said already. */
  connected(): void {
    if (this.#connected || this.state === 'refused') return;
    this.#connected = true;
    this.#failures = 0;
    this.#open();
  }

  /** The connection is gone, and with it everything upstream. */
  disconnected(): void {
    if (!this.#connected) return;
    this.#connected = false;
    this.#session?.abandon();
    this.#opening?.session?.abandon();
    this.#letGo();
    this.#series.interrupt();
    this.slots.reset();
    this.#setState('waiting');
  }

  close(): void {
    this.#connected = false;
    this.#letGo();
  }

  /** Opens a fresh upstream session; the present one, if any, streams on until the fresh one has loaded. */
  #open(purpose: Purpose = 'replace'): void {
    this.#retry?.cancel();
    this.#retry = null;
    if (!this.#connected || this.#opening) return;
    if (!this.#session) this.#setState('loading');
    const { clock, openings } = this.#upstream;
    const patience = purpose === 'probe' ? PROBE_TIMEOUT : LOAD_TIMEOUT;
    this.#purpose = purpose;
    this.#damage.asked();
    const opening: SeriesOpening = new SeriesOpening({
      clock,
      openings,
      open: () => this.#openSession(() => opening),
      patience,
      damaged: () => this.#upstream.damaged(),
      unanswered: () => this.#unanswered(patience),
    });
    this.#opening = opening;
  }

  #openSession(opening: () => SeriesOpening): ChartSession {
    const { symbol, timeframe, session, adjustment } = this.#settings;
    const request = { symbol, timeframe, session, adjustment, count: firstCount(this.#demand()) };
    const opened = this.#upstream.sessions.open(
      'cs',
      (id, send) =>
        new ChartSession(id, request, send, {
          resolved: (info) => this.#resolved(info),
          data: (data) => this.#take(opening(), data),
          completed: (completion) => this.#completed(opening(), completion),
          skipped: () => this.#restart(this.#left()),
          failed: (failure) => this.#sessionFailed(opening(), failure),
        }),
    );
    // What a probe opens is mostly not kept.
    if (this.#purpose === 'replace') this.#guests.each((guest) => guest.enter(opened));
    return opened;
  }

  #left(): FeedError {
    const { symbol } = this.#settings;
    return new FeedError('PROTOCOL', `Candles of ${symbol} were left out of the stream.`, symbol);
  }

  #unanswered(patience: number): void {
    const { symbol } = this.#settings;
    const sentence = `No answer for ${symbol} in ${patience / 1000} s. It is tried again.`;
    const error = new FeedError('TIMEOUT', sentence, symbol);
    if (this.#purpose === 'probe') this.#upstream.drop(error);
    else this.#restart(error);
  }

  #resolved(info: SymbolInfo): void {
    this.#delay = info.delay * 1000;
    this.#hours = TradingHours.parse(info.session, info.timezone, info.holidays);
  }

  #take(opening: SeriesOpening, { bars, closeTime }: SeriesData): void {
    if (this.#opening === opening) return opening.load.add(bars, closeTime);
    if (bars.length > 0) this.#failures = 0;
    this.#series.update(bars, closeTime, this.#upstream.lastHeard() - this.#delay);
    this.#watchClock();
    this.#damage.check();
  }

  #completed(opening: SeriesOpening, { updatePeriod, mode, end }: ChartCompletion): void {
    if (this.#opening !== opening) return;
    const late = /^delayed_streaming_(\d+)$/.exec(mode);
    if (late && this.#delay === 0) this.#delay = Number(late[1]) * 1000;
    this.#grace = Math.max(this.#upstream.settings.grace, updatePeriod + 1000);
    this.#configure();
    const { load } = opening;
    const progressed = opening.progressed();
    if (!progressed && opening.isDoubtful) return this.#restart(this.#left());
    if (this.#purpose === 'probe' && !this.#isNeeded(load)) return this.#discard(opening);
    if (this.#series.streaming && load.size === 0) return this.#discard(opening);
    // The stream has not come as far as this load begins: what is owed between comes as after an outage.
    if (!this.#series.bridges(load)) this.#interrupt();
    const missing = missingCount(this.#demand(), load, this.#grace);
    // The plan's limit counts closed candles, as the history does; the forming one comes on top.
    const room = this.#upstream.settings.limits.candles + 1 - load.size;
    if (missing > 0 && end === null && progressed && room > 0) {
      this.#guests.each((guest) => guest.leave());
      opening.loadOlder(Math.min(Math.max(missing, SMALLEST_PAGE), room));
    } else {
      this.#depth = Math.max(load.size, this.#guests.depth);
      this.#takeOver(opening);
    }
  }

  /** Whether a probe has found something that the present session has withheld, or somebody waits for more history. */
  #isNeeded(load: CandleLoad): boolean {
    this.#purpose = 'replace';
    if (!this.#series.isBehind(load, this.marketTime() - this.#grace))
      return this.#waiting().length > 0 || this.canDeepen(this.#guests.depth);
    // What is owed since comes as after an outage.
    this.#interrupt();
    return true;
  }

  #interrupt(): void {
    this.#series.interrupt();
    this.#guests.each((guest) => guest.interrupted());
  }

  /** The fresh session has loaded all that is wanted, or all there is: from now on it is the one that streams. */
  #takeOver(opening: SeriesOpening): void {
    const former = this.#session;
    this.#session = opening.session;
    this.#opening = null;
    if (former) this.#upstream.sessions.close(former);
    this.#series.reconcile(opening.load, this.marketTime());
    this.#watchClock();
    for (const delivery of this.#waiting()) this.#start(delivery);
    opening.settle();
    this.#settleGuests();
  }

  #settleGuests(): void {
    this.#guests.each((guest) => {
      if (this.#session) guest.settle(this.#session);
    });
  }

  /** The present session gives all there is; the fresh one is not needed. */
  #discard(opening: SeriesOpening): void {
    this.#opening = null;
    if (opening.session) this.#upstream.sessions.close(opening.session);
    this.#depth = Math.max(this.#depth, this.#guests.depth);
    for (const delivery of this.#waiting()) this.#start(delivery);
    opening.settle();
    this.#settleGuests();
  }

  #sessionFailed(opening: SeriesOpening, failure: ChartFailure): void {
    const refusal = readChartFailure(failure, this.#settings);
    // After a critical error upstream does not know the session any more; naming it again could cost the connection.
    if (failure.scope === 'session') opening.session?.abandon();
    if (refusal.final) this.#refuse(refusal.error);
    else this.#restart(refusal.error);
  }

  /** Upstream will not give this series: told once, and not tried again. */
  #refuse(error: FeedError): void {
    this.#letGo();
    this.#series.interrupt();
    this.#retire();
    this.#connected = false;
    this.#setState('refused');
    this.#report(error);
  }

  /** Begins anew with a fresh session: at once the first time, then with growing pauses until data flow again. */
  #restart(error: FeedError): void {
    this.#letGo();
    this.#series.interrupt();
    this.#failures++;
    const again = this.#failures > 1;
    this.#setState(again ? 'failed' : 'loading');
    if (this.#failures === 2) this.#report(error);
    const pause = again ? backoffDelay(this.#failures - 1, this.#upstream.random()) : 0;
    this.#retry = this.#upstream.clock.after(pause, () => this.#open());
  }

  /** Lets go of everything that is open or pending. */
  #letGo(): void {
    const opening = this.#opening;
    const sessions = [this.#session, opening?.session];
    this.#session = null;
    this.#opening = null;
    this.#retry?.cancel();
    this.#retry = null;
    this.#damage.stop();
    this.#candleClock.stop();
    this.#guests.each((guest) => guest.evicted());
    for (const session of sessions) {
      if (session) this.#upstream.sessions.close(session);
    }
    opening?.settle();
  }

  #demand(): CandleDemand {
    return {
      timeframe: this.#settings.timeframe,
      series: this.#series,
      deliveries: this.#audience.members.map(({ delivery }) => delivery),
      depth: this.#guests.depth,
      limit: this.#upstream.settings.limits.candles,
      now: this.marketTime(),
    };
  }

  #configure(): void {
    const now = this.marketTime();
    let keep = KEPT;
    for (const { delivery } of this.#audience.members) {
      // Whoever has had candles in an earlier life is to get all those since, which may be more than the history.
      keep = Math.max(keep, delivery.started ? delivery.history : delivery.reach(now));
    }
    this.#series.configure({ keep, grace: this.#grace });
  }

  /** Has the newest candle watched, and tells whether the market is open. */
  #watchClock(): void {
    // A listener may have ended it all by what it did in between.
    if (!this.#session) return;
    const { end, deadline, forming } = this.#series;
    this.#candleClock.watch(end, deadline);
    this.#setState(forming || this.#hours?.isOpen(this.marketTime()) !== false ? 'live' : 'closed');
  }

  /** Those who have not got their history yet. */
  #waiting(): CandleDelivery[] {
    return this.#audience.members.flatMap(({ delivery }) => (delivery.started ? [] : delivery));
  }

  #start(delivery: CandleDelivery): void {
    delivery.start(this.#series.history, this.#series.forming);
  }

  #tell(event: (delivery: CandleDelivery) => void): void {
    for (const { delivery } of this.#audience.members) {
      if (delivery.started) event(delivery);
    }
  }

  #report(error: FeedError): void {
    this.#audience.failed(error);
    this.#guests.each((guest) => guest.failed(error));
  }

  #setState(state: SubscriptionState): void {
    if (this.state === state) return;
    this.#audience.setState(state);
    this.#guests.each((guest) => guest.stateChanged(state));
  }
}
