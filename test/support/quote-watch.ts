import type { SubscriptionState } from '../../src/feed/subscription';
import type { TradingViewClient } from '../../src/tradingview/client';
import type { QuoteEvent, QuoteSubscription, WatchQuotesOptions } from '../../src/tradingview/quote-service';

type QuoteTold = Extract<QuoteEvent, { event: 'quote' }>;

/** A subscription to quotes and all that it was told. */
export class QuoteWatch {
  readonly events: QuoteEvent[] = [];
  readonly states: [symbol: string, state: SubscriptionState][] = [];
  readonly subscription: QuoteSubscription;

  constructor(client: TradingViewClient, options: WatchQuotesOptions) {
    const stateChanged = (symbol: string, state: SubscriptionState) => this.states.push([symbol, state]);
    this.subscription = client.watchQuotes({ stateChanged, ...options }, (event) => this.events.push(event));
  }

  /** Quotes that were told, of one symbol or of all. */
  quotes(symbol?: string): QuoteTold[] {
    return this.events.filter(
      (event): event is QuoteTold => event.event === 'quote' && (symbol === undefined || event.symbol === symbol),
    );
  }

  /** What moved, quote by quote. */
  changes(symbol?: string): string[] {
    return this.quotes(symbol).map(({ changed }) => changed.join(' '));
  }

  /** Symbols and codes of the errors. */
  get errors(): string[] {
    return this.events.flatMap((event) => (event.event === 'error' ? `${event.symbol} ${event.error.code}` : []));
  }

  /** The states of all symbols, in order. */
  get now(): (SubscriptionState | undefined)[] {
    return this.subscription.symbols.map((symbol) => this.subscription.state(symbol));
  }
}
