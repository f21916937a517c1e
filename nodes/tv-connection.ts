import type { Node, NodeAPI, NodeDef } from 'node-red';
import { type ClientOptions, FeedError, type ProxySettings } from '../src/index';
import { registerAdminApi } from './shared/admin-api';
import type { ConnectionNode } from './shared/connection-node';
import { ConnectionPool } from './shared/connection-pool';
import { tryConnection } from './shared/connection-trial';
import { textSetting } from './shared/settings';

interface ConnectionConfig extends NodeDef {
  server?: string;
  url?: string;
  httpUrl?: string;
  plan?: string;
  maxStudies?: string | number;
  maxCandles?: string | number;
  grace?: string | number;
  shard?: string;
  proxy?: string;
}

/** Core's config node `http proxy`. */
interface ProxyNode extends Node<{ username?: string; password?: string }> {
  url?: string;
  noproxy?: string[];
}

interface Credentials {
  token?: string;
  sessionId?: string;
  sessionSign?: string;
}

function proxySettings(RED: NodeAPI, id: string | undefined): ProxySettings | undefined {
  if (!id) return undefined;
  const node = RED.nodes.getNode(id) as ProxyNode | null;
  if (!node)
    throw new FeedError('SETTING_INVALID', 'The setting “proxy” names a proxy that is not there. Choose another.');
  const { username, password } = node.credentials ?? {};
  return { url: node.url ?? '', noProxy: node.noproxy, username, password };
}

/** @throws FeedError SETTING_INVALID */
function clientOptions(RED: NodeAPI, node: Node<Credentials>, config: ConnectionConfig): ClientOptions {
  return {
    server: textSetting('server', config.server),
    url: textSetting('url', config.url),
    httpUrl: textSetting('httpUrl', config.httpUrl),
    plan: textSetting('plan', config.plan),
    maxStudies: textSetting('maxStudies', config.maxStudies),
    maxCandles: textSetting('maxCandles', config.maxCandles),
    grace: textSetting('grace', config.grace),
    shard: textSetting('shard', config.shard),
    token: textSetting('token', node.credentials?.token),
    sessionId: textSetting('sessionId', node.credentials?.sessionId),
    sessionSign: textSetting('sessionSign', node.credentials?.sessionSign),
    proxy: proxySettings(RED, config.proxy),
  };
}

/** The server, with its address where it is one's own, less what may be secret in that. */
function sourceOf({ server, url = '' }: ConnectionConfig): string {
  if (server !== 'custom' || !URL.canParse(url)) return server || 'live';
  const { host, pathname } = new URL(url);
  return `custom ${host}${pathname}`;
}

export = function (RED: NodeAPI) {
  registerAdminApi(RED);
  function TvConnection(this: Node<Credentials>, config: ConnectionConfig) {
    RED.nodes.createNode(this, config);
    const node = Object.assign(this, { users: {} });
    const options = () => clientOptions(RED, node, config);
    const pool = new ConnectionPool(node, options);
    const shared: Omit<ConnectionNode, keyof Node | 'users'> = {
      client: pool.client,
      source: sourceOf(config),
      tryOut: () => tryConnection(options),
      register: (user, changed) => pool.register(user, changed),
      deregister: (user) => pool.deregister(user),
    };
    Object.assign(node, shared);
    node.on('close', (_removed: boolean, done: () => void) => {
      pool.close().then(done, done);
    });
  }
  RED.nodes.registerType<Node<Credentials>, ConnectionConfig, object, Credentials>('tv-connection', TvConnection, {
    credentials: { token: { type: 'password' }, sessionId: { type: 'password' }, sessionSign: { type: 'password' } },
  });
};
