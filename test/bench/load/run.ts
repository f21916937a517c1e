import type { Socket } from 'node:net';
import { messagesOf, textFrame } from './frames';
import type { Opening } from './opening';
import { type Expected, type Plan, WINDOW, WINDOWS_AHEAD } from './plan';
import { Pool } from './pool';
import { sendAtRate } from './rate';

/** A socket of the client, with what it has opened. */
export interface Line {
  socket: Socket;
  opening: Opening;
}

/** The load for one client, over one or over many connections. */
export class Run {
  readonly lines: Line[] = [];
  readonly #plan: Plan;
  #windows: (() => void)[] = [];
  #sent = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** The client is ready. @returns what it must get, and the bytes of a packet */
  begin(): Expected & { bytes: number } {
    const pool = new Pool(this.#plan, this.#lines());
    this.#windows = this.lines.length === 1 ? this.#whole(pool) : this.#scattered(pool);
    const expected = { ...pool.expected(), bytes: pool.bytes };
    const { rate, perMessage, warmUp, windows } = this.#plan;
    const total = (warmUp + windows) * WINDOW;
    if (rate)
      sendAtRate(
        (this.lines[0] as Line).socket,
        messagesOf(pool.packets, perMessage),
        rate / perMessage,
        total / perMessage,
      );
    else for (let n = 0; n < this.#ahead; n++) this.#send();
    return expected;
  }

  /** What comes over many connections keeps a client's event loop longer. */
  get #ahead(): number {
    return this.lines.length > 1 ? 1 : WINDOWS_AHEAD;
  }

  /** The client has had a window. */
  acknowledge(): void {
    if (!this.#plan.rate) this.#send();
  }

  #send(): void {
    const { warmUp, windows } = this.#plan;
    if (this.#sent === warmUp + windows) return;
    this.#windows[this.#sent % this.#windows.length]?.();
    this.#sent++;
  }

  /** All that is open, as if it were on one connection. */
  #lines(): Opening {
    const [first, ...others] = this.lines.map(({ opening }) => opening);
    if (!first) throw new Error('the client is not connected');
    const whole = Object.assign(Object.create(Object.getPrototypeOf(first)), first);
    whole.symbols = [first, ...others].flatMap(({ symbols }) => symbols);
    whole.states = new Map([first, ...others].flatMap(({ states }) => [...states]));
    return whole;
  }

  #whole(pool: Pool): (() => void)[] {
    const { socket } = this.lines[0] as Line;
    const perWindow = WINDOW / this.#plan.perMessage;
    const messages = messagesOf(pool.packets, this.#plan.perMessage);
    return Array.from({ length: messages.length / perWindow }, (_, n) => {
      const window = messages.slice(n * perWindow, (n + 1) * perWindow);
      return () => {
        // One by one, as a server does for which they come into being one by one.
        for (const message of window) socket.write(message);
      };
    });
  }

  /** Each packet to the connection that has asked for its symbol, under the session of that connection. */
  #scattered(pool: Pool): (() => void)[] {
    const homes = new Map(this.lines.flatMap((line) => line.opening.symbols.map((symbol) => [symbol, line] as const)));
    const session = (this.lines[0] as Line).opening.quoteSession;
    const frames = pool.packets.map((packet) => {
      const line = homes.get(JSON.parse(packet.replace(/^~m~\d+~m~/, '')).p[1].n) as Line;
      return { socket: line.socket, bytes: textFrame(packet.replace(session, line.opening.quoteSession)) };
    });
    return Array.from({ length: frames.length / WINDOW }, (_, n) => {
      const window = frames.slice(n * WINDOW, (n + 1) * WINDOW);
      return () => {
        for (const { socket, bytes } of window) socket.write(bytes);
      };
    });
  }
}
