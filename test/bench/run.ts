// Measures what the palette costs, against the machine's floor and against what users would have otherwise; see the README.
// `npm run bench -- --json file` writes all samples too, `--markdown file` the summary as the README has it; `--short` is for CI,
// and fails when a ratio is far from its goal.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { goals, judged, markdown, passes } from './goals';
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

async function main(): Promise<void> {
  const file = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { short: { type: 'boolean', default: false }, json: file, markdown: file },
  });
  await prepare();
  const begun = performance.now();
  console.log(`${machine()}\n`);
  const server = await LoadServer.start();
  const results = new Results();
  const around: Surroundings = { server, results, short: values.short };
  for (const section of values.short ? ALWAYS : [...ALWAYS, ...ONLY_WHOLE]) {
    console.log(printed(results, await section(around)));
  }
  await server.stop();
  const summary = goals(results).filter(({ measured }) => !values.short || !Number.isNaN(measured));
  for (const goal of summary) console.log(judged(goal));
  console.log(`\n${Math.round((performance.now() - begun) / 1000)} s`);
  if (values.markdown) writeFileSync(values.markdown, markdown(summary));
  if (values.json) {
    const rows = Object.fromEntries(results.rows.map((row) => [row, results.samples(row)]));
    writeFileSync(values.json, `${JSON.stringify({ machine: machine(), goals: summary, rows }, null, 1)}\n`);
  }
  if (values.short && !summary.every(passes)) process.exitCode = 1;
}

void main();
