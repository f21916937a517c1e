import type { Connection, ConnectionState, ConnectionStatus } from '../feed/connection';

/** What a user has to know first. */
const WORST_FIRST: readonly ConnectionState[] = ['stopped', 'waiting', 'connecting', 'authenticating', 'live', 'idle'];

/** The connections of all streams of a client, and what they come to together. */
export class Streams {
  readonly #open = new Set<Connection>();
  readonly #changed: (status: ConnectionStatus) => void;
  #status: ConnectionStatus;

  /** @param changed told when what they come to has changed */
  constructor(now: number, changed: (status: ConnectionStatus) => void) {
    this.#changed = changed;
    this.#status = { state: 'idle', since: Math.round(now), error: null, failures: 0 };
  }

  /** Of the stream that is worst off. */
  get status(): ConnectionStatus {
    return this.#status;
  }

  /** Those that anybody needs. */
  get all(): readonly Connection[] {
    return [...this.#open];
  }

  /** A connection has another status; one that is idle is counted no more. */
  update(connection: Connection): void {
    if (connection.status.state === 'idle') this.#open.delete(connection);
    else this.#open.add(connection);
    const status = this.#worst(connection.status);
    const { state, error, failures } = this.#status;
    this.#status = status;
    if (status.state !== state || status.error?.code !== error?.code || status.failures !== failures) {
      this.#changed(status);
    }
  }

  #worst(otherwise: ConnectionStatus): ConnectionStatus {
    const all = this.all.map(({ status }) => status);
    const worst = WORST_FIRST.map((state) => all.find((status) => status.state === state)).find((one) => one);
    return worst ?? otherwise;
  }
}
