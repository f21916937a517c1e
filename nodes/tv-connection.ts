import type { Node, NodeAPI, NodeDef } from 'node-red';
import { FeedError, type ProxySettings, type TokenWarning, TradingViewClient } from '../src/index';
import type { ConnectionNode } from './shared/connection-node';
import { textSetting } from './shared/settings';

interface ConnectionConfig extends NodeDef {
  server?: string;
  url?: string;
  httpUrl?: string;
  plan?: string;
  maxStudies?: string | number;
  maxCandles?: string | number;
  grace?: string | number;
  shard?: string;
  proxy?: string;
}

/** Core's config node `http proxy`. */
interface ProxyNode extends Node<{ username?: string; password?: string }> {
  url?: string;
  noproxy?: string[];
}

interface Credentials {
  token?: string;
  sessionId?: string;
  sessionSign?: string;
}

/** A failure that is not a refusal is told only when the second try in a row has failed too. */
const TOLD_FROM = 2;

/** Owns the one client, and tells the nodes that use it what happens to the connection. */
class Pool {
  readonly client: TradingViewClient | null;
  readonly #node: Node & { users: Record<string, Node> };
  readonly #fault: FeedError | null;
  readonly #changed = new Map<string, () => void>();
  /** Users that have been told of the present outage. */
  readonly #told = new Set<string>();
  /** When the token expires of which there was a warning. */
  #warnedOf: number | null = null;

  constructor(RED: NodeAPI, node: Node<Credentials> & { users: Record<string, Node> }, config: ConnectionConfig) {
    this.#node = node;
    let client: TradingViewClient | null = null;
    let fault: FeedError | null = null;
    try {
      client = createClient(RED, node, config);
    } catch (error) {
      if (!(error instanceof FeedError)) throw error;
      fault = error;
    }
    this.client = client;
    this.#fault = fault;
    client?.on('state', () => this.#stateChanged());
    client?.on('token', (warning) => this.#tokenChanged(warning));
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
    this.#tellUsers();
  }

  /** The end of a token is told once; what is left of it stands in the status of every user. */
  #tokenChanged(warning: TokenWarning | null): void {
    if (warning && warning.expires !== this.#warnedOf) {
      this.#warnedOf = warning.expires;
      this.#node.warn(warning.sentence);
    }
    this.#tellUsers();
  }

  #tellUsers(): void {
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

function proxySettings(RED: NodeAPI, id: string | undefined): ProxySettings | undefined {
  if (!id) return undefined;
  const node = RED.nodes.getNode(id) as ProxyNode | null;
  if (!node)
    throw new FeedError('SETTING_INVALID', 'The setting “proxy” names a proxy that is not there. Choose another.');
  const { username, password } = node.credentials ?? {};
  return { url: node.url ?? '', noProxy: node.noproxy, username, password };
}

function createClient(RED: NodeAPI, node: Node<Credentials>, config: ConnectionConfig): TradingViewClient {
  return new TradingViewClient(
    {
      server: textSetting('server', config.server),
      url: textSetting('url', config.url),
      httpUrl: textSetting('httpUrl', config.httpUrl),
      plan: textSetting('plan', config.plan),
      maxStudies: textSetting('maxStudies', config.maxStudies),
      maxCandles: textSetting('maxCandles', config.maxCandles),
      grace: textSetting('grace', config.grace),
      shard: textSetting('shard', config.shard),
      token: textSetting('token', node.credentials?.token),
      sessionId: textSetting('sessionId', node.credentials?.sessionId),
      sessionSign: textSetting('sessionSign', node.credentials?.sessionSign),
      proxy: proxySettings(RED, config.proxy),
    },
    { log: (text) => node.debug(text) },
  );
}

/** The server, with its address where it is one's own, less what may be secret in that. */
function sourceOf({ server, url = '' }: ConnectionConfig): string {
  if (server !== 'custom' || !URL.canParse(url)) return server || 'live';
  const { host, pathname } = new URL(url);
  return `custom ${host}${pathname}`;
}

export = function (RED: NodeAPI) {
  function TvConnection(this: Node<Credentials>, config: ConnectionConfig) {
    RED.nodes.createNode(this, config);
    const node = Object.assign(this, { users: {} });
    const pool = new Pool(RED, node, config);
    const shared: Pick<ConnectionNode, 'client' | 'source' | 'register' | 'deregister'> = {
      client: pool.client,
      source: sourceOf(config),
      register: (user, changed) => pool.register(user, changed),
      deregister: (user) => pool.deregister(user),
    };
    Object.assign(node, shared);
    node.on('close', (_removed: boolean, done: () => void) => {
      pool.close().then(done, done);
    });
  }
  RED.nodes.registerType<Node<Credentials>, ConnectionConfig, object, Credentials>('tv-connection', TvConnection, {
    credentials: { token: { type: 'password' }, sessionId: { type: 'password' }, sessionSign: { type: 'password' } },
  });
};
