import { timeframeLength } from '../../../src/market/timeframe';
import { isOpen } from './hours';
import { Ledger } from './ledger';
import { brokenPromises } from './promises';
import type { Recorder, Told } from './recorder';
import { Rehearsal } from './rehearsal';
import type { Schedule } from './schedule';
import { startOf } from './start';
import { Truth } from './truth';

const SECOND = 1_000;
const LOOK_EVERY = 30 * SECOND;
/** Twice what passes before a client may ask again for what is overdue, and the longest candle. */
const PATIENCE = 960 * SECOND;
/** How long a client waits that was told of too many connections. */
const LONGEST_PAUSE = 16 * 60 * SECOND;
/** Longer than two updates of the slowest symbol. */
const ALIVE = 12 * SECOND;

export interface Verdict {
  /** What was broken, in words. */
  problems: string[];
  /** The kinds of what was told. */
  told: Set<string>;
}

/** Plays a schedule to its end, lets the client recover, and judges. */
export async function trial(schedule: Schedule): Promise<Verdict> {
  const rehearsal = new Rehearsal(schedule);
  await rehearsal.play();
  const broken = await recover(rehearsal, schedule);
  const problems = broken.length > 0 ? broken : await end(rehearsal);
  return { problems, told: new Set(rehearsal.recorders.flatMap(({ told }) => told.map(({ event }) => kindOf(event)))) };
}

function kindOf(event: Told): string {
  if (event.event === 'closed' && event.backfilled) return 'backfilled';
  if (event.event === 'correction' && event.candle.index === null) return 'inserted';
  return event.event;
}

/** Waits until all is told that is owed; in vain, it says what is not. */
async function recover(rehearsal: Rehearsal, schedule: Schedule): Promise<string[]> {
  await rehearsal.clear();
  const { client } = rehearsal.practice;
  for (let waited = 0; client.status.state === 'waiting' && waited < LONGEST_PAUSE; waited += LOOK_EVERY) {
    await rehearsal.pass(LOOK_EVERY);
  }
  let problems: string[] = [];
  for (const asleep of [true, false]) {
    for (let waited = 0; waited < PATIENCE; waited += LOOK_EVERY) {
      await rehearsal.pass(LOOK_EVERY);
      problems = judge(rehearsal, schedule);
      if (problems.length === 0) return [];
    }
    // What a market owed when it closed can be told only when it opens again.
    const closed = rehearsal.listening.find(({ symbol }) => !isOpen(symbol, rehearsal.now));
    if (!asleep || !closed) break;
    for (const one of rehearsal.listening) if (isOpen(one.symbol, rehearsal.now)) one.leave();
    await rehearsal.sleep(closed.symbol);
  }
  return problems;
}

function judge(rehearsal: Rehearsal, { grace }: Schedule): string[] {
  const { recorders, chronicle, practice, now } = rehearsal;
  const broken = recorders.flatMap((recorder, n) => {
    const ledger = new Ledger(recorder);
    const { symbol, timeframe } = recorder;
    const from = Math.min(startOf({ recorder, ledger }) ?? now, recorder.joined) - 620 * timeframeLength(timeframe);
    const truth = new Truth(practice.market, symbol, timeframe, from, now);
    const problems = brokenPromises({ recorder, ledger, truth, chronicle, grace: grace * SECOND, now });
    return [...problems, ...silence(recorder, now)].map((what) => `listener ${n} (${symbol} ${timeframe}): ${what}`);
  });
  return [
    ...broken,
    ...practice.logs.filter((text) => /failed and was contained|could not be handled|listener failed/.test(text)),
  ];
}

/** Whoever listens to an open market hears of it all the time. */
function silence({ symbol, told, state, left }: Recorder, now: number): string[] {
  if (left !== null || !isOpen(symbol, now) || !isOpen(symbol, now - ALIVE)) return [];
  const last = told.findLast(({ event }) => event.event === 'forming' || event.event === 'closed');
  return last && last.at >= now - ALIVE ? [] : [`nothing is told any more; the state is ${state}`];
}

/** When the client is closed, nothing is left behind. */
async function end({ practice, recorders, chronicle }: Rehearsal): Promise<string[]> {
  const { client, market, clock } = practice;
  const problems: string[] = [];
  const { channels } = client.stats();
  const { series } = market.stats();
  const deaf = chronicle.troubles.some(({ what }) => what === 'freeze' || what === 'expireToken');
  // Who is deaf does not hear that a session is to be deleted.
  if (series > channels && !deaf) problems.push(`${series} series are alive upstream, for ${channels} channels`);
  await client.close();
  if (clock.pending > 0) problems.push(`${clock.pending} timers are pending after close`);
  if (market.stats().sockets > 0) problems.push(`${market.stats().sockets} sockets are open after close`);
  const told = recorders.map((recorder) => recorder.told.length);
  clock.advance(100 * SECOND);
  if (recorders.some((recorder, n) => recorder.told.length !== told[n]))
    problems.push('something was told after close');
  const { subscriptions } = client.stats();
  if (subscriptions > 0) problems.push(`${subscriptions} subscriptions are left after close`);
  return problems;
}
