import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { type ConnectionState, FeedError, type SubscriptionState } from '../../src/index';
import type { ConnectionNode } from './connection-node';
import { type Action, type Control, readControl } from './control';
import type { Feed, FeedClient } from './feed';
import { whenFlowsStarted } from './flows-started';
import { deriveStatus, StatusLine } from './status';

/** What is particular to a node type that lives on a connection. */
export interface NodeKind<C extends FeedClient> {
  /** What control messages may ask for. */
  actions: readonly Action[];
  /** The output for the answer to `list`, counted from 0. */
  eventsOutput: number;
  /**
   * Checks the settings and makes ready what they need.
   * @throws FeedError when one is wrong; the node does nothing then but say so
   */
  prepare(client: C): Promise<void>;
  /** Subscribes to what the settings name. The connection tells its state by then. */
  begin(client: C): void;
  /** The state of each subscription; `invalid` for one that could not be begun. */
  states(): readonly (SubscriptionState | 'invalid')[];
  /** Of what its data come over, where that is not all that its client connects. */
  connection?(): ConnectionState | undefined;
  /** What the answer to `list` holds. */
  list(): unknown[];
  /** What that answer says beside event and payload. */
  properties(): Record<string, unknown>;
  /** Does what `subscribe`, `unsubscribe` and `set` ask for. @returns the errors, one a symbol */
  control?(control: Control, client: C): FeedError[];
  /** Ends all subscriptions. */
  close(): void;
}

/** What all nodes on a connection have in common: its coming and going, control messages, the status, and an orderly end. */
export class ConnectedNode<C extends FeedClient> {
  readonly #RED: NodeAPI;
  readonly #node: Node;
  readonly #config: { connection?: unknown };
  readonly #feed: Feed<C>;
  readonly #kind: NodeKind<C>;
  readonly #status: StatusLine;
  #connection: ConnectionNode<C> | null = null;
  #misconfigured = false;
  #closed = false;

  constructor(RED: NodeAPI, node: Node, config: { connection?: unknown }, feed: Feed<C>, kind: NodeKind<C>) {
    this.#RED = RED;
    this.#node = node;
    this.#config = config;
    this.#feed = feed;
    this.#kind = kind;
    this.#status = new StatusLine(node);
    const forget = whenFlowsStarted(RED.events, () => this.#begin().catch((error) => this.#misconfigure(error)));
    node.on('input', (message, send, done) => this.#control(message, send, done));
    node.on('close', (_removed: boolean, done: () => void) => {
      forget();
      this.#close();
      done();
    });
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Whose data these are; another text where they come from elsewhere. Not to be asked before `prepare`. */
  get source(): string {
    return this.#connection?.source ?? '';
  }

  /** Reports an error that is the node's own, so that Catch nodes get it. */
  report(error: FeedError): void {
    if (this.#closed) return;
    this.#node.error(error, topicOf(error));
  }

  showStatus(): void {
    if (this.#closed) return;
    const client = this.#connection?.client;
    this.#status.show(
      deriveStatus(this.#node.type, {
        connection: this.#kind.connection?.() ?? client?.status.state ?? null,
        misconfigured: this.#misconfigured,
        symbols: this.#kind.states(),
        warning: this.#connection?.warning?.() ?? null,
        overloaded: client?.strained ?? false,
      }),
    );
  }

  async #begin(): Promise<void> {
    this.#connection = this.#feed.connect(this.#RED, this.#config.connection);
    const { client } = this.#connection;
    if (client) await this.#kind.prepare(client);
    if (this.#closed) return;
    this.#misconfigured = client === null;
    this.#connection.register(this.#node, () => this.showStatus());
    if (client) this.#kind.begin(client);
    this.showStatus();
  }

  #misconfigure(error: unknown): void {
    if (this.#closed) return;
    this.#misconfigured = true;
    this.showStatus();
    if (error instanceof FeedError) this.report(error);
    else this.#node.error(error instanceof Error ? error.message : String(error), {});
  }

  #control(
    message: NodeMessage,
    send: (messages: NodeMessage | (NodeMessage | null)[]) => void,
    done: (error?: Error) => void,
  ): void {
    try {
      const control = readControl(message, this.#kind.actions, this.#feed.examples);
      const client = this.#connection?.client;
      if (this.#misconfigured || !client) {
        throw new FeedError(
          'SETTING_INVALID',
          'The node or its connection is not set up rightly. Mend the settings and deploy.',
        );
      }
      if (control.action === 'reconnect') client.reconnect();
      if (control.action === 'list') this.#list(message, send);
      const errors = this.#kind.control?.(control, client) ?? [];
      this.showStatus();
      this.#answer(message, errors, done);
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Ends a control message: with the errors of its symbols, each under its symbol and in their order. */
  #answer(message: NodeMessage, errors: FeedError[], done: (error?: Error) => void): void {
    const [first, ...others] = errors;
    const told = others.map((error) => ({ error, message: { ...message, ...topicOf(error) } }));
    // Node-RED reports what `done` is given with the message itself.
    if (first) Object.assign(message, topicOf(first));
    done(first);
    for (const { error, message } of told) this.#node.error(error, message);
  }

  #list(message: NodeMessage, send: (messages: (NodeMessage | null)[]) => void): void {
    const { eventsOutput } = this.#kind;
    const answers = new Array<NodeMessage | null>(eventsOutput + 1).fill(null);
    const payload = this.#kind.list();
    answers[eventsOutput] = Object.assign(message, { event: 'list', ...this.#kind.properties(), payload });
    send(answers);
  }

  #close(): void {
    this.#closed = true;
    this.#kind.close();
    this.#connection?.deregister(this.#node);
    this.#status.clear();
  }
}

/** What a message says of the symbol that an error concerns. */
function topicOf({ symbol }: FeedError): { topic?: string; symbol?: string } {
  return symbol === undefined ? {} : { topic: symbol, symbol };
}
