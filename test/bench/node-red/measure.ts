import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeRedProcess } from '../../support/node-red-process';
import type { Report } from '../client/job';
import { judge, type Measured, nextRun } from '../harness/client';
import { CORES, canPin } from '../harness/pinning';
import { BUILT } from '../harness/places';
import type { LoadServer } from '../harness/server';
import { addressOf, type Expected, type Plan } from '../load/plan';
import { flowOf, type Way } from './flows';
import type { NodeRedJob } from './job';

const PATIENCE = 45_000;

const HTML = ['bench-count', 'bench-source']
  .map((type) => `<script type="text/javascript">RED.nodes.registerType('${type}', {});</script>`)
  .join('\n');

/** Puts the nodes of the bench where Node-RED finds them. */
export function addBenchNodes(userDir: string): void {
  mkdirSync(join(userDir, 'nodes'), { recursive: true });
  cpSync(join(BUILT, 'node-red/nodes/bench-nodes.js'), join(userDir, 'nodes/bench-nodes.js'));
  writeFileSync(join(userDir, 'nodes/bench-nodes.html'), HTML);
}

/** Runs one flow in a Node-RED of its own through one load. */
export async function measureFlow(
  server: LoadServer,
  userDir: string,
  way: Way,
  value: NodeRedJob['value'],
  given: Plan,
): Promise<Measured> {
  const run = nextRun();
  const plan: Plan = way === 'core' || way === 'function' ? { ...given, unasked: true } : given;
  const job: NodeRedJob = { run, pilot: server.pilots, plan, value, core: canPin ? CORES.client : null };
  const addresses = { url: addressOf(server.url(), run, plan), httpUrl: server.httpUrl };
  writeFileSync(join(userDir, 'flows.json'), JSON.stringify(flowOf(way, job, addresses)));
  const red = await NodeRedProcess.start(userDir, {}, undefined, { NODE_OPTIONS: '--expose-gc' });
  const timer = setTimeout(() => void red.kill(), PATIENCE);
  try {
    await red.until('BENCH REPORT', 0);
    // The line may come in pieces.
    while (!said<Report>(red, 'REPORT')) await red.until('\n', red.output.length);
    return judge(said<Report>(red, 'REPORT'), server, run, plan, said<Expected>(red, 'EXPECTED'));
  } catch (error) {
    console.error(String(error));
    return judge(null, server, run, plan);
  } finally {
    clearTimeout(timer);
    await red.stop();
  }
}

function said<T>(red: NodeRedProcess, what: string): T | null {
  const line = new RegExp(`^.*BENCH ${what} (.*)\n`, 'm').exec(red.output)?.[1];
  return line ? JSON.parse(line) : null;
}
