import assert from 'node:assert/strict';
import { LONG, Planner, SHORT } from '../campaign/plan';
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

  it('draws the same from the same seed', () => {
    assert.deepEqual(Planner.plan(SEED, LONG), Planner.plan(SEED, LONG));
    assert.notDeepEqual(Planner.plan(SEED, LONG).steps, Planner.plan(SEED + 1, LONG).steps);
  });

  it(`tells the truth, exactly once and in order, through the faults and deploys of seed ${SEED}`, async () => {
    const verdict = await round(stage, SEED, SHORT);
    assert.deepEqual(verdict.problems, [], tell(verdict));
    const { closed, backfilled, quotes } = verdict.told;
    assert.equal(await stage.left(), 0, 'what is open upstream without a flow');
    assert.ok(closed > 100 && backfilled > 0 && quotes > 100, JSON.stringify(verdict.told));
  });
});
