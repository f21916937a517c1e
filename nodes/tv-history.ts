import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { FeedError, type HistoryOptions, normaliseSymbol, type TradingViewClient } from '../src/index';
import type { ConnectionNode } from './shared/connection-node';
import { whenFlowsStarted } from './shared/flows-started';
import { textSetting } from './shared/settings';
import { StatusLine } from './shared/status';
import { TRADINGVIEW } from './tradingview/feed';

interface HistoryConfig extends NodeDef {
  connection?: string;
  symbol?: string;
  timeframe?: string;
  count?: number | string;
  from?: number | string;
  to?: number | string;
}

type Fields = Partial<Record<'symbol' | 'timeframe' | 'count' | 'from' | 'to', unknown>>;

export = function (RED: NodeAPI) {
  function TvHistory(this: Node, config: HistoryConfig) {
    RED.nodes.createNode(this, config);
    const status = new StatusLine(this);
    const closing = new AbortController();
    /** How far each request under way has come. */
    const running = new Map<NodeMessage, { loaded: number; wanted: number }>();
    let connection: ConnectionNode<TradingViewClient> | null = null;
    let failed = false;

    const showStatus = () => {
      if (closing.signal.aborted) return;
      const state = connection?.client?.status.state;
      const text = (key: string) => `tv-history.status.${key}`;
      if (connection?.client === null) return status.show({ fill: 'red', shape: 'dot', text: text('error') });
      if (state === 'stopped') return status.show({ fill: 'red', shape: 'ring', text: text('stopped') });
      if (running.size > 0 && state !== 'live') {
        return status.show({ fill: 'yellow', shape: 'ring', text: text(state === 'waiting' ? state : 'connecting') });
      }
      if (running.size > 0) return status.show({ fill: 'blue', shape: 'ring', text: progress(running.values()) });
      if (failed) return status.show({ fill: 'red', shape: 'dot', text: text('error') });
      status.show({ fill: 'grey', shape: 'ring', text: text('idle') });
    };

    const answer = async (message: NodeMessage): Promise<NodeMessage> => {
      const { client } = TRADINGVIEW.connect(RED, config.connection);
      if (!client) {
        throw new FeedError('SETTING_INVALID', 'The connection is not set up rightly. Mend its settings and deploy.');
      }
      const { symbol, timeframe, candles, complete, reason } = await client.history({
        ...readRequest(message, config),
        signal: closing.signal,
        onProgress: (reached) => {
          running.set(message, reached);
          showStatus();
        },
      });
      // One that the message has brought from an earlier answer is not this one's.
      if (complete) delete (message as { reason?: unknown }).reason;
      return Object.assign(message, {
        topic: symbol,
        symbol,
        timeframe,
        event: 'history',
        payload: candles,
        complete,
        ...(reason && { reason }),
      });
    };

    this.on('input', (message, send, done) => {
      running.set(message, { loaded: 0, wanted: 0 });
      showStatus();
      answer(message)
        .then(
          (answered) => {
            failed = false;
            send(answered);
            done();
          },
          (error) => {
            failed = !closing.signal.aborted;
            // A request that a deploy has cut is no error.
            if (!failed) return done();
            if (error instanceof FeedError && error.symbol) Object.assign(message, { topic: error.symbol });
            done(error);
          },
        )
        .finally(() => {
          running.delete(message);
          showStatus();
        });
    });

    const forget = whenFlowsStarted(RED.events, () => {
      try {
        connection = TRADINGVIEW.connect(RED, config.connection);
        connection.register(this, showStatus);
        showStatus();
      } catch (error) {
        failed = true;
        showStatus();
        this.error(error, {});
      }
    });

    this.on('close', (_removed: boolean, done: () => void) => {
      forget();
      closing.abort();
      connection?.deregister(this);
      status.clear();
      done();
    });
  }
  RED.nodes.registerType('tv-history', TvHistory);
};

/** What is asked for: by `msg.payload` before the settings; the symbol also by `msg.topic`, or a text payload, that is one. */
function readRequest(message: NodeMessage, config: HistoryConfig): HistoryOptions {
  const { payload, topic } = message;
  const given: Fields = typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? payload : {};
  const text = (field: keyof Fields) => {
    const value = isBlank(given[field]) ? config[field] : given[field];
    return textSetting(field, value instanceof Date ? value.getTime() : value);
  };
  const named = [payload, topic].find((value) => normaliseSymbol(value) !== undefined);
  const other = named ?? (isBlank(config.symbol) ? topic : undefined);
  // How many, or from when on: what the message says of the one goes before what the settings say of the other.
  const byCount = !isBlank(given.count) && isBlank(given.from);
  return {
    symbol: (isBlank(given.symbol) && !isBlank(other) ? (other as string) : text('symbol')) ?? '',
    timeframe: text('timeframe'),
    count: text('count'),
    from: byCount ? undefined : text('from'),
    to: text('to'),
  };
}

/** Of all requests together. */
function progress(requests: Iterable<{ loaded: number; wanted: number }>): string {
  let [loaded, wanted] = [0, 0];
  for (const request of requests) {
    loaded += request.loaded;
    wanted += request.wanted;
  }
  return wanted === 0 ? 'tv-history.status.loading' : `${loaded}/${wanted}`;
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}
