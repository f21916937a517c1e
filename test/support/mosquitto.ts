import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { deadHost } from './servers';

const DIRECTORIES = [
  ...(process.env.PATH ?? '').split(delimiter),
  '/usr/sbin',
  '/usr/local/sbin',
  '/opt/homebrew/sbin',
];

/** Where the broker is on this machine; undefined when there is none. */
export function findMosquitto(): string | undefined {
  return DIRECTORIES.map((directory) => join(directory, 'mosquitto')).find((path) => existsSync(path));
}

/** A real MQTT broker on a port of its own. */
export class Mosquitto {
  readonly port: number;
  readonly #path: string;
  readonly #folder: string;
  #child: ChildProcess | null = null;

  private constructor(path: string, port: number, persistence: boolean) {
    this.#path = path;
    this.port = port;
    this.#folder = mkdtempSync(join(tmpdir(), 'livetick-mosquitto-'));
    const settings = {
      listener: `${port} 127.0.0.1`,
      allow_anonymous: true,
      persistence,
      persistence_location: `${this.#folder}/`,
      // It would change to a user who may not write there.
      user: userInfo().username,
      log_dest: 'stderr',
      log_type: 'all',
    };
    const lines = Object.entries(settings).map(([key, value]) => `${key} ${value}\n`);
    writeFileSync(this.#config, lines.join(''));
  }

  get #config(): string {
    return join(this.#folder, 'mosquitto.conf');
  }

  /** @param persistence whether it keeps over a stop what is retained, and what waits for those who have subscribed */
  static async open(path: string, { persistence }: { persistence: boolean }): Promise<Mosquitto> {
    const [, port] = (await deadHost()).split(':');
    const broker = new Mosquitto(path, Number(port), persistence);
    await broker.start();
    return broker;
  }

  /** Resolves when it takes connections. */
  async start(): Promise<void> {
    const child = spawn(this.#path, ['-c', this.#config], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    const log: string[] = [];
    await new Promise<void>((running, failed) => {
      createInterface({ input: child.stderr }).on('line', (line) => {
        log.push(line);
        if (/mosquitto version \S+ running/.test(line)) running();
      });
      child.once('error', failed);
      child.once('exit', () => failed(new Error(`mosquitto has ended:\n${log.join('\n')}`)));
    });
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill();
    await gone;
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
