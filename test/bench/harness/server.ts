import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Expected } from '../load/plan';
import { pinned } from './pinning';
import { BUILT } from './places';

export type Announced = Expected & { run: string; bytes: number };

/** The process that sends the loads. */
export class LoadServer {
  readonly #child: ChildProcess;
  readonly #announced = new Map<string, Announced>();
  readonly #ports: { plain: number; tls: number; pilots: number };

  private constructor(child: ChildProcess, ports: { plain: number; tls: number; pilots: number }) {
    this.#child = child;
    this.#ports = ports;
    // Without it every client would wait in vain.
    child.on('exit', (code) => {
      if (code !== 0) throw new Error(`the server of the loads has ended with code ${code}`);
    });
    child.on('message', (message: Announced) => this.#announced.set(message.run, message));
  }

  static async start(): Promise<LoadServer> {
    const [program, args] = pinned('server', [process.execPath, join(BUILT, 'load/server.js')]);
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const [ports] = await once(child, 'message');
    return new LoadServer(child, ports);
  }

  get pilots(): number {
    return this.#ports.pilots;
  }

  get httpUrl(): string {
    return `http://127.0.0.1:${this.#ports.plain}`;
  }

  url(over: 'plain' | 'tls' = 'plain'): string {
    return `${over === 'tls' ? 'wss' : 'ws'}://127.0.0.1:${this.#ports[over]}/socket.io/websocket`;
  }

  /** What the client of a run had to get; the load has begun. */
  takeExpected(run: string): Announced | undefined {
    const expected = this.#announced.get(run);
    this.#announced.delete(run);
    return expected;
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.disconnect();
    await gone;
  }
}
