// Breaks a copy of the sources on purpose, once for each patch beside this file, and expects the property test to notice.
// `SEEDS` says how many seeds it may take (300 unless given).
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, '../..');
const TEST = 'test/tradingview/exactly-once.property.test.ts';
const COPIED = ['package.json', 'tsconfig.json', '.mocharc.json', 'src', 'test/support', TEST];
/** What the test says first when a promise was broken; anything else is a mutant that does not even run. */
const NOTICED = /seed \d+/;

/** @returns what became of a mutant, and whether it is as it should be */
function judge(patch) {
  const copy = mkdtempSync(join(tmpdir(), 'livetick-mutant-'));
  try {
    for (const path of COPIED) cpSync(join(ROOT, path), join(copy, path), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
    const applied = spawnSync('git', ['apply', patch], { cwd: copy, encoding: 'utf8' });
    if (applied.status !== 0) return { fate: `does not apply: ${applied.stderr ?? applied.error}`, good: false };
    const mocha = join(ROOT, 'node_modules/mocha/bin/mocha.js');
    const env = { ...process.env, FAIL_AT_ONCE: 'yes' };
    const run = spawnSync(process.execPath, [mocha, TEST], { cwd: copy, encoding: 'utf8', env });
    if (run.status === 0) return { fate: 'survived', good: false };
    const [seed] = NOTICED.exec(run.stdout) ?? [];
    if (seed === undefined) return { fate: `does not run: ${run.stdout}${run.stderr}`, good: false };
    return { fate: `caught by ${seed}: ${firstProblem(run.stdout)}`, good: true };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** What was broken, without the story before it. */
function firstProblem(output) {
  const [, after = ''] = output.split('then all is cleared');
  return after.trim().split('\n')[0];
}

const patches = readdirSync(HERE).filter((file) => file.endsWith('.patch'));
for (const patch of patches.sort()) {
  const { fate, good } = judge(join(HERE, patch));
  console.log(`${basename(patch, '.patch')}: ${fate}`);
  if (!good) process.exitCode = 1;
}
