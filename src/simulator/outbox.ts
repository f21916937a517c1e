import type { Clock, Timer } from '../market/clock';
import type { Wire } from './wire';

/** Upstream's messages hold up to a few hundred thousand characters. */
const LONGEST_MESSAGE = 300_000;

/**
 * What one connection is about to say. All that comes up within one turn goes out joined, in one WebSocket message, and never
 * from within the call that asked for it: a client gets no answer before its own `send` has returned.
 */
export class Outbox {
  readonly #clock: Clock;
  readonly #wire: Wire;
  readonly #send: (text: string) => void;
  readonly #beforeFlush: () => void;
  #payloads: string[] = [];
  #timer: Timer | undefined;

  /** @param beforeFlush the last chance to post what has been held back */
  constructor(clock: Clock, wire: Wire, send: (text: string) => void, beforeFlush: () => void) {
    this.#clock = clock;
    this.#wire = wire;
    this.#send = send;
    this.#beforeFlush = beforeFlush;
  }

  /** @param payload a heartbeat or the text of a JSON packet */
  post(payload: string): void {
    this.#payloads.push(payload);
    this.wake();
  }

  /** Sees to it that what waits goes out in the next turn. */
  wake(): void {
    this.#timer ??= this.#clock.after(0, () => this.flush());
  }

  flush(): void {
    this.#beforeFlush();
    this.#timer?.cancel();
    this.#timer = undefined;
    const packets = this.#wire.carry(this.#payloads);
    this.#payloads = [];
    let message = '';
    for (const packet of packets) {
      if (message && message.length + packet.length > LONGEST_MESSAGE) {
        this.#send(message);
        message = '';
      }
      message += packet;
    }
    if (message) this.#send(message);
  }

  /** Forgets what was not sent. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#payloads = [];
  }
}
