import type { Agent } from 'node:http';
import type { FeedError } from './errors';

/** Why a link ended, and what that means for the next try. */
export interface Failure {
  error: FeedError;
  /** The next try must wait at least this long, milliseconds. */
  minWait?: number;
  /** true when trying again is of no use before a person has done something. */
  stop?: boolean;
}

/** One connection to a server, whatever it runs over. */
export interface Link {
  /** Does nothing while the link is not open. */
  send(text: string): void;
  /** Ends it; `closed` still follows. */
  close(): void;
}

/** What a link reports. `closed` comes exactly once, also when it never opened. */
export interface LinkEvents {
  opened(): void;
  /** @param data a message, as text or as its bytes in UTF-8, whichever the transport has at hand */
  received(data: string | Buffer): void;
  closed(failure: Failure): void;
}

/** Opens one link. Never throws: what goes wrong comes as `closed`, later than this call returns. */
export type Transport = (events: LinkEvents) => Link;

/** Where to connect, how to get there, and how to say that the address is needed no longer. */
export interface Address {
  url: string;
  /** How requests travel, e.g. through a proxy. */
  agent?: Agent | undefined;
  release(): void;
}
