import type { Node, NodeAPI, NodeDef } from 'node-red';
import { type ClientOptions, TradingViewClient } from '../src/index';
import { ConnectionPool } from './shared/connection-pool';
import { proxySettings, sourceOf } from './shared/connection-settings';
import { textSetting } from './shared/settings';
import { registerAdminApi } from './tradingview/admin-api';
import { tryConnection } from './tradingview/connection-trial';
import { watchToken } from './tradingview/token-warning';

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

interface Credentials {
  token?: string;
  sessionId?: string;
  sessionSign?: string;
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

export = function (RED: NodeAPI) {
  registerAdminApi(RED);
  function TvConnection(this: Node<Credentials>, config: ConnectionConfig) {
    RED.nodes.createNode(this, config);
    const node = Object.assign(this, { users: {} });
    const options = () => clientOptions(RED, node, config);
    const pool = new ConnectionPool(node, () => new TradingViewClient(options(), { log: (text) => node.debug(text) }));
    const told = () => pool.tellUsers();
    const warning = watchToken(RED, node, pool.client, told);
    pool.client?.on('strained', told);
    pool.offer(sourceOf(config), { warning, tryOut: () => tryConnection(options) });
  }
  RED.nodes.registerType<Node<Credentials>, ConnectionConfig, object, Credentials>('tv-connection', TvConnection, {
    credentials: { token: { type: 'password' }, sessionId: { type: 'password' }, sessionSign: { type: 'password' } },
  });
};
