import type { Node, NodeStatus } from 'node-red';
import type { ConnectionState, SubscriptionState } from '../../src/index';

/** All that a node's status depends on. */
export interface Situation {
  /** null when there is no connection to speak of. */
  connection: ConnectionState | null;
  /** A setting is wrong, of the node or of its connection. */
  misconfigured: boolean;
  /** One entry a symbol; `invalid` for one that is no symbol at all. */
  symbols: readonly (SubscriptionState | 'invalid')[];
  /** What a live connection has to say all the same, as a text that can be read. */
  warning?: string | null;
  /** The event loop runs late: of what changes often, only the newest is told. */
  overloaded?: boolean;
}

/**
 * What a node shows. Texts are keys of the node's own catalogue, which each viewer sees in their language, except for a count
 * such as `4/5` and for a warning.
 * @param type the node type, whose catalogue has the texts
 */
export function deriveStatus(type: string, situation: Situation): NodeStatus {
  const { connection, misconfigured, symbols, warning, overloaded } = situation;
  const show = (fill: NodeStatus['fill'], shape: NodeStatus['shape'], key: string): NodeStatus => ({
    ...(fill && { fill }),
    ...(shape && { shape }),
    text: `${type}.status.${key}`,
  });
  if (misconfigured) return show('red', 'dot', 'error');
  const own = symbols.filter((state) => state !== 'elsewhere');
  if (own.length === 0) return show('grey', 'ring', 'idle');
  if (own.every((state) => state === 'invalid')) return show('red', 'dot', 'error');
  if (own.every((state) => state === 'invalid' || state === 'refused' || state === 'queued'))
    return show('red', 'ring', 'refused');
  switch (connection) {
    case null:
    case 'idle':
      return show('grey', 'ring', 'idle');
    case 'connecting':
    case 'authenticating':
      return show('yellow', 'ring', 'connecting');
    case 'waiting':
      return show('yellow', 'ring', 'waiting');
    case 'stopped':
      return show('red', 'ring', 'stopped');
  }
  if (own.some((state) => state === 'loading' || state === 'waiting')) return show('blue', 'ring', 'loading');
  const live = own.filter((state) => state === 'live' || state === 'closed' || state === 'empty').length;
  // What is not live here has failed or was refused.
  if (live === 0) return show('red', 'dot', 'error');
  if (warning) return { fill: 'yellow', shape: 'dot', text: warning };
  if (overloaded) return show('yellow', 'dot', 'overloaded');
  if (own.every((state) => state === 'closed')) return show('grey', 'ring', 'market-closed');
  if (own.every((state) => state === 'empty')) return show('grey', 'ring', 'empty');
  if (own.length === 1) return show('green', 'dot', 'live');
  return { fill: 'green', shape: 'dot', text: `${live}/${own.length}` };
}

const SHORTEST = 1_000;

/** Shows a node's status, at most once a second: every change is a message to each open editor. The newest is never lost. */
export class StatusLine {
  readonly #node: Node;
  #shown = '';
  #next: NodeStatus | null = null;
  #pause: NodeJS.Timeout | null = null;

  constructor(node: Node) {
    this.#node = node;
  }

  show(status: NodeStatus): void {
    this.#next = status;
    if (!this.#pause) this.#flush();
  }

  /** Takes the status away, at once and for good. */
  clear(): void {
    if (this.#pause) clearTimeout(this.#pause);
    this.#pause = null;
    this.#node.status({});
  }

  #flush(): void {
    this.#pause = null;
    const next = this.#next;
    this.#next = null;
    if (!next || JSON.stringify(next) === this.#shown) return;
    this.#shown = JSON.stringify(next);
    this.#node.status(next);
    this.#pause = setTimeout(() => this.#flush(), SHORTEST);
  }
}
