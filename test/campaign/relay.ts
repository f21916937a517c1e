import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

interface Link {
  near: Socket;
  far: Socket;
  /** Nothing passes any more in either direction, and neither end is told. */
  lost: boolean;
  held: Buffer[];
}

/** A stretch of network between Node-RED and the market that can fail as networks do, underneath the protocol. */
export class Relay {
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #holding = false;
  #chopping = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param target port of the market */
  static async open(target: number): Promise<Relay> {
    const server = createServer();
    const relay = new Relay(server);
    server.on('connection', (near) => relay.#join(near, connect(target, '127.0.0.1')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What the market sends is kept, and comes in one burst when this is over. */
  hold(): void {
    this.#holding = true;
  }

  /** What the market sends comes in small pieces. */
  chop(): void {
    this.#chopping = true;
  }

  /** Links that are open stay half-open for good: the ends know nothing of each other any more. New ones are well. */
  lose(): void {
    for (const link of this.#links) link.lost = true;
  }

  /** Both ends see the link torn. */
  tear(): void {
    for (const { near, far } of this.#links) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  /** Nothing is held or chopped any more. */
  mend(): void {
    this.#holding = false;
    this.#chopping = false;
    for (const link of this.#links) for (const bytes of link.held.splice(0)) this.#pass(link, bytes);
  }

  close(): void {
    this.tear();
    this.#server.close();
  }

  #join(near: Socket, far: Socket): void {
    const link: Link = { near, far, lost: false, held: [] };
    this.#links.add(link);
    near.setNoDelay();
    far.setNoDelay();
    near.on('data', (bytes) => {
      if (!link.lost) far.write(bytes);
    });
    far.on('data', (bytes) => this.#pass(link, bytes));
    const end = (from: Socket, to: Socket) => {
      from.on('error', () => {});
      from.on('close', () => {
        // An end that is lost from sight goes on waiting for the other.
        if (link.lost && from === far) return;
        this.#links.delete(link);
        to.destroy();
      });
    };
    end(near, far);
    end(far, near);
  }

  #pass(link: Link, bytes: Buffer): void {
    if (link.lost) return;
    if (this.#holding) link.held.push(bytes);
    else if (this.#chopping) for (let at = 0; at < bytes.length; at += 11) link.near.write(bytes.subarray(at, at + 11));
    else link.near.write(bytes);
  }
}
