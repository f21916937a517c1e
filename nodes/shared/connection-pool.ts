import type { Node } from 'node-red';
import { FeedError } from '../../src/index';
import type { ConnectionNode } from './connection-node';
import type { FeedClient } from './feed';

/** A failure that is not a refusal is told only when the second try in a row has failed too. */
const TOLD_FROM = 2;

/** What a config node shares among its users: owns the one client, and tells the nodes that use it what happens to the connection. */
export class ConnectionPool<C extends FeedClient> {
  readonly client: C | null;
  readonly #node: Node & { users: Record<string, Node> };
  readonly #fault: FeedError | null;
  readonly #changed = new Map<string, () => void>();
  /** Users that have been told of the present outage. */
  readonly #told = new Set<string>();

  /** @param make @throws FeedError SETTING_INVALID; what is wrong with the settings is then told to the users */
  constructor(node: Node & { users: Record<string, Node> }, make: () => C) {
    this.#node = node;
    let client: C | null = null;
    let fault: FeedError | null = null;
    try {
      client = make();
    } catch (error) {
      if (!(error instanceof FeedError)) throw error;
      fault = error;
    }
    this.client = client;
    this.#fault = fault;
    client?.on('state', () => this.#stateChanged());
  }

  /** Makes the config node what its users expect, and closes the client with it. @param more what only this type has */
  offer<M extends object>(source: string, more: M): void {
    const shared: Omit<ConnectionNode<C>, keyof Node | 'users'> = {
      client: this.client,
      source,
      register: (user, changed) => this.register(user, changed),
      deregister: (user) => this.deregister(user),
    };
    Object.assign(this.#node, shared, more);
    this.#node.on('close', (_removed: boolean, done: () => void) => {
      this.close().then(done, done);
    });
  }

  register(user: Node, changed: () => void): void {
    this.#node.users[user.id] = user;
    this.#changed.set(user.id, changed);
    this.#tellErrors();
  }

  deregister(user: Node): void {
    delete this.#node.users[user.id];
    this.#changed.delete(user.id);
    this.#told.delete(user.id);
  }

  async close(): Promise<void> {
    this.#changed.clear();
    this.client?.removeAllListeners();
    await this.client?.close();
  }

  #stateChanged(): void {
    const { state, failures } = this.client?.status ?? { state: 'idle', failures: 0 };
    // A refusal is news, whatever went before it.
    if (failures === 0 || state === 'stopped') this.#told.clear();
    this.#tellErrors();
    this.tellUsers();
  }

  /** Something has changed that the users show. */
  tellUsers(): void {
    for (const changed of [...this.#changed.values()]) changed();
  }

  #tellErrors(): void {
    const error = this.#currentError();
    if (!error) return;
    const { users } = this.#node;
    const untold = Object.entries(users).filter(([id]) => !this.#told.has(id));
    if (untold.length === 0) return;
    for (const [id] of untold) this.#told.add(id);
    // Node-RED hands a config node's error to every node in `users`; those who know of this outage are left out.
    this.#node.users = Object.fromEntries(untold);
    try {
      this.#node.error(error, {});
    } finally {
      this.#node.users = users;
    }
  }

  #currentError(): FeedError | null {
    if (this.#fault) return this.#fault;
    const status = this.client?.status;
    if (!status?.error) return null;
    return status.state === 'stopped' || status.failures >= TOLD_FROM ? status.error : null;
  }
}
