// Breaks a copy of the project on purpose, once for each patch beside this file, and expects a test to notice. A patch begins
// with what it breaks, and with two lines: `Test:` is the test that must fail, `Says:` what it must say (a regular expression);
// any other failure is a mutant that does not even run.
// `npm run mutants -- token listener` tries those whose names hold one of these words. `SEEDS` says how many seeds the property
// test may take (300 unless given).
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, '../..');
/** What a copy makes for itself, or shares. */
const LEFT_OUT = new Set(['.git', 'node_modules', 'dist', 'resources', 'coverage', '.node-red']);
/** Tests that load what has been built, not the sources. */
const OF_THE_BUILD = /^test\/(?:runtime|editor)\//;

/** How long a test may take, milliseconds. */
const PATIENCE = 900_000;

/** @returns what became of a mutant, and whether it is as it should be */
function judge(patch) {
  const copy = mkdtempSync(join(tmpdir(), 'livetick-mutant-'));
  const node = (...args) => {
    const env = { ...process.env, FAIL_AT_ONCE: 'yes' };
    return spawnSync(process.execPath, args, {
      cwd: copy,
      encoding: 'utf8',
      env,
      maxBuffer: 1 << 28,
      timeout: PATIENCE,
    });
  };
  try {
    const { test, says } = readHead(patch);
    cpSync(ROOT, copy, { recursive: true, filter: (path) => !LEFT_OUT.has(relative(ROOT, path)) });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
    const applied = spawnSync('git', ['apply', patch], { cwd: copy, encoding: 'utf8' });
    if (applied.status !== 0) return { fate: `does not apply: ${applied.stderr ?? applied.error}`, good: false };
    if (OF_THE_BUILD.test(test)) {
      const built = node('build.mjs');
      if (built.status !== 0) return { fate: `cannot be built: ${built.stdout}${built.stderr}`, good: false };
    }
    // A test that fails may leave servers behind, which would keep its process.
    const run = node(join(ROOT, 'node_modules/mocha/bin/mocha.js'), '--exit', test);
    if (run.status === 0) return { fate: `survived ${test}`, good: false };
    const [, failures = ''] = run.stdout.split(/^ +\d+ failing$/m);
    const [said] = says.exec(failures) ?? [];
    if (said === undefined) return { fate: `does not run: ${run.stdout}${run.stderr}`, good: false };
    return { fate: `caught by ${test}: ${said}${firstProblem(failures)}`, good: true };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function readHead(patch) {
  const head = readFileSync(patch, 'utf8').split('\ndiff --git')[0];
  const [, test] = /^Test: (.+)$/m.exec(head) ?? [];
  const [, says] = /^Says: (.+)$/m.exec(head) ?? [];
  if (!test || !says) throw new Error(`${basename(patch)} names no test, or not what that must say`);
  return { test, says: new RegExp(says) };
}

/** What was broken, where the test tells a story before it. */
function firstProblem(failures) {
  const [, after = ''] = failures.split('then all is cleared');
  return after && `: ${after.trim().split('\n')[0]}`;
}

const words = process.argv.slice(2);
const patches = readdirSync(HERE).filter((file) => file.endsWith('.patch'));
for (const patch of patches.sort()) {
  const name = basename(patch, '.patch');
  if (words.length > 0 && !words.some((word) => name.includes(word))) continue;
  const { fate, good } = judge(join(HERE, patch));
  console.log(`${name}: ${fate}`);
  if (!good) process.exitCode = 1;
}
