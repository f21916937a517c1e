import { ChannelRegistry } from '../feed/channel-registry';
import { FeedError } from '../feed/errors';
import { type Service, type Subscription, type SubscriptionState, teller } from '../feed/subscription';
import { named, type SeriesEventName } from '../market/delivery';
import type { IndicatorEvent } from '../market/indicator';
import type { Timeframe } from '../market/timeframe';
import type { CandleService } from './candle-service';
import type { IndicatorDefinition } from './indicator-definition';
import { checkInputs, type GivenInputs, studyInputs } from './indicator-inputs';
import { checkIndicatorId, checkVersion, type IndicatorLookup } from './indicator-lookup';
import { type HeldStudy, IndicatorWatch } from './indicator-watch';
import { type CandleSettings, checkSeriesOptions, checkSymbol } from './options';
import { StudyChannel } from './study-channel';
import type { Upstream } from './upstream';

/** What `watchIndicator` tells; times are milliseconds since the epoch, UTC. */
export type IndicatorStreamEvent = (IndicatorEvent | { event: 'error'; error: FeedError }) & {
  symbol: string;
  timeframe: Timeframe;
};

/** What can be chosen of an indicator, whatever the symbol. */
export interface IndicatorOptions {
  /** `1m` unless given. */
  timeframe?: string | undefined;
  /** `STD;RSI`, `PUB;…`, `USER;…`, or the full id of a built-in study; `STD;RSI` unless given. */
  indicator?: string | undefined;
  /** `last` unless given. */
  version?: string | undefined;
  /** By input id (`in_0`) or name; over the indicator's defaults. */
  inputs?: GivenInputs | undefined;
  /** How many items of closed candles come first; 0 unless given. */
  history?: number | string | undefined;
}

export interface WatchIndicatorOptions extends IndicatorOptions {
  /** `EXCHANGE:SYMBOL`, or an expression of such. */
  symbol: string;
  /** Asked before each event is built; false saves the work for what nobody looks at. */
  wants?: ((event: SeriesEventName) => boolean) | undefined;
  /** Told whenever the subscription's state changes. */
  stateChanged?: ((state: SubscriptionState) => void) | undefined;
}

export interface IndicatorSubscription extends Subscription {
  readonly timeframe: Timeframe;
}

/** The options of an indicator, checked as far as they can be without asking upstream. */
export interface IndicatorSettings {
  timeframe: Timeframe;
  history: number;
  indicator: string;
  version: string;
  inputs: GivenInputs;
}

/** Indicators: one study an indicator and series, shared by all who want the same. @internal */
export class IndicatorService implements Service {
  readonly #upstream: Upstream;
  readonly #candles: CandleService;
  readonly #lookup: IndicatorLookup;
  readonly #studies = new ChannelRegistry<StudyChannel>();
  readonly #subscriptions = new Set<IndicatorWatch>();

  constructor(upstream: Upstream, candles: CandleService, lookup: IndicatorLookup) {
    this.#upstream = upstream;
    this.#candles = candles;
    this.#lookup = lookup;
  }

  get channels(): number {
    return this.#studies.size;
  }

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  /** @throws FeedError TIMEFRAME_INVALID, INDICATOR_UNKNOWN, INPUT_INVALID, or SETTING_INVALID that names the option */
  check(options: IndicatorOptions): IndicatorSettings {
    const { timeframe, history } = checkSeriesOptions(options, this.#upstream.settings.limits);
    const indicator = String(options.indicator ?? '').trim() || 'STD;RSI';
    const version = String(options.version ?? '').trim() || 'last';
    const inputs = options.inputs ?? {};
    checkIndicatorId(indicator);
    checkVersion(version);
    if (typeof inputs !== 'object' || Array.isArray(inputs)) {
      throw new FeedError('SETTING_INVALID', 'The setting “inputs” must be an object such as {"in_0": 21}.');
    }
    return { timeframe, history, indicator, version, inputs };
  }

  /** @throws FeedError as `check` does, or SYMBOL_INVALID; the inputs are checked when the indicator has been looked up */
  watch(options: WatchIndicatorOptions, listener: (event: IndicatorStreamEvent) => void): IndicatorSubscription {
    const symbol = checkSymbol(options.symbol);
    const settings = this.check(options);
    const { timeframe } = settings;
    if (!this.#upstream.takes(symbol)) return { symbol, timeframe, state: 'elsewhere', close: () => {} };
    const call = teller(this.#upstream.contain, () => true, listener);
    const tell = (event: IndicatorEvent | { event: 'error'; error: FeedError }) =>
      call(named(event, symbol, timeframe));
    const watch: IndicatorWatch = new IndicatorWatch({
      symbol,
      timeframe,
      history: settings.history,
      wants: options.wants,
      upstream: this.#upstream,
      lookUp: () => this.#lookup.find(settings.indicator, settings.version),
      hold: (definition) => this.#hold(symbol, settings, definition),
      tell,
      stateChanged: (state) => this.#upstream.contain(() => options.stateChanged?.(state)),
      closed: () => this.#subscriptions.delete(watch),
    });
    this.#subscriptions.add(watch);
    return watch;
  }

  /** The connection is live: the candles see to everything. */
  connected(): void {}

  disconnected(): void {}

  close(): void {
    for (const subscription of [...this.#subscriptions]) subscription.close();
    this.#lookup.close();
  }

  /** @throws FeedError INPUT_INVALID */
  #hold(symbol: string, settings: IndicatorSettings, definition: IndicatorDefinition): HeldStudy {
    const { id, version } = definition.info;
    const { timeframe, history } = settings;
    const values = checkInputs(definition, settings.inputs);
    const series: CandleSettings = { symbol, timeframe, history, session: 'regular', adjustment: 'splits' };
    const { channel: candles, release: releaseCandles } = this.#candles.hold(series);
    const key = JSON.stringify([symbol, timeframe, id, version, [...values].sort()]);
    const { channel, release } = this.#studies.hold(key, () => {
      const request = { studyId: definition.studyId, inputs: studyInputs(definition, values) };
      const study: StudyChannel = new StudyChannel({ symbol, name: id, ...request }, this.#upstream, candles, () =>
        this.#studies.retire(key, study),
      );
      return study;
    });
    if (this.#upstream.status().state === 'live') candles.connected();
    return {
      channel,
      release: () => {
        release();
        releaseCandles();
      },
    };
  }
}
