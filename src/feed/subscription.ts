import type { FeedError } from './errors';

/**
 * `waiting`: for the connection · `loading` · `live` · `closed`: live, but the market is closed · `refused`: upstream will not
 * give it · `empty`: live, but upstream has nothing of it · `failed`: it keeps failing and is tried again · `queued`: the plan has
 * no room for it, it begins when there is · `elsewhere`: another instance takes this symbol.
 */
export type SubscriptionState =
  | 'waiting'
  | 'loading'
  | 'live'
  | 'closed'
  | 'empty'
  | 'refused'
  | 'failed'
  | 'queued'
  | 'elsewhere';

/** What a user of the client holds. */
export interface Subscription {
  readonly symbol: string;
  readonly state: SubscriptionState;
  /** No event comes afterwards. */
  close(): void;
}

/** One who listens to a channel. */
export interface Subscriber {
  failed(error: FeedError): void;
  stateChanged(state: SubscriptionState): void;
}

/** One kind of data that a client gives. */
export interface Service {
  /** How many channels are open upstream. */
  readonly channels: number;
  readonly subscriptions: number;
  /** The connection is live. */
  connected(): void;
  /** The connection is gone, and with it everything upstream. */
  disconnected(): void;
  /** The connection needs a person. */
  stopped?(error: FeedError): void;
  /** Ends all subscriptions. */
  close(): void;
}

/**
 * What calls a user's listener. Made once for a subscription, for of events that come by the thousand none is to need a function
 * of its own.
 * @param contain keeps what the listener throws from everybody else
 */
export function teller<E>(
  contain: (act: () => void) => void,
  isOpen: () => boolean,
  listener: (event: E) => void,
): (event: E) => void {
  let event: E | undefined;
  const call = () => {
    const told = event as E;
    // What has been told is not to be held: a history may be long.
    event = undefined;
    listener(told);
  };
  return (next) => {
    if (!isOpen()) return;
    event = next;
    contain(call);
  };
}
