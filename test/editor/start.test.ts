import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DASHBOARD_EXAMPLE } from '../support/dashboard';
import { makeUserDir, npmStart, runToEnd } from './node-red';

const ROOT = resolve(__dirname, '../..');
/** Tabs of the flow at the first start. */
const EXAMPLES = ['First candle', 'Candles on a dashboard'];

describe('npm start', () => {
  let userDir: ReturnType<typeof makeUserDir>;

  beforeEach(() => {
    userDir = makeUserDir();
  });
  afterEach(() => userDir.remove());

  const labels = () => {
    const flow: { type: string; label?: string }[] = JSON.parse(readFileSync(join(userDir.path, 'flows.json'), 'utf8'));
    return flow.filter(({ type }) => type === 'tab').map(({ label }) => label);
  };

  it('begins with the examples, keeps what the user makes of them, and begins again with --fresh', async () => {
    const first = await npmStart(userDir.path);
    assert.deepEqual(labels(), EXAMPLES);
    const { exitCode, ms } = await first.stop();
    assert.equal(exitCode, 0);
    assert.ok(ms < 2_000, `took ${ms} ms to end`);

    writeFileSync(join(userDir.path, 'flows.json'), JSON.stringify([{ id: 'a', type: 'tab', label: 'Mine' }]));
    await (await npmStart(userDir.path)).stop();
    assert.deepEqual(labels(), ['Mine']);
    await (await npmStart(userDir.path, ['--fresh'])).stop();
    assert.deepEqual(labels(), EXAMPLES);
  });

  /** What start.mjs uses for the flow, from this checkout or a copy of it. */
  const startFlow = (root = ROOT) => import(pathToFileURL(join(root, 'start-flow.mjs')).href);

  it('has the examples share one connection, and with --live take TradingView and minutes', async () => {
    const path = join(userDir.path, 'flow.json');
    const { dashboardPath, prepareFlow } = await startFlow();
    for (const live of [false, true]) {
      prepareFlow(path, { live, fresh: true });
      const flow: Record<string, string>[] = JSON.parse(readFileSync(path, 'utf8'));
      const [connection, ...others] = flow.filter(({ type }) => type === 'tv-connection');
      assert.deepEqual([connection?.server, others], [live ? 'live' : 'practice', []]);
      const users = flow.filter(({ type }) => type?.startsWith('tv-') && type !== 'tv-connection');
      const timeframe = live ? '1m' : '5s';
      assert.deepEqual(
        users.map((node) => [node.type, node.connection, node.timeframe]),
        [
          ['tv-ohlc', connection?.id, timeframe],
          ['tv-ohlc', connection?.id, timeframe],
          ['tv-indicator', connection?.id, timeframe],
          ['tv-trades', connection?.id, undefined],
        ],
      );
      assert.equal(dashboardPath(path), '/dashboard/candles');
    }
    for (const without of ['[{"id": "a", "type": "tab"}]', '[{"type": "ui-page", "path": "/a"}]', 'no JSON']) {
      writeFileSync(path, without);
      assert.equal(dashboardPath(path), null);
    }
  });

  it('says where the dashboard is', async () => {
    const { url, output, stop } = await npmStart(userDir.path);
    try {
      const [, address = ''] = /dashboard: +(\S+)/.exec(output()) ?? [];
      assert.equal(address, `${url}dashboard/candles`);
      assert.match(await (await fetch(address)).text(), /<div id="app">/);
    } finally {
      await stop();
    }
  });

  it('starts all the same when the flow has a node that is not installed', async () => {
    writeFileSync(join(userDir.path, 'flows.json'), JSON.stringify([{ id: 'a', type: 'nobody-has-this', wires: [] }]));
    const { url, stop } = await npmStart(userDir.path);
    try {
      assert.equal((await fetch(url)).status, 200);
    } finally {
      await stop();
    }
  });

  it('does without the dashboard where its palette is not installed', async () => {
    for (const part of ['start-flow.mjs', 'examples']) {
      cpSync(join(ROOT, part), join(userDir.path, part), { recursive: true });
    }
    const { dashboardPath, prepareFlow } = await startFlow(userDir.path);
    const path = join(userDir.path, 'flows.json');
    prepareFlow(path, { live: false, fresh: false });
    assert.deepEqual(labels(), ['First candle']);
    cpSync(join(ROOT, `examples/${DASHBOARD_EXAMPLE}.json`), path);
    assert.equal(dashboardPath(path), null);
  });

  it('says in one sentence that the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { exitCode, output } = await runToEnd(['--user-dir', userDir.path], { PORT: String(port) });
    other.close();
    assert.equal(exitCode, 1);
    assert.equal(output, `Port ${port} is in use. End what uses it, or choose another: PORT=1881 npm start\n`);
  });

  it('explains its options when one is wrong', async () => {
    const { exitCode, output } = await runToEnd(['--user-dir', userDir.path, '--lively']);
    assert.equal(exitCode, 1);
    assert.match(output, /'--lively'[\s\S]*--live /);
  });
});
