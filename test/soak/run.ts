// Deploys a flow of all kinds of nodes again and again into a real Node-RED, lets it run at some two hundred times the speed of
// a market, cuts its connection now and then, and holds what the process keeps against limits.
// `npm run soak -- --deploys 500 --nodes 50 --minutes 5`: so many deploys of each kind, of so many nodes, and so long a run.
import { parseArgs } from 'node:util';
import { shownStatuses } from '../support/comms';
import { FastMarket } from '../support/fast-market';
import { DEPLOY_TYPES, type DeployType, Lifecycle, MARKER } from '../support/lifecycle';
import { NodeRedProcess } from '../support/node-red-process';
import { PackedPalette } from '../support/packed-palette';
import { type Counts, type Holdings, PROBED } from '../support/probe';
import { type Figure, HEAP_GROWTH, judge } from './limits';
import { type Point, slopeOf } from './slope';

/** What is made once, and compiled once, is made and compiled by then. */
const WARM_UP = 60;
/** Measurements of a phase. */
const SAMPLES = 25;
/** Links that are cut sooner are had again later and later. */
const BETWEEN_CUTS = 12_000;
const HOUR = 3_600_000;

const wholeNumber = (name: string, text: string) => {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`--${name} must be a whole number from 1 on`);
};

function readArguments() {
  const number = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      deploys: { ...number, default: '500' },
      nodes: { ...number, default: '50' },
      minutes: { ...number, default: '5' },
    },
  });
  return {
    deploys: wholeNumber('deploys', values.deploys),
    nodes: wholeNumber('nodes', values.nodes),
    minutes: wholeNumber('minutes', values.minutes),
  };
}

/** How many of some things there are more than there were. */
function more(before: Counts, after: Counts): number {
  return Object.entries(after).reduce((sum, [name, count]) => sum + Math.max(0, count - (before[name] ?? 0)), 0);
}

function listenersMore(before: Holdings, after: Holdings): number {
  const pairs = (['process', 'events'] as const).map((of) => [before.listeners[of], after.listeners[of]] as const);
  const own = (['node', 'client'] as const).map((of) => {
    const [was, is] = [before, after].map(({ connections }) => connections.c?.listeners[of] ?? {});
    return [was ?? {}, is ?? {}] as const;
  });
  return [...pairs, ...own].reduce((sum, [was, is]) => sum + more(was, is), 0);
}

/** By how much the heap has grown, along the line that fits best. */
function growth(points: readonly Point[], each: string): Figure {
  const slope = slopeOf(points) / 1024;
  const [first, last] = [points[0], points.at(-1)].map((point) => point?.[0] ?? 0);
  const what = `heap slope ${slope.toFixed(2)} KiB ${each}; KiB in all`;
  return { what, value: slope * ((last ?? 0) - (first ?? 0)), most: HEAP_GROWTH };
}

const mib = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

async function deployOften(life: Lifecycle, type: DeployType, times: number): Promise<Point[]> {
  const points: Point[] = [];
  const each = Math.max(1, Math.floor(times / SAMPLES));
  for (let n = 1; n <= times; n++) {
    await life.deploy(type);
    if (n % each === 0) points.push([n, (await life.live()).heapUsed]);
  }
  console.log(`${times} deploys (${type}); heap ${mib(points[0]?.[1] ?? 0)} to ${mib(points.at(-1)?.[1] ?? 0)}`);
  return points;
}

/** Lets the flow run, with a cut now and then. @returns the heap by hours of the market */
async function run(life: Lifecycle, market: FastMarket, minutes: number): Promise<Point[]> {
  const points: Point[] = [];
  const begun = market.clock.now();
  let cut = 0;
  for (let n = 0; n < SAMPLES; n++) {
    if (performance.now() - cut >= BETWEEN_CUTS) {
      market.market.faults.drop(1006);
      cut = performance.now();
    }
    await new Promise((resolve) => setTimeout(resolve, (minutes * 60_000) / SAMPLES));
    points.push([(market.clock.now() - begun) / HOUR, (await life.live()).heapUsed]);
  }
  const [hours = 0, heap = 0] = points.at(-1) ?? [];
  console.log(
    `${minutes} min of running, ${hours.toFixed(1)} h of the market; heap ${mib(points[0]?.[1] ?? 0)} to ${mib(heap)}`,
  );
  return points;
}

async function soak(red: NodeRedProcess, market: FastMarket): Promise<Figure[]> {
  const { deploys, nodes, minutes } = readArguments();
  const life = new Lifecycle(red, market, nodes);
  for (let n = 0; n < WARM_UP; n++) await life.deploy(DEPLOY_TYPES[n % DEPLOY_TYPES.length] as DeployType);
  const empty = await life.clear();
  await life.deploy('full');
  const first = await life.live();
  const figures: Figure[] = [];
  for (const type of DEPLOY_TYPES) {
    const points = await deployOften(life, type, deploys);
    figures.push(growth(points, `with each deploy (${type})`));
  }
  const points = await run(life, market, minutes);
  figures.push(growth(points, 'with each hour of the market'));
  const last = await life.live();
  figures.push({ what: 'sockets, all running', value: last.sockets.length, most: 1 });
  figures.push({ what: 'listeners more, all running', value: listenersMore(first, last), most: 0 });
  const left = await life.clear(({ resources }) => more(empty.resources, resources) === 0);
  const statuses = Object.keys(await shownStatuses(red, MARKER)).filter((id) => id !== MARKER);
  const complaints = red.output.match(/Close timed out|Error stopping node|MaxListenersExceeded/g) ?? [];
  figures.push(
    { what: 'sockets left', value: left.sockets.length, most: 0 },
    { what: 'timers and other handles left', value: more(empty.resources, left.resources), most: 0 },
    { what: 'listeners left', value: listenersMore(empty, left), most: 0 },
    { what: 'statuses left', value: statuses.length, most: 0 },
    { what: 'warnings of Node.js', value: left.warnings.length, most: 0 },
    { what: 'complaints of Node-RED about closing', value: complaints.length, most: 0 },
  );
  return figures;
}

async function main(): Promise<void> {
  const market = await FastMarket.open();
  const palette = new PackedPalette();
  const red = await NodeRedProcess.start(palette.userDir, PROBED);
  try {
    const { lines, good } = judge(await soak(red, market));
    for (const line of lines) console.log(line);
    if (!good) process.exitCode = 1;
  } finally {
    await red.stop();
    await market.close();
    palette.remove();
  }
}

main();
