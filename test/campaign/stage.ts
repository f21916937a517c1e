import { resolve } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { MessageSink } from '../support/message-sink';
import { NodeRedProcess } from '../support/node-red-process';
import { PackedPalette } from '../support/packed-palette';
import { PracticeProcess } from '../support/practice-process';
import type { Line } from './logbook';
import { Relay } from './relay';

/** A real Node-RED with the packed palette and a practice market, each in a process of its own, with a network between them. */
export class Stage {
  /** How often flows have started; once at the beginning, without any. */
  deploys = 1;

  private constructor(
    readonly palette: PackedPalette,
    readonly sink: MessageSink<Line>,
    readonly market: PracticeProcess,
    readonly relay: Relay,
    readonly red: NodeRedProcess,
  ) {}

  /** @param seed of the market's prices */
  static async open(seed: number): Promise<Stage> {
    const palette = new PackedPalette();
    const sink = await MessageSink.open<Line>();
    const market = await PracticeProcess.start({ seed, studiesPerSeries: 25 });
    const relay = await Relay.open(Number(new URL(market.httpUrl).port));
    const settings = { nodesDir: resolve(__dirname, 'tap'), campaign: { port: sink.port } };
    const red = await NodeRedProcess.start(palette.userDir, settings);
    return new Stage(palette, sink, market, relay, red);
  }

  /** The connections, the tabs, and where everything ends. @param connections their settings beside the addresses, by id */
  flows(connections: Record<string, object>): object[] {
    const base = `127.0.0.1:${this.relay.port}`;
    const addresses = { server: 'custom', url: `ws://${base}/socket.io/websocket`, httpUrl: `http://${base}` };
    return [
      ...Object.entries(connections).map(([id, rest]) => ({ id, type: 'tv-connection', ...addresses, ...rest })),
      ...['one', 'two'].flatMap((tab) => [
        { id: tab, type: 'tab', label: tab },
        { id: `end-${tab}`, z: tab, type: 'campaign-end', x: 700, y: 40, wires: [] },
        {
          id: `catch-${tab}`,
          z: tab,
          type: 'catch',
          scope: null,
          uncaught: false,
          x: 500,
          y: 40,
          wires: [[`end-${tab}`]],
        },
      ]),
    ];
  }

  /** Hands a node a message. @returns whether there is such a node */
  async input(id: string, msg: object): Promise<boolean> {
    return this.#post(`input/${id}?${new URLSearchParams({ msg: JSON.stringify(msg) })}`);
  }

  /** Moves the clock of Node-RED's host. @param offset from the true time, milliseconds */
  async clock(offset: number): Promise<void> {
    await this.#post(`clock?offset=${offset}`);
  }

  /** Takes all flows away. @returns how many sockets, series, studies and quotes the market has still open ten seconds later */
  async left(): Promise<number> {
    await this.red.deploy([]);
    for (let looks = 0; ; looks++) {
      const { sockets, series, studies, quotes } = await this.market.stats();
      const left = sockets + series + studies + quotes;
      if (left === 0 || looks === 100) return left;
      await pass(100);
    }
  }

  async close(): Promise<void> {
    await this.red.stop();
    await this.market.end();
    this.relay.close();
    this.sink.close();
    this.palette.remove();
  }

  async #post(path: string): Promise<boolean> {
    return (await fetch(`${this.red.url}/campaign/${path}`, { method: 'POST' })).ok;
  }
}
