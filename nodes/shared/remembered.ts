import type { Node } from 'node-red';

type Kept = Record<string, unknown>;

const KEY = 'delivered';

/** By node id. In memory, because without a configured context store Node-RED empties a node's context at each close. */
const kept = new Map<string, Kept>();

/**
 * Keeps what a node has delivered last, by what it was asked for: the open time of a candle, the links of articles. It outlives a
 * deploy, and a restart of Node-RED where a persistent context store is configured.
 */
export class Remembered<V> {
  readonly #node: Node;
  readonly #isValue: (value: unknown) => value is V;
  #kept: Kept = {};

  /** @param isValue of what was kept, and may have been changed since */
  constructor(node: Node, isValue: (value: unknown) => value is V) {
    this.#node = node;
    this.#isValue = isValue;
    node.on('close', (removed: boolean, done: () => void) => {
      if (removed) kept.delete(node.id);
      done();
    });
  }

  /** Reads what an earlier life has kept. Never fails: without it the node begins afresh. */
  async read(): Promise<void> {
    const stored = kept.get(this.#node.id) ?? (await this.#stored());
    this.#kept = typeof stored === 'object' && stored !== null ? { ...stored } : {};
  }

  /** For a node that is not to go on where it stopped: what an earlier life has kept would only grow old. */
  async forget(): Promise<void> {
    kept.delete(this.#node.id);
    if ((await this.#stored()) !== undefined) this.#store(undefined);
  }

  /** undefined when nothing is known. */
  last(key: string): V | undefined {
    const value = this.#kept[key];
    return this.#isValue(value) ? value : undefined;
  }

  keep(key: string, value: V): void {
    this.#kept[key] = value;
    kept.set(this.#node.id, this.#kept);
    // Its own copy: a store may keep the object itself.
    this.#store({ ...this.#kept });
  }

  #store(values: Kept | undefined): void {
    this.#node.context().set(KEY, values, (error: unknown) => {
      if (error) this.#node.debug(`What was delivered could not be remembered: ${error}`);
    });
  }

  #stored(): Promise<unknown> {
    return new Promise((resolve) => {
      this.#node.context().get(KEY, (_error: unknown, value: unknown) => resolve(value));
    });
  }
}
