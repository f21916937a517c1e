import assert from 'node:assert/strict';
import fc from 'fast-check';
import { anySchedule, type Schedule } from '../support/exactly-once/schedule';
import { tell } from '../support/exactly-once/story';
import { trial } from '../support/exactly-once/trial';

/** `SEEDS=5000 FIRST_SEED=1 npx mocha test/tradingview/exactly-once.property.test.ts` tries many more. */
const SEEDS = Number(process.env.SEEDS || 300);
const FIRST_SEED = Number(process.env.FIRST_SEED || 1);
/** Set to anything: a failure is told as it is, without a search for the shortest schedule that fails. */
const AT_ONCE = Boolean(process.env.FAIL_AT_ONCE);
/** How long such a search may take, milliseconds. */
const SEARCH = 120_000;

/** Tries the schedule of one seed, and where a promise is broken looks for a shorter one that breaks it too. */
async function attempt(seed: number, seen: Set<string>): Promise<void> {
  const property = fc.asyncProperty(fc.noBias(anySchedule), async (schedule: Schedule) => {
    const { problems, told } = await trial(schedule);
    for (const kind of told) seen.add(kind);
    assert.deepEqual(problems, []);
  });
  const run = await fc.check(property, { seed, numRuns: 1, endOnFailure: AT_ONCE, interruptAfterTimeLimit: SEARCH });
  const [schedule] = run.counterexample ?? [];
  if (!schedule) return;
  const { problems } = await trial(schedule);
  assert.fail(`seed ${seed}, shortened ${run.numShrinks} times:\n${tell(schedule)}\n\n${problems.join('\n')}`);
}

describe('client: any course of faults, updates and listeners', () => {
  it(`tells each closed candle exactly once, in order and as it was (${SEEDS} seeds from ${FIRST_SEED})`, async function () {
    this.timeout(0);
    const seen = new Set<string>();
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) await attempt(seed, seen);
    const kinds = ['backfilled', 'closed', 'correction', 'error', 'forming', 'gap', 'history', 'inserted'];
    if (SEEDS >= 100) assert.deepEqual([...seen].sort(), kinds);
  });
});
