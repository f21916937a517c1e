// Runs Node-RED on this machine with the palette of this checkout and example flows.
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { dashboardPath, prepareFlow } from './start-flow.mjs';

const USAGE = `npm start [-- options]
  --live        use TradingView itself, with a flow of its own, in place of the practice market
  --fresh       begin with the example flows again; what was changed in them is lost
  --user-dir    where Node-RED keeps its files: .node-red in this directory, unless given
The environment variable PORT chooses another port than 1880.`;

const root = import.meta.dirname;
const host = '127.0.0.1';
const port = process.env.PORT || '1880';

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

function readOptions() {
  const flag = { type: 'boolean', default: false };
  const directory = { type: 'string', default: join(root, '.node-red') };
  try {
    return parseArgs({ options: { live: flag, fresh: flag, 'user-dir': directory } }).values;
  } catch (error) {
    return fail(`${error.message}\n\n${USAGE}`);
  }
}

/** Makes this checkout the palette that Node-RED loads. */
function linkPalette(userDir) {
  const link = join(userDir, 'node_modules/@livetick/node-red-market-data');
  rmSync(link, { recursive: true, force: true });
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(root, link, 'junction');
}

function log({ msg, type, name, id }) {
  const text = String(msg?.message ?? msg);
  // Node-RED warns of this at each start until a first password is stored: here it would only alarm.
  if (text !== 'Encrypted credentials not found') console.error(type ? `[${type}:${name || id}] ${text}` : text);
}

const options = readOptions();
if (!existsSync(join(root, 'dist/nodes'))) fail('The palette is not built yet: "npm start" builds it and then starts.');

// The port is taken first, so that nothing has changed yet when it is busy.
const server = createServer();
try {
  await once(server.listen(Number(port), host), 'listening');
} catch ({ code, message }) {
  if (code === 'EADDRINUSE') fail(`Port ${port} is in use. End what uses it, or choose another: PORT=1881 npm start`);
  fail(`Node-RED cannot listen on port ${port}: ${message}`);
}

const userDir = resolve(options['user-dir']);
const flowFile = options.live ? 'flows-live.json' : 'flows.json';
linkPalette(userDir);
prepareFlow(join(userDir, flowFile), options);
const dashboard = dashboardPath(join(userDir, flowFile));

const RED = createRequire(import.meta.url)('node-red');
RED.init(server, {
  userDir,
  flowFile,
  httpAdminRoot: '/',
  httpNodeRoot: '/', // the dashboard puts its addresses together with these
  credentialSecret: 'for trying things out on this machine',
  contextStorage: { default: { module: 'localfilesystem' } }, // so that `remember` survives a restart
  externalModules: { autoInstall: false, palette: { allowInstall: false } }, // or the editor asks nodered.org for news
  telemetry: { enabled: false, updateNotification: false },
  editorTheme: { tours: false, projects: {} },
  logging: { console: { level: 'warn', handler: () => log } },
});
const flowsStarted = new Promise((resolve) => {
  // This comes, too, when they cannot start: the editor says what is missing.
  RED.events.on('runtime-event', ({ id, payload }) => id === 'runtime-state' && payload && resolve());
});
const started = RED.start();
server.on('request', async (request, response) => {
  await started;
  RED.httpAdmin(request, response, () => RED.httpNode(request, response));
});

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, async () => {
    if (stopping) return; // npm passes Ctrl-C on once more
    stopping = true;
    setTimeout(() => process.exit(0), 1500); // in case anything hangs
    await RED.stop();
    process.exit(0);
  });
}

await started;
await flowsStarted; // or the dashboard would not be there yet
const candles = options.live
  ? 'TradingView closes a candle every minute'
  : 'the practice market closes a candle every 5 seconds';
const url = `http://${host}:${server.address().port}`;
console.log(`
  Node-RED is running: ${url}/${dashboard ? `\n  Its dashboard:       ${url}${dashboard}` : ''}

  Open it in a browser and look at the debug sidebar (the bug, top right):
  for each symbol, ${candles}.
  Your changes to the flow are kept; "npm start -- --fresh" undoes them. Ctrl-C ends Node-RED.
`);
