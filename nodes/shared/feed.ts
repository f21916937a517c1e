import type { NodeAPI } from 'node-red';
import type { ConnectionStatus } from '../../src/index';
import type { ConnectionNode } from './connection-node';

/** What every client of the library is like. */
export interface FeedClient {
  readonly status: ConnectionStatus;
  /** Whether the event loop runs late, so that of what changes often only the newest is told. */
  readonly strained?: boolean;
  on(event: 'state', listener: () => void): unknown;
  removeAllListeners(): unknown;
  /** Connects anew at once. */
  reconnect(): void;
  close(): Promise<void>;
}

/** What is particular to a feed. */
export interface Feed<C extends FeedClient> {
  /** @throws FeedError SETTING_INVALID when there is no such connection */
  connect(RED: NodeAPI, id: unknown): ConnectionNode<C>;
  /** What a symbol is called, however it is written; undefined for a text that is none. */
  normalise(text: string): string | undefined;
  /** What symbols are, for people: `symbols such as …`. */
  readonly examples: string;
}
