import { type Timeframe, timeframeLength } from '../../src/market/timeframe';
import type { Chronicle } from '../support/exactly-once/chronicle';
import { when } from '../support/exactly-once/ledger';
import type { PracticeProcess } from '../support/practice-process';
import type { Asked, Logbook } from './logbook';

/** How old the newest candle of an answer may be, beside what cannot be known to have closed, milliseconds. */
const LAG = 4_000;

/** What is wrong with the answers of `tv-history`. */
export async function brokenByHistory(
  logbook: Logbook,
  chronicle: Chronicle,
  market: PracticeProcess,
): Promise<string[]> {
  const problems: string[] = [];
  for (const asked of logbook.asked.values()) {
    const { answers, symbol, timeframe, id } = asked;
    const name = `${id}, asked for ${symbol} ${timeframe} ${JSON.stringify(asked.payload)} at ${when(asked.at)}`;
    const broken = answers.length === 1 ? await brokenAnswer(asked, chronicle, market) : [`${answers.length} answers`];
    // A request that a deploy has cut has no answer.
    if (answers.length > 0 || !logbook.isCut(asked)) problems.push(...broken.map((what) => `${name}: ${what}`));
  }
  return problems;
}

async function brokenAnswer(asked: Asked, chronicle: Chronicle, market: PracticeProcess): Promise<string[]> {
  const { symbol, payload, answers } = asked;
  const timeframe = asked.timeframe as Timeframe;
  const [answer] = answers;
  if (!answer || answer.msg.error) return [];
  const { at, msg } = answer;
  const length = timeframeLength(timeframe);
  const limited = chronicle.had('limitHistory', asked.at, at);
  if (msg.complete === false) return limited && msg.reason ? [] : [`it is not complete: ${msg.reason}`];
  const { count = 0, from, to } = payload;
  const begin = from ?? asked.at - (count + 700) * length;
  const truth = await market.candles(symbol, timeframe, begin, to ?? at);
  const over = truth.filter(({ time }) => time + length <= at);
  const told: { timestamp: number; close: number; volume: number | null; index: number }[] = msg.payload;
  const problems: string[] = [];
  const last = told.at(-1)?.timestamp ?? begin;
  if (from === undefined && told.length !== count && over.length >= count) problems.push(`${told.length} candles`);
  const expected = over.filter(({ time }) => time <= last).slice(from === undefined ? -count : 0);
  const amended = (time: number) => chronicle.amendmentsOf(symbol, timeframe, time).length > 0;
  const line = (time: number, close: unknown, volume: unknown) => (amended(time) ? '' : `${time} ${close} ${volume}`);
  const is = told.map((one) => line(one.timestamp, one.close, one.volume)).filter(Boolean);
  const ought = expected.map((one) => line(one.time, one.close, one.volume)).filter(Boolean);
  // One that was inserted afterwards moves where the newest so many begin.
  if (
    is.slice(10).join() !== ought.slice(-is.length).slice(10).join() ||
    (from !== undefined && is.join() !== ought.join())
  )
    problems.push(`${told.length} candles to ${when(last)} are not the truth`);
  if (told.some(({ index }, n) => index !== n)) problems.push('its indexes are wrong');
  if (last > at - length) problems.push(`${when(last)} had not closed at ${when(at)}`);
  const newest = over.findLast(({ time }) => time + length <= asked.at - LAG)?.time ?? last;
  if (last < newest) problems.push(`it ends at ${when(last)}; ${when(newest)} had closed`);
  return problems;
}
