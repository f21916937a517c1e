import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export const LOOPBACK = '127.0.0.1';

/** A port of the loopback interface on which an HTTP server listens. It can be closed for a while, and opened again. */
export class LoopbackPort {
  readonly #http: Server;
  #port = 0;
  /** Whether it should be listening; it is so once `#opening` is done. */
  #open = false;
  #opening: Promise<void> | undefined;

  constructor(http: Server) {
    this.#http = http;
    // Failures to open are reported by `open`; an accepted connection that fails concerns nobody else.
    this.#http.on('error', () => {});
  }

  /** @param port 0 for any that is free @returns `127.0.0.1:port` */
  async open(port: number): Promise<string> {
    this.#port = port;
    await this.reopen();
    return `${LOOPBACK}:${this.#port}`;
  }

  /** From now on connections are refused; those that exist go on. */
  shut(): void {
    this.#open = false;
    if (this.#http.listening) this.#http.close();
  }

  /** Listens on the same port again. */
  async reopen(): Promise<void> {
    if (!this.#open) {
      this.#open = true;
      this.#opening = this.#listen();
    }
    await this.#opening;
  }

  /** Cuts every connection that is still one of HTTP, and frees the port. */
  async close(): Promise<void> {
    this.#open = false;
    await this.#opening?.catch(() => {});
    await new Promise<void>((resolve) => {
      this.#http.close(() => resolve());
      this.#http.closeAllConnections();
    });
  }

  async #listen(): Promise<void> {
    await this.#opening?.catch(() => {});
    if (!this.#open || this.#http.listening) return;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#http.once('error', reject);
        this.#http.listen(this.#port, LOOPBACK, () => {
          this.#http.off('error', reject);
          resolve();
        });
      });
    } catch (error) {
      this.#open = false;
      throw error;
    }
    this.#port = (this.#http.address() as AddressInfo).port;
    // It may have been shut meanwhile.
    if (!this.#open) this.#http.close();
  }
}
