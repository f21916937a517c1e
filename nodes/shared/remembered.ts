import type { Node } from 'node-red';

type Times = Record<string, number>;

const KEY = 'delivered';

/** By node id. In memory, because without a configured context store Node-RED empties a node's context at each close. */
const kept = new Map<string, Times>();

/**
 * Keeps the open time of the last candle that a node has delivered, by series. It outlives a deploy, and a restart of Node-RED
 * where a persistent context store is configured.
 */
export class Remembered {
  readonly #node: Node;
  #times: Times = {};

  constructor(node: Node) {
    this.#node = node;
    node.on('close', (removed: boolean, done: () => void) => {
      if (removed) kept.delete(node.id);
      done();
    });
  }

  /** Reads what an earlier life has kept. Never fails: without it the node begins afresh. */
  async read(): Promise<void> {
    const stored = kept.get(this.#node.id) ?? (await this.#stored());
    this.#times = typeof stored === 'object' && stored !== null ? { ...stored } : {};
  }

  /** For a node that is not to go on where it stopped: what an earlier life has kept would only grow old. */
  async forget(): Promise<void> {
    kept.delete(this.#node.id);
    if ((await this.#stored()) !== undefined) this.#store(undefined);
  }

  /** Milliseconds since the epoch; undefined when nothing is known. */
  last(series: string): number | undefined {
    const time = this.#times[series];
    return typeof time === 'number' ? time : undefined;
  }

  keep(series: string, time: number): void {
    this.#times[series] = time;
    kept.set(this.#node.id, this.#times);
    // Its own copy: a store may keep the object itself.
    this.#store({ ...this.#times });
  }

  #store(times: Times | undefined): void {
    this.#node.context().set(KEY, times, (error: unknown) => {
      if (error) this.#node.debug(`The last candle could not be remembered: ${error}`);
    });
  }

  #stored(): Promise<unknown> {
    return new Promise((resolve) => {
      this.#node.context().get(KEY, (_error: unknown, value: unknown) => resolve(value));
    });
  }
}
