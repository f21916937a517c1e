import type { FeedError } from '../feed/errors';
import type { Timeframe } from '../market/timeframe';

/**
 * `waiting`: for the connection · `loading` · `live` · `closed`: live, but the market is closed · `refused`: upstream will not
 * give it · `failed`: it keeps failing and is tried again · `queued`: the plan has no room for it, it begins when there is ·
 * `elsewhere`: another instance takes this symbol.
 */
export type SubscriptionState =
  | 'waiting'
  | 'loading'
  | 'live'
  | 'closed'
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

/** Says of an event, which has just been made, what it is of. A copy of it would cost more than all the rest. */
export function named<E extends object>(event: E, symbol: string, timeframe: Timeframe): E & Named {
  const whole = event as E & Named;
  whole.symbol = symbol;
  whole.timeframe = timeframe;
  return whole;
}

interface Named {
  symbol: string;
  timeframe: Timeframe;
}
