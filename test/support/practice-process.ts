import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Bar } from '../../src/market/candle';
import type { PracticeMarketOptions } from '../../src/simulator/practice-market';

const childOf = (options: PracticeMarketOptions) => `
  const { PracticeMarket } = require('./src/simulator/practice-market');
  const market = new PracticeMarket(${JSON.stringify(options)});
  market.listen(0, { control: true }).then((found) => console.log(JSON.stringify(found)));
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

  static async start(options: PracticeMarketOptions = { seed: 3 }): Promise<PracticeProcess> {
    const args = ['--require', 'tsx/cjs', '--eval', childOf(options)];
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
    return this.#get(`candles?${query}`);
  }

  /** The true quote as it is now, by the names of the wire. */
  async quote(symbol: string): Promise<Record<string, unknown>> {
    return this.#get(`quote?${new URLSearchParams({ symbol })}`);
  }

  /** What is open at the moment. */
  async stats(): Promise<Record<'sockets' | 'series' | 'studies' | 'quotes' | 'connectionsEver', number>> {
    return this.#get('stats');
  }

  async #get<T>(path: string): Promise<T> {
    return (await (await fetch(`${this.controlUrl}/${path}`)).json()) as T;
  }

  async end(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}
