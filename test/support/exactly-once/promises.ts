import { LATE_LIMIT } from '../../../src/market/delivery';
import { intervalEnd } from '../../../src/market/timeframe';
import type { Chronicle } from './chronicle';
import { instrumentOf } from './hours';
import { type Delivered, type Ledger, sameValues, type ToldGap, when } from './ledger';
import type { Listener } from './recorder';
import { startOf } from './start';
import type { Truth } from './truth';
import { Visibility } from './visibility';

const SECOND = 1_000;
/** The clock waits for a sign of life, and in a closed market only heartbeats are one. */
const NEXT_SIGN = 6 * SECOND;
/** Longer than any grace: how far from the edges of an outage it is clear what closed within. */
const EDGE = 10 * SECOND;

export interface Case {
  recorder: Listener;
  ledger: Ledger;
  truth: Truth;
  chronicle: Chronicle;
  /** Milliseconds. */
  grace: number;
  now: number;
}

/** What of the contract was broken towards one listener, in words. */
export function brokenPromises(one: Case): string[] {
  const visibility = new Visibility(one);
  return [
    ...one.ledger.problems,
    ...history(one),
    ...order(one, visibility),
    ...values(one, visibility),
    ...moments(one),
    ...completeness(one, visibility),
  ];
}

/** Exactly as many as were wanted, or all that there were; up to the newest, or to the one had in an earlier life. */
function history({ recorder, ledger, truth, chronicle, now }: Case): string[] {
  const { history: wanted, after } = recorder.wanted;
  const at = ledger.historyAt;
  if (wanted === 0) return [];
  if (at === null) return recorder.left === null && now > recorder.joined ? ['history was not told'] : [];
  const given = ledger.delivered.filter(({ inHistory }) => inHistory);
  const marketTime = at - truth.delay;
  const loaded = truth.between(Number.NEGATIVE_INFINITY, marketTime + 1).slice(-chronicle.limitAround(at));
  const had = loaded.filter((time) => time <= (after ?? Number.POSITIVE_INFINITY) && truth.isOver(time, at));
  const problems: string[] = [];
  if (given.length < Math.min(wanted, had.length - 1) || given.length > wanted) {
    problems.push(`history has ${given.length} candles in place of ${wanted}; there were ${had.length}`);
  }
  const last = given.at(-1);
  if (last && after !== undefined && last.time > after)
    problems.push('history does not end where the earlier life did');
  return problems;
}

/** None left out, but in told gaps; gaps only where they must be, with the right edges. */
function order(one: Case, visibility: Visibility): string[] {
  const { ledger, truth, recorder } = one;
  const problems: string[] = [];
  let before = startOf(one);
  for (const [place, { time, inHistory }] of ledger.delivered.entries()) {
    const gaps = ledger.gaps.filter((gap) => gap.place === place);
    if (before !== null) {
      const told = (other: number) => ledger.inserted.has(other) || gaps.some((gap) => covers(gap, other));
      const missing = truth.between(before + 1, time).filter((other) => !told(other));
      for (const lost of missing) {
        if (!visibility.excuses(lost, place)) problems.push(`${when(lost)} was left out before ${when(time)}`);
      }
    }
    if (gaps.length > 0) {
      const since = place > 0 ? ledger.delivered[place - 1] : undefined;
      problems.push(...edges(one, gaps, since?.time ?? recorder.wanted.after ?? null, time));
      if (inHistory) problems.push('a gap within history');
    }
    before = time;
  }
  return problems;
}

function covers({ from, to }: ToldGap, time: number): boolean {
  return time >= from && time < to;
}

function edges({ truth, chronicle }: Case, gaps: ToldGap[], last: number | null, next: number): string[] {
  const problems: string[] = [];
  let from: number | undefined;
  for (const gap of gaps) {
    const says = `the gap from ${when(gap.from)} to ${when(gap.to)}`;
    if (from !== undefined) {
      if (gap.from !== from) problems.push(`${says} does not begin where the one before ended`);
    } else if (last !== null && ![truth.closeTime(last), intervalEnd(truth.timeframe, last)].includes(gap.from)) {
      problems.push(`${says} does not begin at the close of ${when(last)}`);
    }
    from = gap.to;
    const shown = gap.at - truth.delay + 1;
    const available = Math.min(chronicle.limitAround(gap.at), LATE_LIMIT);
    const least = last ?? gap.from;
    if (truth.between(least, shown).length <= available) problems.push(`${says} is none: upstream had it all`);
    if (truth.between(gap.to, shown).length < available) problems.push(`${says} is too long: upstream had more`);
  }
  if (from !== next) problems.push(`the gap before ${when(next)} ends at ${when(from ?? 0)}`);
  return problems;
}

/** Once all is over, what was told last of each candle is the truth, so far as upstream has said it. */
function values({ ledger, truth, chronicle }: Case, visibility: Visibility): string[] {
  const problems: string[] = [];
  for (const [place, { time, candle }] of ledger.delivered.entries()) {
    const bar = truth.at(time);
    if (!bar) problems.push(`${when(time)} was never traded`);
    else if (!sameValues(candle, bar) && !visibility.excusesValues(time, place)) {
      const says = `${when(time)} closed at ${bar.close} (volume ${bar.volume})`;
      problems.push(`${says}, not ${candle.close} (${candle.volume})`);
    }
  }
  for (const [time, candle] of ledger.inserted) {
    const bar = truth.at(time);
    const made = chronicle.amendmentsOf(truth.symbol, truth.timeframe, time).some(({ before }) => before === null);
    if (!bar || !made) problems.push(`${when(time)} was told as inserted, and was not`);
    else if (!sameValues(candle, bar) && !visibility.excusesValues(time, placeOf(ledger.delivered, time))) {
      problems.push(`the inserted ${when(time)} closed at ${bar.close}, not ${candle.close}`);
    }
  }
  return problems;
}

/** Nothing is told before it is over; late candles are marked as such, and only those. */
function moments({ ledger, truth, recorder, chronicle, grace }: Case): string[] {
  const problems: string[] = [];
  const { symbol } = truth;
  const period = instrumentOf(symbol).updatePeriod * SECOND;
  const lag = Math.max(grace, period + SECOND) + NEXT_SIGN;
  const started = ledger.historyAt ?? recorder.told[0]?.at;
  for (const { time, at, backfilled, inHistory } of ledger.delivered) {
    if (!truth.isOver(time, at)) problems.push(`${when(time)} was told as closed at ${when(at)}, too early`);
    if (inHistory || chronicle.amendmentsOf(symbol, truth.timeframe, time).length > 0) continue;
    const next = truth.next(time);
    const closed = (truth.closeTimeKnown ? truth.closeTime(time) : (next?.time ?? 0)) + truth.delay;
    const calm = !chronicle.troubled(symbol, time + truth.delay, at);
    const resumed = recorder.wanted.after !== undefined && at === started;
    if (backfilled && calm && !resumed) problems.push(`${when(time)} was told as backfilled without an outage`);
    if (calm && !resumed && at > closed + lag) problems.push(`${when(time)} was told late, at ${when(at)}`);
    const down = chronicle.outages.some(({ from, to }) => from + EDGE < closed && closed + EDGE < to);
    if (down && !backfilled && (started ?? at) < closed)
      problems.push(`${when(time)} closed in an outage, but is not backfilled`);
  }
  return problems;
}

/** All that has closed by now was told. */
function completeness(one: Case, visibility: Visibility): string[] {
  const { recorder, ledger, truth, grace, now } = one;
  if (recorder.left !== null) return [];
  const last = ledger.delivered.at(-1)?.time ?? startOf(one);
  if (last === null) return [];
  const lag = Math.max(grace, (instrumentOf(truth.symbol).updatePeriod + 1) * SECOND) + NEXT_SIGN;
  return truth
    .between(last + 1, now)
    .filter((time) => truth.isOver(time, now - lag) && !ledger.gaps.some((gap) => covers(gap, time)))
    .filter((time) => !visibility.excuses(time, ledger.delivered.length))
    .map((time) => `${when(time)} has closed, and was not told`);
}

function placeOf(delivered: readonly Delivered[], time: number): number {
  const place = delivered.findIndex((other) => other.time > time);
  return place === -1 ? delivered.length : place;
}
