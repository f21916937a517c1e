import type { Connection, ConnectionStatus } from '../feed/connection';
import type { Clock } from '../market/clock';
import type { NewsMessage } from './messages';

/** What the services of a client share. */
export interface Upstream {
  readonly clock: Clock;
  /** Makes the connection of one stream; nothing is opened before somebody holds it. */
  stream(options: StreamOptions): Connection;
  /** Calls what a user handed in: what it throws goes to the log, and no further. */
  contain(act: () => void): void;
}

export interface StreamOptions {
  /** With the query; asked for each try. */
  path: () => string;
  message: (message: NewsMessage) => void;
  changed: (status: ConnectionStatus) => void;
}
