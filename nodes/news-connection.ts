import type { Node, NodeAPI, NodeDef } from 'node-red';
import { NewsClient } from '../src/index';
import { ConnectionPool } from './shared/connection-pool';
import { proxySettings, sourceOf } from './shared/connection-settings';
import { textSetting } from './shared/settings';

interface ConnectionConfig extends NodeDef {
  server?: string;
  url?: string;
  idleTimeout?: string | number;
  proxy?: string;
}

export = function (RED: NodeAPI) {
  function NewsConnection(this: Node, config: ConnectionConfig) {
    RED.nodes.createNode(this, config);
    const node = Object.assign(this, { users: {} });
    const options = () => ({
      server: textSetting('server', config.server),
      url: textSetting('url', config.url),
      idleTimeout: textSetting('idleTimeout', config.idleTimeout),
      proxy: proxySettings(RED, config.proxy),
    });
    const pool = new ConnectionPool(node, () => new NewsClient(options(), { log: (text) => node.debug(text) }));
    pool.offer(sourceOf(config), {});
  }
  RED.nodes.registerType('news-connection', NewsConnection);
};
