import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CERTIFICATE } from '../../support/certificate';
import type { Job, Report, Variant } from '../client/job';
import { addressOf, type Expected, type Plan, WINDOW } from '../load/plan';
import { pinned } from './pinning';
import { BUILT, LIBRARY, RIVAL } from './places';
import type { Announced, LoadServer } from './server';

/** One measurement; `void` says why it counts for nothing. */
export interface Measured {
  report: Report | null;
  void: string | null;
  /** Bytes of a packet on average. */
  bytes: number;
  microsPerPacket: number;
}

const PATIENCE = 45_000;

let runs = 0;

export function nextRun(): string {
  return `run-${++runs}`;
}

/** Runs one client through one load. */
export async function measure(
  server: LoadServer,
  variant: Variant,
  plan: Plan,
  over: 'plain' | 'tls' = 'plain',
): Promise<Measured> {
  const run = nextRun();
  const job: Job = {
    variant,
    run,
    url: addressOf(server.url(over), run, plan),
    httpUrl: server.httpUrl,
    pilot: server.pilots,
    plan,
    library: LIBRARY,
    rival: RIVAL,
  };
  const patience = PATIENCE + ((plan.warmUp + plan.windows) * WINDOW) / (plan.rate ? plan.rate / 1000 : 50);
  const command = [process.execPath, '--expose-gc', join(BUILT, 'client/main.js'), JSON.stringify(job)];
  const report = await lastWord<Report>(
    command,
    patience,
    over === 'tls' ? { NODE_EXTRA_CA_CERTS: certificateFile() } : {},
  );
  return judge(report, server, run, plan);
}

/** Holds a report against what the server has sent. @param own what was sent without the server */
export function judge(
  report: Report | null,
  server: LoadServer,
  run: string,
  plan: Plan,
  own: Expected | null = null,
): Measured {
  const expected = server.takeExpected(run) ?? own;
  const packets = plan.windows * WINDOW;
  const measured = {
    report,
    bytes: (expected as Partial<Announced> | null)?.bytes ?? 0,
    microsPerPacket: (report?.cpuMicros ?? Number.NaN) / packets,
  };
  return { ...measured, void: fault() };

  function fault(): string | null {
    if (!report) return 'it did not come to the end';
    if (!expected) return 'no load was sent';
    if (report.conflated > 0) return `${report.conflated} updates were conflated`;
    const events = report.sums === 'none' ? packets : expected.events;
    if (report.events !== events) return `${report.events} events in place of ${events}`;
    if (report.sums === 'none' || report.sum === expected[report.sums]) return null;
    return `its values sum up to ${report.sum} in place of ${expected[report.sums]}`;
  }
}

/** What a process on the client's core has written as JSON; null when it failed, or took too long. */
export async function lastWord<T>(
  command: string[],
  patience = PATIENCE,
  env: Record<string, string> = {},
): Promise<T | null> {
  const [program, args] = pinned('client', command);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  clearTimeout(timer);
  return code === 0 && output ? JSON.parse(output) : null;
}

let certificate = '';

function certificateFile(): string {
  if (certificate) return certificate;
  certificate = join(mkdtempSync(join(tmpdir(), 'livetick-bench-')), 'certificate.pem');
  writeFileSync(certificate, CERTIFICATE);
  return certificate;
}
