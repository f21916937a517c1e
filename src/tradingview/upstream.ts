import type { ConnectionStatus } from '../feed/connection';
import type { FeedError } from '../feed/errors';
import type { Turnstile } from '../feed/turnstile';
import type { Clock } from '../market/clock';
import type { Pace } from '../market/pace';
import type { ByteCursor } from './byte-cursor';
import { newSessionId } from './chart-session';
import type { Endpoints } from './endpoints';
import { liveSession } from './live-packets';
import type { ServerMessage } from './messages';
import type { ClientSettings } from './options';
import type { Secrets } from './secrets';

/** Something that lives upstream under an id, and gets the messages that bear it. */
export interface Session {
  readonly id: string;
  receive(message: ServerMessage): void;
  /**
   * A packet of live data, still unread behind the session's id.
   * @returns false when it is unusual: then it has had no effect, and is read and received as any other
   */
  express(packet: ByteCursor, end: number): boolean;
  /** Ends it upstream, unless it is known to be gone. */
  close(): void;
}

/** What the services of a client share: the one link, its sessions, and what stands around them. */
export interface Upstream {
  readonly settings: ClientSettings;
  readonly endpoints: Endpoints;
  readonly clock: Clock;
  readonly random: () => number;
  /** Says whether those who listen keep up. */
  readonly pace: Pace;
  /** Limits how many series are being opened at a time. */
  readonly openings: Turnstile;
  readonly sessions: Sessions;
  readonly secrets: Secrets;
  /** Whether a symbol falls to this client, when the symbols are shared out among several. */
  takes(symbol: string): boolean;
  /** The connection's state, and what ended the last link. */
  status(): ConnectionStatus;
  /** Upstream's clock, milliseconds since the epoch. */
  serverTime(): number;
  /** Upstream's clock when the last packet came: it serves for all that a message says. */
  lastHeard(): number;
  /** Up to when, by upstream's clock, nothing that was sent can still be missing: when the last packet came. */
  heardUntil(): number;
  /** How many packets could not be read so far; what was in them is lost, and may have been anybody's. */
  damaged(): number;
  /** Asks for the link. @returns lets go of it */
  hold(): () => void;
  /** The link is of no use any more: connect anew. */
  drop(error: FeedError): void;
  /** Calls what a user handed in: what it throws goes to the log, and no further. */
  contain(act: () => void): void;
}

/** The sessions that are open upstream, of all kinds. */
export class Sessions {
  readonly #random: () => number;
  readonly #send: (text: string) => void;
  readonly #open = new Map<string, Session>();

  constructor(random: () => number, send: (text: string) => void) {
    this.#random = random;
    this.#send = send;
  }

  /** @param prefix what the ids of this kind begin with: `cs` or `qs` */
  open<S extends Session>(prefix: string, create: (id: string, send: (text: string) => void) => S): S {
    const session = create(newSessionId(prefix, this.#random), this.#send);
    this.#open.set(session.id, session);
    return session;
  }

  /** Ends a session upstream, unless it is abandoned, and routes nothing to it any more. */
  close(session: Session): void {
    session.close();
    this.#open.delete(session.id);
  }

  /**
   * Hands on a packet of live data without reading more of it than is needed; one that is of no session here is dropped.
   * @returns false when it is to be read as any other
   */
  express(packet: ByteCursor, end: number): boolean {
    const id = liveSession(packet);
    return id !== null && this.#open.get(id)?.express(packet, end) !== false;
  }

  dispatch(message: ServerMessage): void {
    if ('session' in message) this.#open.get(message.session)?.receive(message);
  }
}
