import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { NewsClient, PriceEvent } from '../src/index';
import { NEWS } from './news/feed';
import { sendValues } from './shared/value-stream';

interface PricesConfig extends NodeDef {
  connection?: string;
  symbols?: string[];
  throttle?: number | string;
}

export = function (RED: NodeAPI) {
  function NewsPrices(this: Node, config: PricesConfig) {
    RED.nodes.createNode(this, config);
    sendValues<NewsClient, PriceEvent>(RED, this, config, NEWS, {
      watch: (client, options, listener) => client.watchPrices(options, listener),
      payload: ({ price }) => price,
    });
  }
  RED.nodes.registerType('news-prices', NewsPrices);
};
