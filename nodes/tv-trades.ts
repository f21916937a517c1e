import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { QuoteEvent, TradingViewClient } from '../src/index';
import { sendValues } from './shared/value-stream';
import { TRADINGVIEW } from './tradingview/feed';

interface TradesConfig extends NodeDef {
  connection?: string;
  symbols?: string[];
  throttle?: number | string;
}

export = function (RED: NodeAPI) {
  function TvTrades(this: Node, config: TradesConfig) {
    RED.nodes.createNode(this, config);
    sendValues<TradingViewClient, QuoteEvent>(RED, this, config, TRADINGVIEW, {
      watch: (client, options, listener) => client.watchQuotes(options, listener),
      payload: ({ quote }) => quote,
      more: ({ changed }) => ({ changed }),
    });
  }
  RED.nodes.registerType('tv-trades', TvTrades);
};
