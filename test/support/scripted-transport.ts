import { FeedError } from '../../src/feed/errors';
import type { Failure, LinkEvents, Transport } from '../../src/feed/transport';

/** One link that a connection has opened, played by the test. */
export class ScriptedLink {
  readonly events: LinkEvents;
  readonly sent: string[] = [];
  /** How often the connection has asked for its end. */
  closes = 0;
  #over = false;
  readonly #answersClose: boolean;

  constructor(events: LinkEvents, answersClose: boolean) {
    this.events = events;
    this.#answersClose = answersClose;
  }

  open(): void {
    this.events.opened();
  }

  receive(text: string): void {
    this.events.received(Buffer.from(text));
  }

  /** The link is gone, as `closed` tells exactly once. */
  end(failure: Failure = { error: new FeedError('UNREACHABLE', 'gone') }): void {
    if (this.#over) return;
    this.#over = true;
    this.events.closed(failure);
  }

  close(): void {
    this.closes++;
    if (this.#answersClose) queueMicrotask(() => this.end());
  }
}

/** A transport that opens nothing: a test plays the other side of each link. */
export class ScriptedTransport {
  readonly links: ScriptedLink[] = [];
  readonly open: Transport;

  /** @param answersClose whether a link that is asked to close is gone soon after */
  constructor({ answersClose = true } = {}) {
    this.open = (events) => {
      const link = new ScriptedLink(events, answersClose);
      this.links.push(link);
      return { send: (text) => link.sent.push(text), close: () => link.close() };
    };
  }

  /** The newest link. */
  get link(): ScriptedLink {
    const link = this.links.at(-1);
    if (!link) throw new Error('no link was opened');
    return link;
  }
}
