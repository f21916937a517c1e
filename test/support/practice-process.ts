import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Bar } from '../../src/market/candle';

const CHILD = `
  const { PracticeMarket } = require('./src/simulator/practice-market');
  new PracticeMarket({ seed: 3 }).listen(0, { control: true }).then((found) => console.log(JSON.stringify(found)));
`;

/** A practice market in a process of its own, in real time. */
export class PracticeProcess {
  readonly url: string;
  readonly httpUrl: string;
  readonly controlUrl: string;
  readonly #child: ChildProcess;

  private constructor(
    child: ChildProcess,
    { url, httpUrl, controlUrl }: Record<'url' | 'httpUrl' | 'controlUrl', string>,
  ) {
    this.#child = child;
    this.url = url;
    this.httpUrl = httpUrl;
    this.controlUrl = controlUrl;
  }

  static async start(): Promise<PracticeProcess> {
    const args = ['--require', 'tsx/cjs', '--eval', CHILD];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(createInterface(child.stdout), 'line');
    return new PracticeProcess(child, JSON.parse(line));
  }

  /** Stops the process where it stands (SIGSTOP): no packet is sent, and none is read; the kernel keeps its sockets open. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  /** Lets it go on (SIGCONT). */
  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  /** Works one of its fault switches. */
  async fault(fault: string, ...args: unknown[]): Promise<void> {
    const response = await fetch(`${this.controlUrl}/faults`, {
      method: 'POST',
      body: JSON.stringify({ fault, args }),
    });
    if (!response.ok) throw new Error(await response.text());
  }

  /** The true candles that opened in `[from, to)`, from its control endpoint. */
  async candles(symbol: string, timeframe: string, from: number, to: number): Promise<Bar[]> {
    const query = new URLSearchParams({ symbol, timeframe, from: String(from), to: String(to) });
    return (await (await fetch(`${this.controlUrl}/candles?${query}`)).json()) as Bar[];
  }

  async end(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}
