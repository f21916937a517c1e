import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { makeUserDir, npmStart, runToEnd } from './node-red';

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

  it('begins with the example, keeps what the user makes of it, and begins again with --fresh', async () => {
    const first = await npmStart(userDir.path);
    assert.deepEqual(labels(), ['First candle']);
    const { exitCode, ms } = await first.stop();
    assert.equal(exitCode, 0);
    assert.ok(ms < 2_000, `took ${ms} ms to end`);

    writeFileSync(join(userDir.path, 'flows.json'), JSON.stringify([{ id: 'a', type: 'tab', label: 'Mine' }]));
    await (await npmStart(userDir.path)).stop();
    assert.deepEqual(labels(), ['Mine']);
    await (await npmStart(userDir.path, '--fresh')).stop();
    assert.deepEqual(labels(), ['First candle']);
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
