// Plays rounds of the fault campaign, each with a seed of its own, counted up, until the minutes are over: one at the least.
// `npm run campaign -- --minutes 30 --seed 1`; `--minutes 0` plays the one round of a seed again.
import { parseArgs } from 'node:util';
import { LONG } from './plan';
import { round, tell } from './round';
import { Stage } from './stage';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
  const minutes = Number(values.minutes ?? 5);
  const first = Number(values.seed ?? 1);
  const end = Date.now() + minutes * 60_000;
  const stage = await Stage.open(first);
  try {
    let seed = first;
    do {
      const verdict = await round(stage, seed, LONG);
      const { problems, told, recovery } = verdict;
      const figures = Object.entries(told).map(([what, count]) => `${count} ${what}`);
      console.log(`seed ${seed}: ${figures.join(', ')}; all well after ${(recovery / 1000).toFixed(0)} s`);
      if (problems.length > 0) {
        console.error(tell(verdict));
        process.exitCode = 1;
      }
      seed++;
    } while (Date.now() < end);
    const left = await stage.left();
    if (left > 0) throw new Error(`${left} sockets, series, studies and quotes are left without a flow`);
  } finally {
    await stage.close();
  }
}

void main();
