import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import type { PacketSubscription, RawPacket } from '../src/index';
import { ConnectedNode } from './shared/connected-node';
import { listSetting, resolved } from './shared/settings';
import { isWired, sendTo } from './shared/wiring';
import { TRADINGVIEW } from './tradingview/feed';

interface PacketsConfig extends NodeDef {
  connection?: string;
  methods?: string[];
}

const OUTPUT = 0;

export = function (RED: NodeAPI) {
  function TvPackets(this: Node, config: PacketsConfig) {
    RED.nodes.createNode(this, config);
    let methods: string[] = [];
    let subscription: PacketSubscription | null = null;

    const deliver = (packet: RawPacket) => {
      if (!isWired(this, OUTPUT)) return;
      sendTo(this, OUTPUT, { topic: packet.m, event: 'packet', payload: packet } as NodeMessage);
    };

    const connected = new ConnectedNode(RED, this, config, TRADINGVIEW, {
      actions: ['list', 'reconnect'],
      eventsOutput: OUTPUT,
      async prepare() {
        methods = listSetting(config.methods).map((method) => String(resolved('methods', method)).trim());
      },
      begin(client) {
        subscription = client.watchPackets({ methods, stateChanged: () => connected.showStatus() }, deliver);
      },
      states: () => (subscription ? [subscription.state] : []),
      list: () => (subscription ? [{ methods: [...subscription.methods], state: subscription.state }] : []),
      properties: () => ({}),
      close: () => subscription?.close(),
    });
  }
  RED.nodes.registerType('tv-packets', TvPackets);
};
