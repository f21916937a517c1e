import type { Node } from 'node-red';

const KEY = 'delivered';

/**
 * Keeps the open time of the last candle that a node has delivered, by symbol, in the node's context. It outlives a deploy,
 * and a restart of Node-RED where the default context store is a persistent one.
 */
export class Remembered {
  readonly #node: Node;
  #times: Record<string, number> = {};

  constructor(node: Node) {
    this.#node = node;
  }

  /** Reads what an earlier life has kept. Never fails: without it the node begins afresh. */
  async read(): Promise<void> {
    const kept = await new Promise<unknown>((resolve) => {
      this.#node.context().get(KEY, (_error: unknown, value: unknown) => resolve(value));
    });
    if (typeof kept === 'object' && kept !== null) this.#times = { ...kept };
  }

  /** Milliseconds since the epoch; undefined when nothing is known. */
  last(series: string): number | undefined {
    const time = this.#times[series];
    return typeof time === 'number' ? time : undefined;
  }

  keep(series: string, time: number): void {
    this.#times[series] = time;
    // Its own copy: a store may keep the object itself.
    this.#node.context().set(KEY, { ...this.#times }, (error: unknown) => {
      if (error) this.#node.debug(`The last candle could not be remembered: ${error}`);
    });
  }
}
