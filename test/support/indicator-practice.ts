import assert from 'node:assert/strict';
import type { Subscription, SubscriptionState } from '../../src/feed/subscription';
import type { IndicatorItem } from '../../src/market/indicator';
import { PracticeMarket, type PracticeMarketOptions } from '../../src/simulator/practice-market';
import type { TradingViewClient } from '../../src/tradingview/client';
import type { Endpoints } from '../../src/tradingview/endpoints';
import type { IndicatorStreamEvent, WatchIndicatorOptions } from '../../src/tradingview/indicator-service';
import type { ClientOptions } from '../../src/tradingview/options';
import { Practice } from './practice-client';

/** A subscription to an indicator and all that it was told. */
export class IndicatorWatch {
  readonly events: IndicatorStreamEvent[] = [];
  readonly states: SubscriptionState[] = [];
  readonly subscription: Subscription;

  constructor(client: TradingViewClient, options: WatchIndicatorOptions) {
    const stateChanged = (state: SubscriptionState) => this.states.push(state);
    this.subscription = client.watchIndicator({ stateChanged, ...options }, (event) => this.events.push(event));
  }

  /** Events of one kind. */
  of<K extends IndicatorStreamEvent['event']>(kind: K): Extract<IndicatorStreamEvent, { event: K }>[] {
    return this.events.filter((event): event is Extract<IndicatorStreamEvent, { event: K }> => event.event === kind);
  }

  /** Kinds of what was told, forming values left out. */
  get kinds(): string[] {
    return this.events.filter(({ event }) => event !== 'forming').map(({ event }) => event);
  }

  get history(): IndicatorItem[] {
    return this.of('history').flatMap(({ items }) => items);
  }

  /** The items of closed candles that came one by one. */
  get closed(): IndicatorItem[] {
    return this.of('closed').map(({ item }) => item);
  }

  get errors(): { code: string; message: string; symbol: string | null }[] {
    return this.of('error').map(({ error: { code, message, symbol } }) => ({ code, message, symbol: symbol ?? null }));
  }
}

/** Where indicators are looked up, over HTTP and in real time: scripts are the same in every practice market. */
export class LookUpDesk {
  readonly market = new PracticeMarket();
  #url = '';

  async open(): Promise<void> {
    this.#url = (await this.market.listen()).httpUrl;
  }

  close(): Promise<void> {
    return this.market.close();
  }

  get endpoints(): Endpoints {
    return { socket: () => assert.fail(), lookups: async () => ({ url: this.#url, release: () => {} }) };
  }

  /** A client and a market in memory that know some indicators already, so that only the stepped clock counts. */
  async practice(
    start: number,
    options: ClientOptions = {},
    marketOptions: PracticeMarketOptions = {},
    random?: () => number,
  ): Promise<IndicatorPractice> {
    const practice = new IndicatorPractice(start, options, marketOptions, random, this.endpoints);
    for (const id of ['STD;RSI', 'STD;MACD', 'STD;EMA', 'STD;Practice%1Alert', 'PUB;PracticeError']) {
      await practice.client.indicator(id);
    }
    return practice;
  }
}

/** A client and a practice market in memory, with indicators. */
export class IndicatorPractice extends Practice {
  /** Resolves when the subscription has come as far as it can without the clock. */
  async indicator(options: WatchIndicatorOptions): Promise<IndicatorWatch> {
    const watch = new IndicatorWatch(this.client, options);
    await new Promise((resolve) => setImmediate(resolve));
    return watch;
  }

  /** Parameters of all studies that were asked for, over all links. */
  get studiesAsked(): unknown[][] {
    return this.transport.requests('create_study');
  }
}
