import type { Node, NodeAPI } from 'node-red';
import { FeedError, type ProxySettings } from '../../src/index';

/** Core's config node `http proxy`. */
interface ProxyNode extends Node<{ username?: string; password?: string }> {
  url?: string;
  noproxy?: string[];
}

/** @throws FeedError SETTING_INVALID when there is no such proxy */
export function proxySettings(RED: NodeAPI, id: string | undefined): ProxySettings | undefined {
  if (!id) return undefined;
  const node = RED.nodes.getNode(id) as ProxyNode | null;
  if (!node)
    throw new FeedError('SETTING_INVALID', 'The setting “proxy” names a proxy that is not there. Choose another.');
  const { username, password } = node.credentials ?? {};
  return { url: node.url ?? '', noProxy: node.noproxy, username, password };
}

/** The server, with its address where it is one's own, less what may be secret in that. */
export function sourceOf({ server, url = '' }: { server?: string; url?: string }): string {
  if (server !== 'custom' || !URL.canParse(url)) return server || 'live';
  const { host, pathname } = new URL(url);
  return `custom ${host}${pathname}`;
}
