import { FeedError } from '../feed/errors';
import type { Service, SubscriptionState } from '../feed/subscription';
import type { Upstream } from './upstream';

/** A packet as upstream sent it, but for tokens and cookies, in whose place stands `***`. */
export interface RawPacket {
  /** The method. */
  m: string;
  /** Its parameters, as they came. */
  p: unknown;
}

export interface PacketOptions {
  /** Only packets of these methods; empty or left out: all of them. */
  methods?: readonly string[] | undefined;
  /** Told whenever the subscription's state changes. */
  stateChanged?: ((state: SubscriptionState) => void) | undefined;
}

export interface PacketSubscription {
  /** Empty: all. */
  readonly methods: readonly string[];
  /** `live` while the connection is; packets may come only then. */
  readonly state: SubscriptionState;
  /** No packet comes afterwards. */
  close(): void;
}

interface Watcher {
  methods: ReadonlySet<string>;
  tell: (packet: RawPacket) => void;
  stateChanged: (state: SubscriptionState) => void;
}

/** Raw packets, for those who explore the protocol. While nobody watches nothing is done for it. @internal */
export class PacketService implements Service {
  /** Nothing is opened upstream for it. */
  readonly channels = 0;
  readonly #upstream: Upstream;
  readonly #watchers = new Map<Watcher, () => void>();

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  get subscriptions(): number {
    return this.#watchers.size;
  }

  /** @throws FeedError SETTING_INVALID */
  watch(options: PacketOptions, listener: (packet: RawPacket) => void): PacketSubscription {
    const methods = checkMethods(options.methods);
    const { hold, contain, status } = this.#upstream;
    const watcher: Watcher = {
      methods: new Set(methods),
      tell: (packet) => contain(() => listener(packet)),
      stateChanged: (changed) => contain(() => options.stateChanged?.(changed)),
    };
    const letGo = hold();
    const close = () => {
      if (this.#watchers.delete(watcher)) letGo();
    };
    this.#watchers.set(watcher, close);
    return {
      methods,
      get state() {
        return status().state === 'live' ? 'live' : 'waiting';
      },
      close,
    };
  }

  /** A payload has come that is no heartbeat. Never throws. */
  receive(payload: string): void {
    if (this.#watchers.size === 0) return;
    const packet = readRaw(payload);
    if (!packet) return;
    for (const watcher of [...this.#watchers.keys()]) {
      const wanted = watcher.methods.size === 0 || watcher.methods.has(packet.m);
      // Each gets a copy of its own; what an earlier one has closed gets nothing.
      if (wanted && this.#watchers.has(watcher)) {
        this.#upstream.contain(() => watcher.tell(this.#upstream.secrets.redact(packet)));
      }
    }
  }

  connected(): void {
    for (const watcher of [...this.#watchers.keys()]) watcher.stateChanged('live');
  }

  disconnected(): void {
    for (const watcher of [...this.#watchers.keys()]) watcher.stateChanged('waiting');
  }

  close(): void {
    for (const close of [...this.#watchers.values()]) close();
  }
}

/** The hello, having no method, is none; what cannot be read has been counted and logged elsewhere. */
function readRaw(payload: string): RawPacket | null {
  try {
    const { m, p = [] } = JSON.parse(payload.startsWith('~j~') ? payload.slice(3) : payload);
    return typeof m === 'string' ? { m, p } : null;
  } catch {
    return null;
  }
}

/** @throws FeedError SETTING_INVALID */
function checkMethods(given: readonly unknown[] | undefined): string[] {
  if (given === undefined || given === null) return [];
  const isList =
    Array.isArray(given) && given.every((method) => typeof method === 'string' && /^\s*\S+\s*$/.test(method));
  if (isList) return given.map((method) => String(method).trim());
  const sentence = 'The setting “methods” must be a list of names such as qsd or du, without blanks; empty: all.';
  throw new FeedError('SETTING_INVALID', sentence);
}
