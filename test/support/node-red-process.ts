import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';

const SETTINGS = {
  flowFile: 'flows.json',
  credentialSecret: 'for tests only',
  uiHost: '127.0.0.1',
  telemetry: { enabled: false, updateNotification: false },
  editorTheme: { tours: false },
  externalModules: { autoInstall: false },
  logging: { console: { level: 'info' } },
};

/** Another Node-RED and another Node.js than the project's own may be named. */
const RED = join(process.env.NODE_RED_DIR ?? dirname(require.resolve('node-red/package.json')), 'red.js');
const NODE = process.env.NODE_BINARY ?? process.execPath;

/** A Node-RED in a process of its own, as a user runs it. */
export class NodeRedProcess {
  readonly #child: ChildProcess;
  readonly #happened = new EventEmitter();
  readonly url: string;
  output = '';
  /** Sent with every request, once somebody has signed in. */
  bearer = '';

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
    const collect = (text: Buffer) => {
      this.output += text;
      this.#happened.emit('something');
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.on('exit', () => this.#happened.emit('something'));
  }

  /**
   * Resolves when the flows have started.
   * @param more settings beside the usual ones @param on a port; else a free one @param env variables beside those of this process
   */
  static async start(userDir: string, more: object = {}, on?: number, env: object = {}): Promise<NodeRedProcess> {
    const settings = join(userDir, 'settings.js');
    writeFileSync(settings, `module.exports = ${JSON.stringify({ ...SETTINGS, ...more })};`);
    const port = on ?? (await freePort());
    const args = [RED, '--userDir', userDir, '--settings', settings, '--port', String(port)];
    const options = { cwd: userDir, env: { ...process.env, ...env } };
    const child = spawn(NODE, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const started = new NodeRedProcess(child, `http://127.0.0.1:${port}`);
    // It may take requests a moment later than its flows run, or a moment earlier.
    await started.until('Started flows');
    await started.until('Server now running');
    return started;
  }

  /** Waits for a text in the log, from a position on. */
  async until(text: string, from = 0): Promise<void> {
    while (!this.output.includes(text, from)) {
      if (this.#child.exitCode !== null) throw new Error(`Node-RED has ended:\n${this.output}`);
      await once(this.#happened, 'something');
    }
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.request(path, { headers });
  }

  async request(path: string, { headers, ...more }: { headers?: Record<string, string> } & RequestInit = {}) {
    const authorization = this.bearer ? { authorization: `Bearer ${this.bearer}` } : {};
    return fetch(this.url + path, { ...more, headers: { ...authorization, ...headers } });
  }

  /** From now on all is asked as this user, where `adminAuth` is set. */
  async signIn(username: string, password: string): Promise<void> {
    const grant = { client_id: 'node-red-admin', grant_type: 'password', scope: '', username, password };
    const response = await this.request('/auth/token', { method: 'POST', body: new URLSearchParams(grant) });
    if (!response.ok) throw new Error(`Signing in was refused: ${await response.text()}`);
    this.bearer = ((await response.json()) as { access_token: string }).access_token;
  }

  /** Deploys flows and waits until they have started. @param type `full`, `flows` or `nodes` */
  async deploy(flows: object[], type = 'full'): Promise<void> {
    const from = this.output.length;
    const response = await this.request('/flows', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'Node-RED-API-Version': 'v2',
        'Node-RED-Deployment-Type': type,
      },
      body: JSON.stringify({ flows }),
    });
    if (!response.ok) throw new Error(`The deploy was refused: ${await response.text()}`);
    await this.until('Started ', from);
  }

  /** Stops the process where it stands (SIGSTOP), as a host that is suspended; the kernel keeps its sockets open. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  /** Lets it go on (SIGCONT). */
  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  /** Waits for its end. @returns its exit code; null where a signal has ended it */
  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'close');
    return this.#child.exitCode;
  }

  /** @returns its exit code; null where a signal has ended it */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGINT');
      await once(this.#child, 'exit');
    }
    return this.#child.exitCode;
  }

  /** Ends it as a power cut does: nothing is closed. */
  async kill(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
