import type { Bar } from '../../src/market/candle';
import { type Timeframe, timeframeLength } from '../../src/market/timeframe';
import type { Chronicle } from '../support/exactly-once/chronicle';
import { Ledger, when } from '../support/exactly-once/ledger';
import { brokenPromises } from '../support/exactly-once/promises';
import { startOf } from '../support/exactly-once/start';
import { Truth, type Witness } from '../support/exactly-once/truth';
import { IndicatorTruth } from '../support/indicator-truth';
import type { PracticeProcess } from '../support/practice-process';
import type { Follower } from './follower';
import { brokenByHistory } from './history-judge';
import { brokenByIndicator } from './indicator-judge';
import type { Logbook } from './logbook';
import type { QuoteJudge } from './quote-judge';

/** Before the first candle in question: as many as any history has, and as any indicator needs. */
const BEFORE = 1_000;
/** Whoever listens to an open market hears of it all the time, but for the pauses of a thin one. */
const ALIVE = 12_000;

/** The most that a connection of the campaign is given. */
const GRACE = 2_000;

/** What was promised, held against the truth. */
export interface Evidence {
  logbook: Logbook;
  chronicle: Chronicle;
  market: PracticeProcess;
  quotes: QuoteJudge;
  /** When all was well again. */
  cleared: number;
}

/** What is wrong at the moment, in words, but for the newest quotes: some of it may only be late. */
export async function judge({ logbook, chronicle, market, quotes, cleared }: Evidence): Promise<string[]> {
  const now = Date.now();
  const problems = [...logbook.problems, ...quotes.problems];
  const series = logbook.followers.filter(({ timeframe }) => timeframe !== undefined);
  const witness = await Snapshot.take(market, series, now);
  for (const follower of series) {
    const broken =
      follower.settings.type === 'tv-indicator'
        ? brokenByIndicator(
            follower,
            new IndicatorTruth(witness, follower.symbol, follower.timeframe, lengthOf(follower)),
            now,
          )
        : brokenByCandles(follower, witness, chronicle, now);
    problems.push(...[...broken, ...silence(follower, now, cleared)].map((what) => `${follower.name}: ${what}`));
  }
  problems.push(...(await brokenByHistory(logbook, chronicle, market)));
  return problems;
}

function brokenByCandles(recorder: Follower, witness: Witness, chronicle: Chronicle, now: number): string[] {
  const ledger = new Ledger(recorder);
  const { symbol, timeframe } = recorder;
  const from = Math.min(startOf({ recorder, ledger }) ?? now, recorder.joined) - 620 * lengthOf(recorder);
  const truth = new Truth(witness, symbol, timeframe, from, now);
  return brokenPromises({ recorder, ledger, truth, chronicle, grace: GRACE, now });
}

function silence({ left, messages }: Follower, now: number, cleared: number): string[] {
  if (left !== null) return [];
  const last = messages.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  if (last < cleared) return ['nothing is told any more, though all is well again'];
  return last < now - ALIVE ? [`nothing is told since ${when(last)}`] : [];
}

function lengthOf({ timeframe }: Pick<Follower, 'timeframe'>): number {
  return timeframeLength(timeframe);
}

/** The true candles of all series in question, as they are at one time. Their markets never close. */
class Snapshot implements Witness {
  readonly #bars = new Map<string, Bar[]>();

  static async take(market: PracticeProcess, followers: readonly Follower[], now: number): Promise<Snapshot> {
    const snapshot = new Snapshot();
    const earliest = new Map<string, number>();
    for (const { symbol, timeframe, joined, messages } of followers) {
      const first = messages[0]?.msg.event === 'history' ? messages[0].msg.payload[0]?.timestamp : undefined;
      const from = Math.min(first ?? joined, joined) - BEFORE * timeframeLength(timeframe);
      const key = `${symbol} ${timeframe}`;
      earliest.set(key, Math.min(from, earliest.get(key) ?? from));
    }
    for (const [key, from] of earliest) {
      const [symbol = '', timeframe = ''] = key.split(' ');
      snapshot.#bars.set(key, await market.candles(symbol, timeframe, from, now + 1));
    }
    return snapshot;
  }

  candles(symbol: string, timeframe: Timeframe, from: number, to: number): Bar[] {
    return (this.#bars.get(`${symbol} ${timeframe}`) ?? []).filter(({ time }) => time >= from && time < to);
  }

  closeTime(_symbol: string, timeframe: Timeframe, openTime: number): number {
    return openTime + timeframeLength(timeframe);
  }
}
