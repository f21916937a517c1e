import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { type ConnectionState, FeedError, type Subscription, type SubscriptionState } from '../../src/index';
import { ConnectedNode } from './connected-node';
import { ACTIONS, type Control } from './control';
import type { Feed, FeedClient } from './feed';
import { listSetting, resolved } from './settings';
import { isWired, sendTo } from './wiring';

/** What is held of a subscription. */
interface Held extends Pick<Subscription, 'state' | 'close'> {
  /** Of what its data come over, where that is not all that its client connects. */
  readonly connection?: ConnectionState | undefined;
}

/** What is particular to a node type that streams something for each of its symbols. */
export interface StreamKind<C extends FeedClient> {
  /** The output for events, counted from 0. */
  eventsOutput: number;
  /**
   * Checks the settings that all symbols share and makes ready what they need.
   * @throws FeedError when one is wrong; the node does nothing then but say so
   */
  prepare(client: C): Promise<void>;
  /** Begins one symbol. @throws FeedError when it cannot be begun */
  watch(client: C, symbol: string, stateChanged: (state: SubscriptionState) => void): Held;
  /** What each message says beside topic, symbol, event and payload. Not asked before `prepare`. */
  properties(): Record<string, unknown>;
}

/** One symbol of the node: streaming, or with the reason why not. */
interface Entry {
  subscription: Held | null;
  state: SubscriptionState | 'invalid';
}

/** What all streaming nodes have in common: the symbols with their states, as the settings and control messages have them. */
export class SymbolStream<C extends FeedClient> {
  readonly #node: Node;
  readonly #config: { connection?: unknown; symbols?: unknown };
  readonly #feed: Feed<C>;
  readonly #kind: StreamKind<C>;
  readonly #entries = new Map<string, Entry>();
  readonly #connected: ConnectedNode<C>;

  constructor(
    RED: NodeAPI,
    node: Node,
    config: { connection?: unknown; symbols?: unknown },
    feed: Feed<C>,
    kind: StreamKind<C>,
  ) {
    this.#node = node;
    this.#config = config;
    this.#feed = feed;
    this.#kind = kind;
    this.#connected = new ConnectedNode(RED, node, config, feed, {
      actions: ACTIONS,
      eventsOutput: kind.eventsOutput,
      prepare: (client) => kind.prepare(client),
      begin: (client) => this.#begin(client),
      states: () => [...this.#entries.values()].map(({ state }) => state),
      connection: () =>
        [...this.#entries.values()].map(({ subscription }) => subscription?.connection).find((one) => one),
      list: () => [...this.#entries].map(([symbol, { state }]) => ({ symbol, ...kind.properties(), state })),
      properties: () => kind.properties(),
      control: (control, client) => this.#control(control, client),
      close: () => this.#close(),
    });
  }

  /** Whose data the symbols' are; another text where they come from elsewhere. Not to be asked before `prepare`. */
  get source(): string {
    return this.#connected.source;
  }

  /** Sends one message of a symbol, built only if its output is wired. */
  send(output: number, symbol: string, event: string, payload: unknown, extra: Record<string, unknown> = {}): void {
    if (this.#connected.isClosed || !isWired(this.#node, output)) return;
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
    this.#connected.report(error);
  }

  #begin(client: C): void {
    for (const text of this.#eachOnce(listSetting(this.#config.symbols))) {
      const error = this.#subscribe(client, text, true);
      if (error) this.report(error);
    }
  }

  #control({ action, symbols }: Control, client: C): FeedError[] {
    if (action === 'unsubscribe') for (const text of symbols) this.#unsubscribe(text);
    const errors =
      action === 'subscribe' ? this.#eachOnce(symbols).map((text) => this.#subscribe(client, text, false)) : [];
    return errors.filter((error) => error !== null);
  }

  /**
   * @param configured whether it stands in the node's settings: then its place in the status is kept though it cannot be begun
   * @returns the error that the symbol gave, if it did; the other symbols are not concerned
   */
  #subscribe(client: C, text: string, configured: boolean): FeedError | null {
    const key = this.#keyOf(text);
    const known = this.#entries.get(key);
    if (known && known.state !== 'refused' && known.state !== 'invalid') return null;
    known?.subscription?.close();
    const entry: Entry = { subscription: null, state: 'waiting' };
    try {
      resolved('symbols', text);
      entry.subscription = this.#kind.watch(client, key, (state) => {
        entry.state = state;
        this.#connected.showStatus();
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
    const key = this.#keyOf(text);
    this.#entries.get(key)?.subscription?.close();
    this.#entries.delete(key);
  }

  #close(): void {
    for (const { subscription } of this.#entries.values()) subscription?.close();
    this.#entries.clear();
  }

  /** Under what a symbol is known to the node, however it is written. */
  #keyOf(text: string): string {
    return this.#feed.normalise(text) ?? text.trim();
  }

  #eachOnce(texts: string[]): string[] {
    return [...new Map(texts.map((text) => [this.#keyOf(text), text])).values()];
  }
}
