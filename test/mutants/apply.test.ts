import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

describe('mutants', () => {
  const patches = readdirSync(__dirname).filter((file) => file.endsWith('.patch'));

  before(function () {
    if (spawnSync('git', ['--version']).error) this.skip();
  });

  it('are ten', () => {
    assert.equal(patches.length, 10);
  });

  for (const patch of patches) {
    it(`${patch} still applies`, () => {
      const { status, stderr } = spawnSync('git', ['apply', '--check', join(__dirname, patch)], {
        cwd: ROOT,
        encoding: 'utf8',
      });
      assert.equal(status, 0, `mend the patch: ${stderr}`);
    });
  }
});
