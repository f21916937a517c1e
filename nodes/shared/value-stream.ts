import type { Node, NodeAPI } from 'node-red';
import { type ConnectionState, checkThrottle, type FeedError, type SubscriptionState } from '../../src/index';
import type { Feed, FeedClient } from './feed';
import { textSetting } from './settings';
import { SymbolStream } from './symbol-stream';
import { isWired } from './wiring';

const VALUES = 0;
const EVENTS = 1;

interface WatchOptions {
  symbols: string[];
  throttle: number;
  wants: () => boolean;
  stateChanged: (symbol: string, state: SubscriptionState) => void;
}

interface ValueSubscription {
  state(symbol: string): SubscriptionState | undefined;
  readonly connection?: ConnectionState | undefined;
  close(): void;
}

type Failed = { event: 'error'; symbol: string; error: FeedError };

/** What is particular to a node type that sends the newest value of each symbol, at most so often. */
export interface ValueKind<C extends FeedClient, E extends { event: string; symbol: string }> {
  watch(client: C, options: WatchOptions, listener: (event: E | Failed) => void): ValueSubscription;
  payload(event: Exclude<E, Failed>): unknown;
  /** What a message says beside payload, symbol and event. */
  more?(event: Exclude<E, Failed>): Record<string, unknown>;
}

/** Sends values on output 1, and answers to `list` on output 2. */
export function sendValues<C extends FeedClient, E extends { event: string; symbol: string }>(
  RED: NodeAPI,
  node: Node,
  config: { connection?: unknown; symbols?: unknown; throttle?: unknown },
  feed: Feed<C>,
  kind: ValueKind<C, E>,
): void {
  let throttle = 0;
  /** One that concerns all symbols comes from each of them. */
  let reported: FeedError | null = null;

  const deliver = (event: E | Failed) => {
    if (isFailed(event)) {
      if (event.error === reported) return;
      reported = event.error;
      return stream.report(event.error);
    }
    const told = event as Exclude<E, Failed>;
    stream.send(VALUES, told.symbol, told.event, kind.payload(told), kind.more?.(told));
  };

  const stream: SymbolStream<C> = new SymbolStream(RED, node, config, feed, {
    eventsOutput: EVENTS,
    properties: () => ({}),
    async prepare() {
      throttle = checkThrottle(textSetting('throttle', config.throttle));
    },
    watch: (client, symbol, stateChanged) => {
      const subscription = kind.watch(
        client,
        {
          symbols: [symbol],
          throttle,
          wants: () => isWired(node, VALUES),
          stateChanged: (_symbol, state) => stateChanged(state),
        },
        deliver,
      );
      return {
        get state() {
          return subscription.state(symbol) ?? 'elsewhere';
        },
        get connection() {
          return subscription.connection;
        },
        close: () => subscription.close(),
      };
    },
  });
}

function isFailed(event: { event: string }): event is Failed {
  return event.event === 'error';
}
