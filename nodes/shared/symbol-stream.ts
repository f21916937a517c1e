import type { Node, NodeAPI, NodeMessage } from 'node-red';
import {
  FeedError,
  normaliseSymbol,
  type Subscription,
  type SubscriptionState,
  type TradingViewClient,
} from '../../src/index';
import { type ConnectionNode, connectionOf } from './connection-node';
import { readControl } from './control';
import { whenFlowsStarted } from './flows-started';
import { listSetting, resolved } from './settings';
import { deriveStatus, StatusLine } from './status';
import { isWired, sendTo } from './wiring';

/** What is particular to a node type that streams something for each of its symbols. */
export interface StreamKind {
  /** The output for events, counted from 0. */
  eventsOutput: number;
  /**
   * Checks the settings that all symbols share and makes ready what they need.
   * @throws FeedError when one is wrong; the node does nothing then but say so
   */
  prepare(client: TradingViewClient): Promise<void>;
  /** Begins one symbol. @throws FeedError when it cannot be begun */
  watch(client: TradingViewClient, symbol: string, stateChanged: (state: SubscriptionState) => void): Subscription;
  /** What each message says beside topic, symbol, event and payload. Not asked before `prepare`. */
  properties(): Record<string, unknown>;
}

/** One symbol of the node: streaming, or with the reason why not. */
interface Entry {
  subscription: Subscription | null;
  state: SubscriptionState | 'invalid';
}

/**
 * What all streaming nodes have in common: the connection, the symbols with their states, control messages, the status, and
 * an orderly end.
 */
export class SymbolStream {
  readonly #RED: NodeAPI;
  readonly #node: Node;
  readonly #config: { connection?: unknown; symbols?: unknown };
  readonly #kind: StreamKind;
  readonly #entries = new Map<string, Entry>();
  readonly #status: StatusLine;
  #connection: ConnectionNode | null = null;
  #misconfigured = false;
  #closed = false;

  constructor(RED: NodeAPI, node: Node, config: { connection?: unknown; symbols?: unknown }, kind: StreamKind) {
    this.#RED = RED;
    this.#node = node;
    this.#config = config;
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

  /** Whose data the symbols' are; another text where they come from elsewhere. Not to be asked before `prepare`. */
  get source(): string {
    return this.#connection?.source ?? '';
  }

  /** Sends one message of a symbol, built only if its output is wired. */
  send(output: number, symbol: string, event: string, payload: unknown, extra: Record<string, unknown> = {}): void {
    if (this.#closed || !isWired(this.#node, output)) return;
    sendTo(this.#node, output, {
      topic: symbol,
      symbol,
      event,
      ...this.#kind.properties(),
      payload,
      ...extra,
    } as NodeMessage);
  }

  /** Reports an error that is the node's own, so that Catch nodes get it. */
  report(error: FeedError): void {
    if (this.#closed) return;
    this.#node.error(error, topicOf(error));
  }

  async #begin(): Promise<void> {
    this.#connection = connectionOf(this.#RED, this.#config.connection);
    const { client } = this.#connection;
    if (client) await this.#kind.prepare(client);
    if (this.#closed) return;
    this.#misconfigured = client === null;
    this.#connection.register(this.#node, () => this.#showStatus());
    for (const text of eachOnce(listSetting(this.#config.symbols))) {
      const error = this.#subscribe(text, true);
      if (error) this.report(error);
    }
    this.#showStatus();
  }

  #misconfigure(error: unknown): void {
    if (this.#closed) return;
    this.#misconfigured = true;
    this.#showStatus();
    if (error instanceof FeedError) this.report(error);
    else this.#node.error(error instanceof Error ? error.message : String(error), {});
  }

  /**
   * @param configured whether it stands in the node's settings: then its place in the status is kept though it cannot be begun
   * @returns the error that the symbol gave, if it did; the other symbols are not concerned
   */
  #subscribe(text: string, configured: boolean): FeedError | null {
    const client = this.#connection?.client;
    if (!client) return null;
    const key = keyOf(text);
    const known = this.#entries.get(key);
    if (known && known.state !== 'refused' && known.state !== 'invalid') return null;
    known?.subscription?.close();
    const entry: Entry = { subscription: null, state: 'waiting' };
    try {
      resolved('symbols', text);
      entry.subscription = this.#kind.watch(client, key, (state) => {
        entry.state = state;
        this.#showStatus();
      });
      entry.state = entry.subscription.state;
      this.#entries.set(key, entry);
      return null;
    } catch (error) {
      entry.state = 'invalid';
      if (known || configured) this.#entries.set(key, entry);
      if (error instanceof FeedError) return error;
      throw error;
    }
  }

  #unsubscribe(text: string): void {
    const key = keyOf(text);
    this.#entries.get(key)?.subscription?.close();
    this.#entries.delete(key);
  }

  #control(
    message: NodeMessage,
    send: (messages: NodeMessage | (NodeMessage | null)[]) => void,
    done: (error?: Error) => void,
  ): void {
    try {
      const { action, symbols } = readControl(message);
      if (this.#misconfigured || !this.#connection) {
        throw new FeedError(
          'SETTING_INVALID',
          'The node or its connection is not set up rightly. Mend the settings and deploy.',
        );
      }
      if (action === 'reconnect') this.#connection.client?.reconnect();
      if (action === 'list') this.#list(message, send);
      const errors = action === 'subscribe' ? eachOnce(symbols).map((text) => this.#subscribe(text, false)) : [];
      if (action === 'unsubscribe') for (const text of symbols) this.#unsubscribe(text);
      this.#showStatus();
      this.#answer(
        message,
        errors.filter((error) => error !== null),
        done,
      );
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
    const payload = [...this.#entries].map(([symbol, { state }]) => ({ symbol, ...this.#kind.properties(), state }));
    const answers = new Array<NodeMessage | null>(this.#kind.eventsOutput + 1).fill(null);
    answers[this.#kind.eventsOutput] = Object.assign(message, { event: 'list', ...this.#kind.properties(), payload });
    send(answers);
  }

  #showStatus(): void {
    if (this.#closed) return;
    const connection = this.#connection?.client?.status.state ?? null;
    const symbols = [...this.#entries.values()].map(({ state }) => state);
    this.#status.show(deriveStatus(this.#node.type, { connection, misconfigured: this.#misconfigured, symbols }));
  }

  #close(): void {
    this.#closed = true;
    for (const { subscription } of this.#entries.values()) subscription?.close();
    this.#entries.clear();
    this.#connection?.deregister(this.#node);
    this.#status.clear();
  }
}

/** Under what a symbol is known to the node, however it is written. */
function keyOf(text: string): string {
  return normaliseSymbol(text) ?? text.trim();
}

function eachOnce(texts: string[]): string[] {
  return [...new Map(texts.map((text) => [keyOf(text), text])).values()];
}

/** What a message says of the symbol that an error concerns. */
function topicOf({ symbol }: FeedError): { topic?: string; symbol?: string } {
  return symbol === undefined ? {} : { topic: symbol, symbol };
}
