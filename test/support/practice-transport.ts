import { FeedError } from '../../src/feed/errors';
import { readRefusal } from '../../src/feed/refusal';
import type { Failure, LinkEvents, Transport } from '../../src/feed/transport';
import type { Clock, Timer } from '../../src/market/clock';
import type { Refusal } from '../../src/simulator/conditions';
import type { MemoryConnection, PracticeMarket } from '../../src/simulator/practice-market';
import { read } from './wire';

const GONE: Failure = { error: new FeedError('UNREACHABLE', 'gone') };

/** One link to the practice market without a socket. */
class PracticeLink {
  /** All that the client has sent. */
  readonly sent: string[] = [];
  readonly #events: LinkEvents;
  #server: MemoryConnection | null = null;
  #opening: Timer;
  #over = false;

  /** @param market null: it never opens, and fails */
  constructor(events: LinkEvents, market: PracticeMarket | null, clock: Clock) {
    this.#events = events;
    this.#opening = clock.after(0, () => (market ? this.#open(market) : this.end(GONE)));
  }

  send(text: string): void {
    if (!this.#server || this.#over) return;
    this.sent.push(text);
    this.#server.receive(text);
  }

  /** Says something that the market never would. */
  inject(text: string): void {
    if (!this.#over) this.#events.received(text);
  }

  end(failure: Failure): void {
    if (this.#over) return;
    this.#over = true;
    this.#opening.cancel();
    this.#server?.end();
    this.#events.closed(failure);
  }

  #open(market: PracticeMarket): void {
    const refused = market.faults.active.some(({ fault }) => fault === 'refuse');
    this.#server = market.connect(
      (text) => this.#events.received(text),
      () => this.end(GONE),
      (refusal) => this.end(asFailure(refusal)),
    );
    if (!refused) this.#events.opened();
  }
}

/** What a socket would report. */
function asFailure({ how, retryAfter }: Refusal): Failure {
  return how === 'connection' ? GONE : readRefusal(how, retryAfter?.toString());
}

/** Links a client to a practice market in memory, both on the same stepped clock. */
export class PracticeTransport {
  readonly links: PracticeLink[] = [];
  /** When each link was tried, milliseconds since the epoch. */
  readonly tries: number[] = [];
  readonly open: Transport;
  /** While it is, no link comes about. */
  down = false;

  constructor(market: PracticeMarket, clock: Clock) {
    this.open = (events) => {
      const link = new PracticeLink(events, this.down ? null : market, clock);
      this.links.push(link);
      this.tries.push(clock.now());
      return {
        send: (text) => link.send(text),
        close: () => queueMicrotask(() => link.end(GONE)),
      };
    };
  }

  /** Says something over the present link that the market never would. */
  inject(text: string): void {
    this.links.at(-1)?.inject(text);
  }

  /** Cuts the present link. */
  drop(): void {
    this.links.at(-1)?.end(GONE);
  }

  /** Parameters of all requests of this method, over all links, in order. */
  requests(method: string): unknown[][] {
    const packets = this.links.flatMap(({ sent }) => read(sent));
    return packets.flatMap((one) => (typeof one !== 'string' && one.m === method ? [one.p] : []));
  }
}
