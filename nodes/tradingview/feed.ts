import { normaliseSymbol, type TradingViewClient } from '../../src/index';
import { type ConnectionNode, connectionOf } from '../shared/connection-node';
import type { Feed } from '../shared/feed';
import type { Trial } from './connection-trial';

/** The config node `tv-connection`. */
export interface TvConnectionNode extends ConnectionNode<TradingViewClient> {
  /** Makes a connection of its own with the same settings, and says in words how that went. */
  tryOut(): Promise<Trial>;
}

export const TRADINGVIEW: Feed<TradingViewClient> = {
  connect: (RED, id) => connectionOf<TvConnectionNode>(RED, id, 'tv-connection'),
  normalise: normaliseSymbol,
  examples: 'symbols such as BINANCE:BTCUSDT',
};
