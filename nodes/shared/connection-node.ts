import type { Node, NodeAPI } from 'node-red';
import { FeedError } from '../../src/index';
import type { FeedClient } from './feed';
import { textSetting } from './settings';

/** The config node, as the nodes that use it see it. */
export interface ConnectionNode<C extends FeedClient = FeedClient> extends Node {
  /** null when a setting of the connection is wrong; the connection has told its users by then. */
  readonly client: C | null;
  /** Whose data these are; another text where they come from elsewhere. */
  readonly source: string;
  /** The nodes that use it, by id; Node-RED hands them its errors. */
  readonly users: Readonly<Record<string, Node>>;
  /** What it has to say while it is live all the same, as a text that can be read. */
  warning?(): string | null;
  /** From now on the node is told of changes and gets the connection's errors. @param changed called on each change of state */
  register(user: Node, changed: () => void): void;
  deregister(user: Node): void;
}

/** @param type of the connection @throws FeedError SETTING_INVALID when there is no such connection */
export function connectionOf<N extends ConnectionNode>(RED: NodeAPI, id: unknown, type: string): N {
  const chosen = textSetting('connection', id);
  if (chosen === undefined) throw invalid('is empty. Choose a connection, or add one, and deploy.');
  const node: Node | null = RED.nodes.getNode(chosen);
  if (!node) {
    throw invalid('names a connection that is not there or disabled. Choose another, or enable it, and deploy.');
  }
  if (node.type === type) return node as N;
  throw invalid(`names a node of another type. Choose a ${type}, and deploy.`);
}

function invalid(what: string): FeedError {
  return new FeedError('SETTING_INVALID', `The setting “connection” ${what}`);
}
