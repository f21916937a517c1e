// Measures what the palette costs, against the machine's floor and against what users would have otherwise; see the README.
// `npm run bench -- --json file` writes all samples too, `--markdown file` the summary as the README has it; `--short` is for CI,
// and fails when a ratio is much worse than it should be.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Goal, goals, judged, markdown, passes } from './goals';
import { machine } from './harness/machine';
import { prepare } from './harness/prepare';
import { printed } from './harness/print';
import { Results } from './harness/results';
import type { Section, Surroundings } from './harness/section';
import { LoadServer } from './harness/server';
import { clients } from './sections/clients';
import { history } from './sections/history';
import { latency } from './sections/latency';
import { memory } from './sections/memory';
import { nodeRed } from './sections/node-red';
import { size } from './sections/size';
import { startUp } from './sections/start-up';

type Measure = (around: Surroundings) => Promise<Section>;

const ALWAYS: readonly Measure[] = [clients, nodeRed, startUp, size];
const ONLY_WHOLE: readonly Measure[] = [latency, memory, history];

/** Runs all sections, and prints them as they end. */
async function measureAll(server: LoadServer, short: boolean): Promise<{ results: Results; summary: Goal[] }> {
  const results = new Results();
  for (const section of short ? ALWAYS : [...ALWAYS, ...ONLY_WHOLE]) {
    console.log(printed(results, await section({ server, results, short })));
  }
  const summary = goals(results).filter((goal) => goal.short || !short);
  for (const goal of summary) console.log(judged(goal));
  return { results, summary };
}

/** Whether nothing is worse than it should be. What seems so is measured once more, for machines are noisy. */
async function passesShort(server: LoadServer, summary: Goal[]): Promise<boolean> {
  const worse = summary.filter((goal) => !passes(goal)).map(({ what }) => what);
  if (worse.length === 0) return true;
  console.log(`\nMeasured once more, because these are worse than they should be: ${worse.join('; ')}.\n`);
  const again = (await measureAll(server, true)).summary.filter(({ what }) => worse.includes(what));
  const still = again.filter((goal) => !passes(goal));
  for (const goal of still) console.log(`\nMuch worse than it should be: ${judged(goal)}`);
  return still.length === 0;
}

async function main(): Promise<void> {
  const file = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { short: { type: 'boolean', default: false }, json: file, markdown: file },
  });
  await prepare();
  const begun = performance.now();
  console.log(`${machine()}\n`);
  const server = await LoadServer.start();
  const { results, summary } = await measureAll(server, values.short);
  if (values.short && !(await passesShort(server, summary))) process.exitCode = 1;
  await server.stop();
  console.log(`\n${Math.round((performance.now() - begun) / 1000)} s`);
  if (values.markdown) writeFileSync(values.markdown, markdown(summary));
  if (values.json) {
    const rows = Object.fromEntries(results.rows.map((row) => [row, results.samples(row)]));
    writeFileSync(values.json, `${JSON.stringify({ machine: machine(), goals: summary, rows }, null, 1)}\n`);
  }
}

void main();
