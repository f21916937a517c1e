import assert from 'node:assert/strict';
import { SHORT } from '../campaign/plan';
import { round, tell } from '../campaign/round';
import { Stage } from '../campaign/stage';

/** `npm run campaign -- --minutes 30 --seed 1` plays longer rounds, and many. */
const SEED = 20;

describe('the fault campaign, in a real Node-RED', function () {
  this.timeout(600_000);
  let stage: Stage;

  before(async () => {
    stage = await Stage.open(SEED);
  });

  after(() => stage?.close());

  it(`tells the truth, exactly once and in order, through the faults and deploys of seed ${SEED}`, async () => {
    const verdict = await round(stage, SEED, SHORT);
    assert.deepEqual(verdict.problems, [], tell(verdict));
    const { closed, backfilled, quotes } = verdict.told;
    assert.ok(closed > 100 && backfilled > 0 && quotes > 100, JSON.stringify(verdict.told));
  });
});
