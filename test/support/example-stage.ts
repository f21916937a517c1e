import assert from 'node:assert/strict';
import { type ExampleNode, linkOtherPalettes, node, tapped } from './examples';
import type { FlowMessage } from './flow-message';
import { MessageSink } from './message-sink';
import { NodeRedProcess } from './node-red-process';
import { PackedPalette } from './packed-palette';

export const NAME = '@livetick/node-red-market-data';

/** A real Node-RED with the packed palette, on which examples are played as the Import menu gives them. */
export class ExampleStage {
  #red: NodeRedProcess;
  readonly #palette: PackedPalette;
  readonly #settings: object;
  #sink: MessageSink | null = null;
  #cut = false;

  private constructor(palette: PackedPalette, red: NodeRedProcess, settings: object) {
    this.#palette = palette;
    this.#red = red;
    this.#settings = settings;
  }

  /** @param settings of Node-RED, beside the usual ones @param env variables beside those of this process */
  static async open(settings: object = {}, env: object = {}): Promise<ExampleStage> {
    const palette = new PackedPalette();
    try {
      linkOtherPalettes(palette.userDir);
      const red = await NodeRedProcess.start(palette.userDir, settings, undefined, env);
      return new ExampleStage(palette, red, settings);
    } catch (error) {
      palette.remove();
      throw error;
    }
  }

  get red(): NodeRedProcess {
    return this.#red;
  }

  async close(): Promise<void> {
    await this.red.stop();
    this.#palette.remove();
  }

  /** Of the play that is on. */
  get sink(): MessageSink {
    assert.ok(this.#sink, 'a play is on');
    return this.#sink;
  }

  /** Before each play. */
  async begin(): Promise<void> {
    this.#sink = await MessageSink.open();
  }

  /** This Node-RED is gone without a word. */
  async cutPower(): Promise<void> {
    this.#cut = true;
    await this.red.kill();
  }

  /** After that: it starts again, with the flows that it had. @param env variables beside those of this process */
  async powerUp(env: object = {}): Promise<void> {
    this.#red = await NodeRedProcess.start(this.#palette.userDir, this.#settings, undefined, env);
    this.#cut = false;
  }

  /** After each play: no flow is left. */
  async end(): Promise<void> {
    if (!this.#cut) await this.red.deploy([]);
    this.#sink?.close();
    this.#sink = null;
  }

  /** As the Import menu gives it. */
  async imported(name: string): Promise<ExampleNode[]> {
    const response = await this.red.get(`/library/examples/flows/${NAME}/${name}`);
    assert.equal(response.status, 200);
    return (await response.json()) as ExampleNode[];
  }

  /** Has the sink connected before anything is sent to it. */
  async ready(flow: readonly ExampleNode[]): Promise<void> {
    const tab = node(flow, 'tab');
    await this.red.deploy([tab, ...this.sink.nodes(tab.id)]);
    await this.sink.connected();
  }

  /** Starts a flow that leads to the sink, when the sink is ready for what its nodes send first. */
  async play(flow: readonly ExampleNode[]): Promise<void> {
    await this.ready(flow);
    await this.redeploy(flow, 'nodes');
  }

  /** @param type `full`, `flows` or `nodes` */
  async redeploy(flow: readonly ExampleNode[], type = 'full'): Promise<void> {
    await this.red.deploy([...flow, ...this.sink.nodes(node(flow, 'tab').id)], type);
  }

  /** Imports an example, with the sink behind some of its nodes and whatever they show as their status, and starts it. */
  async run(name: string, ...called: string[]): Promise<ExampleNode[]> {
    const flow = await this.imported(name);
    const { id: z } = node(flow, 'tab');
    const status = { id: 'status', z, type: 'status', scope: null, x: 300, y: 100, wires: [['sink']] };
    await this.play([...tapped(flow, ...called), status]);
    return flow;
  }

  /** Waits for a message. */
  async find(wanted: (message: FlowMessage) => boolean): Promise<FlowMessage> {
    return (await this.sink.until((messages) => messages.some(wanted))).find(wanted) as FlowMessage;
  }

  /** Presses the button of an inject node. */
  async press(id: string): Promise<void> {
    const response = await fetch(`${this.red.url}/inject/${id}`, { method: 'POST' });
    assert.equal(response.status, 200);
  }
}
