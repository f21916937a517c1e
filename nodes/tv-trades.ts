import type { Node, NodeAPI, NodeDef } from 'node-red';
import { checkThrottle, type FeedError, type QuoteEvent } from '../src/index';
import { textSetting } from './shared/settings';
import { SymbolStream } from './shared/symbol-stream';
import { isWired } from './shared/wiring';

interface TradesConfig extends NodeDef {
  connection?: string;
  symbols?: string[];
  throttle?: number | string;
}

const QUOTES = 0;
const EVENTS = 1;

export = function (RED: NodeAPI) {
  function TvTrades(this: Node, config: TradesConfig) {
    RED.nodes.createNode(this, config);
    let throttle = 0;
    /** One that concerns all symbols comes from each of them. */
    let reported: FeedError | null = null;

    const deliver = (event: QuoteEvent) => {
      if (event.event === 'quote') {
        stream.send(QUOTES, event.symbol, 'quote', event.quote, { changed: event.changed });
      } else if (event.error !== reported) {
        reported = event.error;
        stream.report(event.error);
      }
    };

    const stream = new SymbolStream(RED, this, config, {
      eventsOutput: EVENTS,
      properties: () => ({}),
      async prepare() {
        throttle = checkThrottle(textSetting('throttle', config.throttle));
      },
      watch: (client, symbol, stateChanged) => {
        const subscription = client.watchQuotes(
          {
            symbols: [symbol],
            throttle,
            wants: () => isWired(this, QUOTES),
            stateChanged: (_symbol, state) => stateChanged(state),
          },
          deliver,
        );
        return {
          symbol,
          get state() {
            return subscription.state(symbol) ?? 'elsewhere';
          },
          close: () => subscription.close(),
        };
      },
    });
  }
  RED.nodes.registerType('tv-trades', TvTrades);
};
