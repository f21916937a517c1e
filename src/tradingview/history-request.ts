import { backoffDelay } from '../feed/backoff';
import { FeedError } from '../feed/errors';
import type { Bar } from '../market/candle';
import type { CandleLoad } from '../market/candle-load';
import type { Timer } from '../market/clock';
import { timeframeLength } from '../market/timeframe';
import { type ChartCompletion, type ChartFailure, ChartSession } from './chart-session';
import { readChartFailure } from './failures';
import type { HistoryProgress, HistorySettings } from './history-options';
import type { HistoryEnd } from './messages';
import { SeriesOpening } from './series-opening';
import type { Upstream } from './upstream';

export interface HistoryRequestOptions {
  settings: HistorySettings;
  upstream: Upstream;
  progressed: (progress: HistoryProgress) => void;
  /** @param reason why there are fewer than were asked for; undefined when a limit had no part in it */
  answered: (bars: Bar[], reason: string | undefined) => void;
  failed: (error: FeedError) => void;
}

/** Candles per page: few enough that progress is seen and others get their turn, many enough not to take long. */
const PAGE = 2_000;
/** Where fewer were to come than the guess was. */
const SMALLEST_PAGE = 100;
const PATIENCE = 30_000;
/** Failures in a row without a new page in between. */
const MOST_FAILURES = 3;

/**
 * One request for past candles, on a chart session of its own so that nothing live is disturbed. Pages back until there are
 * enough, or no more; after an outage it asks anew for as much as it had, and goes on.
 */
export class HistoryRequest {
  readonly #options: HistoryRequestOptions;
  #opening: SeriesOpening | null = null;
  #retry: Timer | null = null;
  #connected = false;
  #ended = false;
  #failures = 0;
  /** The most candles loaded so far, over all sessions. */
  #reached = 0;
  #delay = 0;
  #grace: number;

  constructor(options: HistoryRequestOptions) {
    this.#options = options;
    this.#grace = options.upstream.settings.grace;
  }

  connected(): void {
    if (this.#connected || this.#ended) return;
    this.#connected = true;
    this.#open();
  }

  disconnected(): void {
    this.#connected = false;
    this.#opening?.session?.abandon();
    this.#letGo();
  }

  /** Gives it up: nothing is told afterwards. */
  end(): void {
    this.#ended = true;
    this.#letGo();
  }

  #open(): void {
    this.#retry = null;
    if (this.#ended || !this.#connected) return;
    const { clock, openings } = this.#options.upstream;
    const opening: SeriesOpening = new SeriesOpening({
      clock,
      openings,
      patience: PATIENCE,
      damaged: () => this.#options.upstream.damaged(),
      open: () => this.#openSession(() => opening),
      unanswered: () => this.#failed(this.#timeout()),
    });
    this.#opening = opening;
  }

  #openSession(opening: () => SeriesOpening): ChartSession {
    const { settings, upstream } = this.#options;
    const request = { ...settings, count: this.#nextCount(0) };
    return upstream.sessions.open(
      'cs',
      (id, send) =>
        new ChartSession(id, request, send, {
          resolved: (info) => {
            this.#delay = info.delay * 1000;
          },
          data: ({ bars, closeTime }) => opening().load.add(bars, closeTime),
          completed: (completion) => this.#completed(opening(), completion),
          // History has what the stream leaves out.
          skipped: () => {},
          failed: (failure) => this.#sessionFailed(opening(), failure),
        }),
    );
  }

  #completed(opening: SeriesOpening, { updatePeriod, end }: ChartCompletion): void {
    if (opening !== this.#opening) return;
    const { upstream, progressed } = this.#options;
    this.#grace = Math.max(upstream.settings.grace, updatePeriod + 1000);
    const { load } = opening;
    const isNew = opening.progressed();
    if (!isNew && opening.isDoubtful) return this.#failed(this.#damaged());
    if (load.size > this.#reached) {
      this.#reached = load.size;
      this.#failures = 0;
    }
    progressed({ loaded: load.size, wanted: Math.max(load.size, this.#wanted()) });
    if (this.#ended) return;
    const limited = load.size >= this.#mostBars;
    if (this.#suffices(load)) this.#answer(load, null);
    else if (limited || end !== null) this.#answer(load, end ?? 'limit');
    else if (!isNew) this.#answer(load, 'end');
    else opening.loadOlder(this.#nextCount(load.size));
  }

  #suffices(load: CandleLoad): boolean {
    const { from, count } = this.#options.settings;
    return from === null ? this.#chosen(load).length >= (count ?? 0) : load.oldest <= from;
  }

  #answer(load: CandleLoad, end: HistoryEnd | null): void {
    const { answered, settings } = this.#options;
    this.#ended = true;
    this.#letGo();
    const limit = () => `Upstream gives no more than ${this.#closed(load).length} candles back from now.`;
    answered(this.#chosen(load).slice(-(settings.count ?? load.size)), end === 'limit' ? limit() : undefined);
  }

  #closed(load: CandleLoad): readonly Bar[] {
    const bars = load.bars();
    const over = load.closeTime !== null && this.#marketTime() >= load.closeTime + this.#grace;
    return over ? bars : bars.slice(0, -1);
  }

  /** The closed candles of the time that was asked for, oldest first. */
  #chosen(load: CandleLoad): Bar[] {
    const { from, to } = this.#options.settings;
    return this.#closed(load).filter(
      ({ time }) => time >= (from ?? Number.NEGATIVE_INFINITY) && time < (to ?? Number.POSITIVE_INFINITY),
    );
  }

  #nextCount(loaded: number): number {
    const most = this.#mostBars - loaded;
    // After an outage all that was there is asked for again, and a page more.
    const page = loaded === 0 ? this.#reached + PAGE : PAGE;
    return Math.min(Math.max(this.#wanted() - loaded, SMALLEST_PAGE), page, most);
  }

  /** About how many bars lie between now and the oldest that is asked for; the forming one included. */
  #wanted(): number {
    const { count, from, to, timeframe } = this.#options.settings;
    const length = timeframeLength(timeframe);
    const since = (time: number) => Math.max(0, Math.ceil((this.#marketTime() - time) / length));
    const wanted = from === null ? (to === null ? 0 : since(to)) + (count ?? 0) : since(from);
    return Math.min(wanted + 2, this.#mostBars);
  }

  /** The plan's limit counts closed candles; the forming one comes on top. */
  get #mostBars(): number {
    return this.#options.upstream.settings.limits.candles + 1;
  }

  #marketTime(): number {
    return this.#options.upstream.serverTime() - this.#delay;
  }

  #damaged(): FeedError {
    const { symbol } = this.#options.settings;
    return new FeedError('PROTOCOL', `The history of ${symbol} comes damaged. Try again.`, symbol);
  }

  #timeout(): FeedError {
    const { symbol } = this.#options.settings;
    return new FeedError(
      'TIMEOUT',
      `The history of ${symbol} does not come (${PATIENCE / 1000} s). Try again.`,
      symbol,
    );
  }

  #sessionFailed(opening: SeriesOpening, failure: ChartFailure): void {
    if (opening !== this.#opening) return;
    const { settings } = this.#options;
    const { error, final } = readChartFailure(failure, settings);
    // After a critical error upstream does not know the session any more.
    if (failure.scope === 'session') opening.session?.abandon();
    this.#failed(error, final);
  }

  #failed(error: FeedError, final = false): void {
    const { upstream, failed } = this.#options;
    this.#letGo();
    this.#failures++;
    if (final || this.#failures >= MOST_FAILURES) {
      this.#ended = true;
      failed(error);
      return;
    }
    this.#retry = upstream.clock.after(backoffDelay(this.#failures - 1, upstream.random()), () => this.#open());
  }

  #letGo(): void {
    const opening = this.#opening;
    this.#opening = null;
    this.#retry?.cancel();
    this.#retry = null;
    if (opening?.session) this.#options.upstream.sessions.close(opening.session);
    opening?.settle();
  }
}
