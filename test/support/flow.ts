import { EventEmitter, once } from 'node:events';
import { dirname, join } from 'node:path';
import type { Node, NodeAPI } from 'node-red';
import helper from 'node-red-node-test-helper';
import type { ConnectionNode } from '../../nodes/shared/connection-node';
import type { TradingViewClient } from '../../src/index';
import type { FlowMessage } from './flow-message';

const SETTINGS = { logging: { console: { level: 'off' } } };
helper.init(require.resolve('node-red'), SETTINGS);
// The helper would register these once for each node of a flow, which fails from the second on.
helper._nodeModules = {};
const core = dirname(require.resolve('@node-red/nodes/package.json'));
const CORE_NODES = ['common/24-complete', 'common/25-catch', 'common/25-status', 'network/06-httpproxy'].map((file) =>
  require(join(core, 'core', file)),
);

const contextStores: { load(): Promise<void> } = require('@node-red/runtime/lib/nodes/context');

type FlowNode = { id: string; type: string } & Record<string, unknown>;

/**
 * A flow in Node-RED's own runtime, without its editor. Nodes of the type `collector` keep what reaches them, under their id.
 */
export class Flow {
  readonly #received = new Map<string, FlowMessage[]>();
  readonly #arrived = new EventEmitter().setMaxListeners(0);

  /** @param credentials by node id @param settings as in a settings.js, beside those of all tests */
  static async start(
    nodes: FlowNode[],
    credentials: Record<string, object> = {},
    settings: object = {},
  ): Promise<Flow> {
    const flow = new Flow();
    helper.settings({ contextStorage: undefined, ...SETTINGS, ...settings });
    const own = [
      require('../../nodes/tv-connection'),
      require('../../nodes/tv-ohlc'),
      require('../../nodes/tv-indicator'),
      require('../../nodes/tv-history'),
      require('../../nodes/tv-trades'),
      require('../../nodes/tv-packets'),
      require('../../nodes/news-connection'),
      require('../../nodes/news-articles'),
      require('../../nodes/news-prices'),
    ];
    // The helper does not open the context stores by itself.
    const types = [...CORE_NODES, ...own, flow.#collector(), () => contextStores.load()];
    await helper.load(types, placed(nodes), credentials);
    return flow;
  }

  async deploy(nodes: FlowNode[], type: 'full' | 'flows' | 'nodes' = 'nodes', credentials: object = {}): Promise<void> {
    await helper.setFlows(placed(nodes), type, credentials);
  }

  async stop(): Promise<void> {
    await helper.unload();
  }

  /** Gives a message to a node, as a wire would. */
  send(id: string, message: object): void {
    (helper.getNode(id) as unknown as { receive(message: object): void }).receive(message);
  }

  /** Does something whenever a message has reached a collector, in its input handler. */
  onMessage(id: string, act: () => void): void {
    (helper.getNode(id) as unknown as Node).on('input', act);
  }

  /** The client of a connection that is set up rightly. */
  client(id: string): TradingViewClient {
    return (helper.getNode(id) as unknown as ConnectionNode<TradingViewClient>).client as TradingViewClient;
  }

  /** Everything that has reached a collector so far. */
  received(id: string): FlowMessage[] {
    const messages = this.#received.get(id) ?? [];
    this.#received.set(id, messages);
    return messages;
  }

  /** All that Node-RED has written to its log, what nodes warn of (level 30) and report (20) among it. To be asked before `stop`. */
  get logged(): { level: number; msg: unknown }[] {
    return helper.log().args.map(([entry]: [{ level: number; msg: unknown }]) => entry);
  }

  /** Waits until a collector's messages are as wanted. */
  async until(id: string, wanted: (messages: FlowMessage[]) => boolean): Promise<FlowMessage[]> {
    while (!wanted(this.received(id))) await once(this.#arrived, 'message');
    return this.received(id);
  }

  /** Waits for the first message that is as wanted. */
  async find(id: string, wanted: (message: FlowMessage) => boolean): Promise<FlowMessage> {
    return (await this.until(id, (messages) => messages.some(wanted))).find(wanted) as FlowMessage;
  }

  #collector(): (RED: NodeAPI) => void {
    const flow = this;
    return (RED) =>
      RED.nodes.registerType('collector', function (config) {
        RED.nodes.createNode(this, config);
        this.on('input', (message, _send, done) => {
          flow.received(this.id).push(message as FlowMessage);
          flow.#arrived.emit('message');
          done();
        });
      });
  }
}

/** Node-RED takes a node without a place in the workspace for a config node. */
function placed(nodes: FlowNode[]): FlowNode[] {
  return nodes.map((node) => ('wires' in node ? { x: 0, y: 0, ...node } : node));
}
