// What `npm start` begins with: the first example, and beside it, where its palette is installed, the one with a dashboard.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const EXAMPLES = join(import.meta.dirname, 'examples');
const DASHBOARD = '@flowfuse/node-red-dashboard';

/** Writes the flow at the first start; afterwards it is the user's. */
export function prepareFlow(path, { live, fresh }) {
  if (fresh) for (const old of [path, path.replace('.json', '_cred.json')]) rmSync(old, { force: true });
  if (existsSync(path)) return;
  const flow = example('first-candle');
  if (hasDashboard()) flow.push(...onConnectionOf(flow, example('with-other-palettes/candles-on-a-dashboard')));
  for (const node of live ? flow : []) {
    if (node.type === 'tv-connection') node.server = 'live';
    if (node.timeframe) node.timeframe = '1m'; // TradingView gives seconds to paid plans only
  }
  writeFileSync(path, JSON.stringify(flow, null, 4));
}

/** Where the first page of the flow's dashboard is; null when it has none, or is no flow. */
export function dashboardPath(path) {
  let flow = [];
  try {
    flow = JSON.parse(readFileSync(path, 'utf8'));
  } catch {} // Node-RED will say what is wrong with it
  const page = flow.find(({ type, d }) => type === 'ui-page' && !d);
  const base = flow.find(({ id, type }) => type === 'ui-base' && id === page?.ui);
  return base && hasDashboard() ? base.path + page.path : null;
}

function example(name) {
  return JSON.parse(readFileSync(join(EXAMPLES, `${name}.json`), 'utf8'));
}

/** Node-RED finds the palette by itself, as it lies beside it. */
function hasDashboard() {
  try {
    createRequire(import.meta.url).resolve(`${DASHBOARD}/package.json`);
    return true;
  } catch {
    return false;
  }
}

/** Both flows on one connection: one practice market, one socket. */
function onConnectionOf(first, second) {
  const idOf = (flow) => flow.find(({ type }) => type === 'tv-connection').id;
  const others = second.filter(({ type }) => type !== 'tv-connection');
  return others.map((node) => (node.connection === idOf(second) ? { ...node, connection: idOf(first) } : node));
}
