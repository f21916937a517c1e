import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { WatchArticlesOptions } from '../../src/news/article-service';
import { NewsStage, type Told } from '../support/news-stage';
import type { Shown } from '../support/news-transport';

/** `SEEDS=500 FIRST_SEED=1 npx mocha test/news/exactly-once.property.test.ts` tries many more. */
const SEEDS = Number(process.env.SEEDS || 8);
const FIRST_SEED = Number(process.env.FIRST_SEED || 1);
/** In each run. */
const TROUBLES = 200;

/** What goes wrong, and what goes on, between two stretches of time. */
const DEEDS = {
  nothing: () => {},
  drop: (stage) => stage.news.faults.drop(),
  end: (stage) => stage.news.faults.end(),
  tear: (stage) => {
    stage.transport.tears = 1;
  },
  full: (stage) => {
    stage.news.faults.full(30, 2);
    stage.news.faults.drop();
  },
  refuse: (stage) => {
    stage.news.faults.refuse();
    stage.news.faults.drop();
  },
  freeze: (stage) => stage.news.faults.freeze(),
  failPolls: (stage) => stage.news.faults.failPolls(2),
  malform: (stage) => stage.news.faults.malform(1),
  empty: (stage) => stage.news.faults.empty(),
  publish: (stage) => {
    for (let count = 0; count < 7; count++) stage.news.faults.publish({ breaking: count === 3 });
  },
  reconnect: (stage) => stage.client.reconnect(),
} satisfies Record<string, (stage: NewsStage) => unknown>;

type Deed = keyof typeof DEEDS | 'restart';

interface Step {
  deed: Deed;
  seconds: number;
  /** Characters; what is sent comes in pieces of so many at the most. */
  pieces: number;
}

const aStep: fc.Arbitrary<Step> = fc.record({
  deed: fc.constantFrom<Deed>(...(Object.keys(DEEDS) as (keyof typeof DEEDS)[]), 'restart'),
  seconds: fc.integer({ min: 0, max: 200 }),
  pieces: fc.integer({ min: 1, max: 5_000 }),
});

interface Wish {
  options: WatchArticlesOptions;
  path: string;
  wants(shown: Shown): boolean;
}

const WISHES: readonly Wish[] = [
  { options: {}, path: '/api/sse', wants: () => true },
  { options: { breakingOnly: true }, path: '/api/sse', wants: ({ event }) => event === 'breaking' },
  {
    options: { sources: ['defiant', 'coindesk'] },
    path: '/api/sse',
    wants: ({ article }) => ['defiant', 'coindesk'].includes(article.sourceKey),
  },
  {
    options: { sources: ['decrypt'], keywords: ['bitcoin'] },
    path: '/api/sse?sources=decrypt',
    wants: ({ article }) => article.sourceKey === 'decrypt' && /bitcoin/i.test(article.title + article.description),
  },
  {
    options: { categories: ['bitcoin'] },
    path: '/api/sse?categories=bitcoin',
    wants: ({ article }) => article.category === 'bitcoin',
  },
];

/** @returns what is not as it was promised */
async function trial(steps: readonly Step[]): Promise<string[]> {
  const stage = new NewsStage();
  /** Each wish with what its watchers were told, one after the other. */
  const lives: Told[][] = WISHES.map(({ options }) => [stage.watch(options)]);
  for (const { deed, seconds, pieces } of steps) {
    stage.transport.split = (text) => text.match(new RegExp(`[^]{1,${pieces}}`, 'g')) ?? [];
    if (deed !== 'restart') await DEEDS[deed](stage);
    else {
      for (const [index, life] of lives.entries()) {
        const last = life.at(-1) as Told;
        const delivered = last.subscription.delivered(500);
        last.subscription.close();
        life.push(stage.watch({ ...WISHES[index]?.options, delivered }));
      }
    }
    await stage.pass(seconds);
    for (const fault of ['refuse', 'freeze', 'empty'] as const) await stage.news.faults.clear(fault);
  }
  await stage.news.faults.clear();
  await stage.pass(300);
  // It may just be between two streams.
  for (let seconds = 0; seconds < 5 && stage.client.status.state !== 'live'; seconds++) await stage.pass(1);
  const problems = WISHES.flatMap(({ options, path, wants }, index) => {
    const told = (lives[index] as Told[]).flatMap(({ articles }) => articles.map(({ link }) => link));
    const shown = new Set(
      stage.transport.shown.filter((one) => one.path === path && wants(one)).map(({ article }) => article.link),
    );
    const wish = JSON.stringify(options);
    return [
      ...told.filter((link, place) => told.indexOf(link) !== place).map((link) => `${wish}: ${link} came twice`),
      ...[...shown].filter((link) => !told.includes(link)).map((link) => `${wish}: ${link} was lost`),
      ...told.filter((link) => !shown.has(link)).map((link) => `${wish}: ${link} was never shown`),
      ...(told.length > (index === 0 ? 100 : 2) ? [] : [`${wish}: only ${told.length} came`]),
    ];
  });
  const live = stage.client.status.state === 'live' ? [] : [`it ends ${stage.client.status.state}`];
  const tries = stage.transport.tries.length > steps.length / 4 ? [] : ['there were hardly any reconnects'];
  await stage.close();
  const left =
    stage.clock.pending === 0 && stage.transport.open === 0
      ? []
      : [`left open: ${stage.clock.pending} timers, ${stage.transport.open} links`];
  return [...problems, ...live, ...tries, ...left, ...stage.logs];
}

describe('news client: any course of reconnects, ends, repeats and refusals', () => {
  it(`tells each article exactly once, and all that were shown (${SEEDS} seeds from ${FIRST_SEED})`, async function () {
    this.timeout(0);
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      const steps = fc.array(aStep, { minLength: TROUBLES, maxLength: TROUBLES, size: 'max' });
      const [course = []] = fc.sample(fc.noBias(steps), { seed, numRuns: 1 });
      assert.deepEqual(await trial(course), [], `seed ${seed}`);
    }
  });
});
