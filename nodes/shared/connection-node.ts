import type { Node, NodeAPI } from 'node-red';
import { FeedError, type TradingViewClient } from '../../src/index';

/** The config node, as the nodes that use it see it. */
export interface ConnectionNode extends Node {
  /** null when a setting of the connection is wrong; the connection has told its users by then. */
  readonly client: TradingViewClient | null;
  /** From now on the node is told of changes and gets the connection's errors. @param changed called on each change of state */
  register(user: Node, changed: () => void): void;
  deregister(user: Node): void;
}

/** @throws FeedError SETTING_INVALID when there is no such connection */
export function connectionOf(RED: NodeAPI, id: unknown): ConnectionNode {
  const node = typeof id === 'string' && id !== '' ? RED.nodes.getNode(id) : null;
  if (node && 'register' in node) return node as unknown as ConnectionNode;
  throw new FeedError(
    'SETTING_INVALID',
    'The setting “connection” is empty. Choose a connection, or add one, and deploy.',
  );
}
