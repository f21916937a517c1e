import { backoffDelay } from '../feed/backoff';
import { FeedError } from '../feed/errors';
import type { Subscription, SubscriptionState } from '../feed/subscription';
import type { Timer } from '../market/clock';
import type { SeriesEventName } from '../market/delivery';
import { IndicatorDelivery, type IndicatorEvent } from '../market/indicator';
import type { Timeframe } from '../market/timeframe';
import type { IndicatorDefinition } from './indicator-definition';
import { isMomentary } from './indicator-lookup';
import type { IndicatorSubscriber, StudyChannel } from './study-channel';
import type { Upstream } from './upstream';

/** A study that is held open. */
export interface HeldStudy {
  channel: StudyChannel;
  release: () => void;
}

export interface IndicatorWatchOptions {
  symbol: string;
  timeframe: Timeframe;
  history: number;
  wants: ((event: SeriesEventName) => boolean) | undefined;
  upstream: Upstream;
  lookUp: () => Promise<IndicatorDefinition>;
  /** @throws FeedError INPUT_INVALID */
  hold: (definition: IndicatorDefinition) => HeldStudy;
  tell: (event: IndicatorEvent | { event: 'error'; error: FeedError }) => void;
  stateChanged: (state: SubscriptionState) => void;
  closed: () => void;
}

/** One subscription to an indicator: has it looked up, then holds its study. */
export class IndicatorWatch implements Subscription {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly #options: IndicatorWatchOptions;
  readonly #letGo: () => void;
  #subscriber: IndicatorSubscriber | null = null;
  #held: HeldStudy | null = null;
  #state: SubscriptionState = 'loading';
  #failures = 0;
  #retry: Timer | null = null;
  #open = true;

  constructor(options: IndicatorWatchOptions) {
    this.symbol = options.symbol;
    this.timeframe = options.timeframe;
    this.#options = options;
    this.#letGo = options.upstream.hold();
    void this.#lookUp();
  }

  get state(): SubscriptionState {
    return this.#held?.channel.state ?? this.#state;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#retry?.cancel();
    if (this.#subscriber) this.#held?.channel.remove(this.#subscriber);
    this.#held?.release();
    this.#letGo();
    this.#options.closed();
  }

  async #lookUp(): Promise<void> {
    try {
      const definition = await this.#options.lookUp();
      if (this.#open) this.#attach(definition);
    } catch (error) {
      if (this.#open) this.#failed(error);
    }
  }

  #attach(definition: IndicatorDefinition): void {
    const { hold, tell, timeframe, history, wants, upstream } = this.#options;
    const held = hold(definition);
    this.#held = held;
    const whileOpen = (act: () => void) => {
      if (this.#open) act();
    };
    this.#subscriber = {
      delivery: new IndicatorDelivery({ timeframe, history, wants, pace: upstream.pace }, definition.plots, (event) =>
        whileOpen(() => tell(event)),
      ),
      failed: (error) => whileOpen(() => tell({ event: 'error', error })),
      stateChanged: (state) => whileOpen(() => this.#options.stateChanged(state)),
    };
    held.channel.add(this.#subscriber);
    this.#subscriber.stateChanged(held.channel.state);
  }

  #failed(error: unknown): void {
    const { tell, stateChanged, upstream } = this.#options;
    const { code, message } = error instanceof FeedError ? error : new FeedError('PROTOCOL', String(error));
    const again = isMomentary(error);
    this.#failures++;
    this.#state = again ? 'failed' : 'refused';
    stateChanged(this.#state);
    if (this.#failures === 1) tell({ event: 'error', error: new FeedError(code, message, this.symbol) });
    if (again && this.#open) {
      const pause = backoffDelay(this.#failures, upstream.random());
      this.#retry = upstream.clock.after(pause, () => void this.#lookUp());
    }
  }
}
