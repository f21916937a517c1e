import { setTimeout as pass } from 'node:timers/promises';
import { Chronicle } from '../support/exactly-once/chronicle';
import { Deeds } from './deeds';
import { judge } from './judge';
import { Logbook } from './logbook';
import { type Plan, Planner, type Size } from './plan';
import { QuoteJudge } from './quote-judge';
import { Sheet } from './sheet';
import type { Stage } from './stage';

/** After all is well again: until it is clear who has been forgotten. */
const SETTLING = 9_000;
/** Longer than any time-out, and than what passes until a client may ask again for what has fallen silent. */
const PATIENCE = 420_000;
/** Within a second, in which a quote stands. */
const LOOK_EVERY = 400;
/** What no log may say, whatever happens. */
const DISGRACE = /failed and was contained|could not be handled|listener failed|uncaught|MaxListeners|Close timed out/i;

export interface Verdict {
  plan: Plan;
  /** What was broken, in words. */
  problems: string[];
  /** What was done, and when. */
  story: string[];
  told: { messages: number; closed: number; backfilled: number; corrections: number; gaps: number; quotes: number };
  /** How long it took until all was told after the last trouble, milliseconds. */
  recovery: number;
}

/** Plays what a seed says, lets everything recover, and judges. */
export async function round(stage: Stage, seed: number, size: Size): Promise<Verdict> {
  const plan = Planner.plan(seed, size);
  const chronicle = new Chronicle();
  const sheet = new Sheet(stage, plan.nodes);
  const logbook = new Logbook((deploy) => sheet.settings(deploy));
  const deeds = new Deeds(stage, sheet, chronicle);
  const begun = Date.now();
  const story: string[] = [];
  const log = stage.red.output.length;
  const write = (from: number, what: string) => {
    const seconds = ((from - begun) / 1000).toFixed(1).padStart(6);
    if (what !== '') story.push(`${new Date(from).toISOString().slice(11, 23)} ${seconds} s  ${what}`);
  };
  await sheet.deploy('full');
  for (const { wait, deed } of plan.steps) {
    await pass(wait);
    const from = Date.now();
    write(from, await deeds.perform(deed));
  }
  await deeds.clear();
  const cleared = Date.now();
  write(cleared, 'then all is cleared');
  const quotes = new QuoteJudge(stage.market, () => logbook.followers);
  let problems: string[] = [];
  do {
    await pass(LOOK_EVERY);
    for (const line of stage.sink.messages.splice(0)) logbook.take(line);
    // Before all that takes long: a quote stands for a second or two.
    problems = await quotes.missing(cleared);
    if (Date.now() < cleared + SETTLING) continue;
    problems.push(...(await judge({ logbook, chronicle, market: stage.market, quotes, cleared })));
  } while (Date.now() < cleared + SETTLING || (problems.length > 0 && Date.now() < cleared + PATIENCE));
  const disgrace = stage.red.output
    .slice(log)
    .split('\n')
    .filter((text) => DISGRACE.test(text));
  const recovery = Date.now() - cleared;
  return { plan, problems: [...problems, ...disgrace], story, told: count(logbook), recovery };
}

function count({ followers, count: messages }: Logbook): Verdict['told'] {
  const all = followers.flatMap((one) => one.messages.map(({ msg }) => msg));
  const of = (event: string) => all.filter((msg) => msg.event === event);
  return {
    messages,
    closed: of('closed').length,
    backfilled: of('closed').filter(({ backfilled }) => backfilled).length,
    corrections: of('correction').length,
    gaps: of('gap').length,
    quotes: of('quote').length,
  };
}

/** All that somebody needs who has to mend it. */
export function tell({ plan, problems, story }: Verdict): string {
  const nodes = plan.nodes.map(({ x: _x, y: _y, wires: _wires, ...node }) => JSON.stringify(node));
  return [`seed ${plan.seed}`, ...nodes, ...story, '', ...problems.slice(0, 30)].join('\n');
}
