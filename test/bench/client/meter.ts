import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Plan, WINDOW } from '../load/plan';
import { stampNow } from '../load/rate';
import type { Job, Report } from './job';

/** Nothing more comes of the opening when nothing has come for so long, milliseconds. Were it wrong, the sum would be too. */
const QUIET = 150;

/** Counts the events of a load, sums their values, and measures what the process spends on the windows that count. */
export class Meter {
  /** Set by who has one to tell. */
  sums: Report['sums'] = 'whole';
  conflated: () => number = () => 0;
  readonly #plan: Plan;
  readonly #job: Pick<Job, 'run' | 'pilot'>;
  readonly #eventsPerWindow: number;
  readonly #done: (report: Report) => void;
  #pilot: Socket | null = null;
  #count = 0;
  #next = Number.POSITIVE_INFINITY;
  #sum = 0;
  #windows = 0;
  #cpu: NodeJS.CpuUsage | undefined;
  #begun = 0;
  #before = { rss: 0, held: 0 };
  #sockets = 0;
  #conflatedBefore = 0;
  #latencies: Float64Array | null = null;

  /** @param counting `packets`: all, wanted or not */
  constructor(
    job: Pick<Job, 'run' | 'pilot' | 'plan'>,
    counting: 'events' | 'packets',
    done: (report: Report) => void,
  ) {
    this.#job = job;
    this.#plan = job.plan;
    const few = counting === 'events' && job.plan.traffic.startsWith('unknown');
    this.#eventsPerWindow = few ? 1 : WINDOW;
    this.#done = done;
  }

  /** Something has come. @param count how much at once */
  event(value: number, count = 1): void {
    this.#sum += value;
    this.#count += count;
    if (this.#count >= this.#next) this.#windowEnds();
  }

  /** Of an event of a stamped load. */
  late(stamp: number): void {
    if (this.#latencies && this.#cpu) this.#latencies[this.#count] = stampNow() - stamp;
  }

  /** All has been opened: the load may come. @param port of who sends it, where it is not that of the job */
  async ready(port = this.#job.pilot): Promise<void> {
    for (let before = -1; before !== this.#count; ) {
      before = this.#count;
      await sleep(QUIET);
    }
    this.#before = await holdings();
    this.#sockets = process.getActiveResourcesInfo().filter((name) => /^(TCP|TLS).*Wrap$/.test(name)).length;
    this.#conflatedBefore = this.conflated();
    if (this.#plan.rate) this.#latencies = new Float64Array(this.#plan.windows * WINDOW);
    this.#pilot = connect(port, '127.0.0.1');
    this.#pilot.setNoDelay(true);
    this.#begin();
    setInterval(() => this.#lookForConflated(), 500).unref();
    this.#pilot.write(`${this.#job.run}\n`);
  }

  #begin(): void {
    this.#count = 0;
    this.#sum = 0;
    this.#next = this.#eventsPerWindow;
  }

  #windowEnds(): void {
    const { warmUp, windows } = this.#plan;
    this.#windows++;
    this.#next += this.#eventsPerWindow;
    this.#pilot?.write('\n');
    if (this.#windows === warmUp) {
      this.#begin();
      this.#begun = performance.now();
      this.#cpu = process.cpuUsage();
    } else if (this.#windows === warmUp + windows) {
      const { user, system } = process.cpuUsage(this.#cpu);
      this.#next = Number.POSITIVE_INFINITY;
      void this.#report(user + system, performance.now() - this.#begun, this.#count, this.#sum);
    }
  }

  /** What has been left out never comes, and with it the end. */
  #lookForConflated(): void {
    if (this.conflated() === this.#conflatedBefore || this.#next === Number.POSITIVE_INFINITY) return;
    this.#next = Number.POSITIVE_INFINITY;
    void this.#report(0, 0, this.#count, this.#sum);
  }

  async #report(cpuMicros: number, wallMs: number, events: number, sum: number): Promise<void> {
    // What comes too often comes now.
    await sleep(QUIET);
    const after = await holdings();
    this.#pilot?.destroy();
    this.#done({
      pid: process.pid,
      sums: this.sums,
      events: this.#count === events ? events : this.#count,
      sum,
      cpuMicros,
      wallMs,
      conflated: this.conflated() - this.#conflatedBefore,
      ...(this.#latencies && { latencies: percentiles(this.#latencies.subarray(0, events)) }),
      ...this.#before,
      sockets: this.#sockets,
      rssAfter: after.rss,
      heldAfter: after.held,
    });
  }
}

async function holdings(): Promise<{ rss: number; held: number }> {
  for (let n = 0; n < 3; n++) {
    globalThis.gc?.();
    await sleep(20);
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, held: heapUsed + external };
}

function percentiles(latencies: Float64Array): { p50: number; p99: number; p999: number } {
  const sorted = latencies.sort();
  const at = (part: number) => sorted[Math.floor(part * (sorted.length - 1))] as number;
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999) };
}
