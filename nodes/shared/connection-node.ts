import type { Node, NodeAPI } from 'node-red';
import { FeedError, type TradingViewClient } from '../../src/index';
import type { Trial } from './connection-trial';
import { textSetting } from './settings';

/** The config node, as the nodes that use it see it. */
export interface ConnectionNode extends Node {
  /** null when a setting of the connection is wrong; the connection has told its users by then. */
  readonly client: TradingViewClient | null;
  /** Whose data these are; another text where they come from elsewhere. */
  readonly source: string;
  /** The nodes that use it, by id; Node-RED hands them its errors. */
  readonly users: Readonly<Record<string, Node>>;
  /** Makes a connection of its own with the same settings, and says in words how that went. */
  tryOut(): Promise<Trial>;
  /** From now on the node is told of changes and gets the connection's errors. @param changed called on each change of state */
  register(user: Node, changed: () => void): void;
  deregister(user: Node): void;
}

/** @throws FeedError SETTING_INVALID when there is no such connection */
export function connectionOf(RED: NodeAPI, id: unknown): ConnectionNode {
  const chosen = textSetting('connection', id);
  if (chosen === undefined) throw invalid('is empty. Choose a connection, or add one, and deploy.');
  const node: Node | null = RED.nodes.getNode(chosen);
  if (!node) {
    throw invalid('names a connection that is not there or disabled. Choose another, or enable it, and deploy.');
  }
  if (node.type === 'tv-connection') return node as ConnectionNode;
  throw invalid('names a node of another type. Choose a tv-connection, and deploy.');
}

function invalid(what: string): FeedError {
  return new FeedError('SETTING_INVALID', `The setting “connection” ${what}`);
}
