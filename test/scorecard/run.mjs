// Validates what npm would publish with node-red-dev, the tool behind the scores of the Flow Library, and prints a line for
// each check. Its questions to the network are answered from the npm registry; see answers() for what that cannot tell.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, '../..');
const TOOL = 'node-red-dev@0.1.6';
const CATALOGUE = 'https://catalogue.nodered.org/catalogue.json';

const CHECKS = {
  P01: 'a licence',
  P03: 'where to find the sources and report bugs',
  P04: 'a scoped name',
  P05: 'the keyword node-red',
  P06: 'a version range that has the current Node-RED in it',
  P07: 'a range of Node.js that has the oldest of the current Node-RED in it',
  P08: 'no other package of the same name',
  N01: 'types that no other palette has',
  N02: 'an example for each node',
  D01: 'at most six dependencies',
  D02: 'no package that Node-RED cannot take',
  D03: 'the newest version of each dependency',
};

/** Where a check is wrong for this package. One that is right after all fails, so that nothing stays here for ever. */
const EXEMPT = {
  D03: {
    packages: ['eventsource-parser', 'https-proxy-agent'],
    why: 'from versions 4 and 8 on they are ES modules only, which CommonJS cannot require on Node.js 20 before 20.19',
  },
};

const npm = (cwd, ...args) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 26 });
const view = (name, ...fields) => JSON.parse(npm(tmpdir(), 'view', name, ...fields, '--json', '--loglevel=error'));

/** The palette as it would be published, installed with its dependencies. @returns where it lies */
function installPacked(dir) {
  const [{ filename }] = JSON.parse(npm(ROOT, 'pack', '--ignore-scripts', '--json', '--pack-destination', dir));
  writeFileSync(join(dir, 'package.json'), '{"private": true}');
  npm(dir, 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', `./${filename}`);
  const { name } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return join(dir, 'node_modules', name);
}

function installTool(dir) {
  writeFileSync(join(dir, 'package.json'), '{"private": true}');
  npm(dir, 'install', '--no-audit', '--no-fund', '--silent', TOOL);
}

/** What node-red-dev asks for, by whom it asks. */
function answers(dir, tool, { name, dependencies }) {
  const { 'dist-tags': tags, engines } = view('node-red', 'dist-tags', 'engines');
  const semver = createRequire(join(tool, 'package.json'))('semver');
  const installed = JSON.parse(readFileSync(join(dir, 'node_modules/.package-lock.json'), 'utf8')).packages;
  return {
    addresses: {
      // The catalogue of all palettes cannot be had from npm. What can: the types of Node-RED's own nodes, and whether there
      // is a package of our name without the scope.
      [CATALOGUE]: { modules: [{ id: 'node-red', types: coreTypes() }, ...namesakes(name.split('/').at(-1))] },
      'https://registry.npmjs.org/node-red': { 'dist-tags': tags, versions: { [tags.latest]: { engines } } },
    },
    packages: Object.entries(installed).map(
      ([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`,
    ),
    dependencies: Object.entries(dependencies).map(([moduleName, packageJson]) => {
      const latest = view(moduleName, 'version');
      return { moduleName, packageJson, latest, easyUpgrade: semver.satisfies(latest, packageJson) };
    }),
  };
}

function coreTypes() {
  const nodeRed = createRequire(createRequire(import.meta.url).resolve('node-red/package.json'));
  const folder = dirname(nodeRed.resolve('@node-red/nodes/package.json'));
  const forms = readdirSync(folder, { recursive: true }).filter((file) => /^core\/.*\.html$/.test(file));
  const types = forms.flatMap((file) => {
    const form = readFileSync(join(folder, file), 'utf8');
    return [...form.matchAll(/registerType\(\s*['"]([^'"]+)/g)].map(([, type]) => type);
  });
  if (!types.includes('inject')) throw new Error('The types of Node-RED’s own nodes could not be read.');
  return types;
}

function namesakes(name) {
  const asked = spawnSync('npm', ['view', name, 'name', '--json', '--loglevel=silent'], { encoding: 'utf8' });
  if (asked.status === 0) return [{ id: name, types: [] }];
  if (JSON.parse(asked.stdout || '{}').error?.code === 'E404') return [];
  throw new Error(`npm cannot tell whether there is a package ${name}: ${asked.stdout}`);
}

function validate(palette, tool, lookUps, scorecard) {
  const command = join(tool, 'node_modules/node-red-dev/bin/run');
  const args = ['--require', join(HERE, 'look-ups.cjs'), command, 'validate', '--path', palette, '--output', scorecard];
  const env = { ...process.env, LOOK_UPS: lookUps };
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = `${stdout}${stderr}`;
  try {
    return { said, scorecard: JSON.parse(readFileSync(scorecard, 'utf8')) };
  } catch {
    throw new Error(`node-red-dev gave no scorecard:\n${said}`);
  }
}

/** What the tool itself does not notice: forms that it cannot read it leaves out of its checks. */
function overlooked({ said, scorecard }, { keywords, 'node-red': { nodes } }) {
  const problems = {};
  const unread = said.match(/Unable to parse .*/g);
  if (unread) problems.N01 = unread.join(', ');
  const types = Object.keys(nodes).filter((type) => !type.endsWith('-connection'));
  const missing = types.filter((type) => !scorecard.N02?.nodes?.includes(type));
  if (missing.length > 0) problems.N02 = `no example of ${missing.join(', ')}`;
  if (!keywords.includes('node-red')) problems.P05 = 'the keyword is missing';
  return problems;
}

/** @returns the line to print, and whether all is well */
function judge(id, result, problem) {
  const { packages = [], why } = EXEMPT[id] ?? {};
  const { test, ...details } = result ?? {};
  const facts = Object.entries(details).map(([name, value]) => `${name}: ${[value].flat().join(', ')}`);
  const line = (verdict, ...more) => [`${id} ${verdict}  ${CHECKS[id] ?? 'a check that is new'}`, ...more].join('; ');
  if (problem) return { good: false, line: line('FAIL', problem) };
  if (test === true)
    return { good: packages.length === 0, line: line('ok  ', ...facts, ...(why ? ['no exemption is needed'] : [])) };
  const found = result?.packages ?? [undefined];
  const asExempted = found.every((name) => packages.includes(name)) && packages.every((name) => found.includes(name));
  if (!asExempted) return { good: false, line: line('FAIL', ...(result ? facts : ['it was not made'])) };
  return { good: true, line: line('n/a ', `${packages.join(', ')}: ${why}`) };
}

const work = mkdtempSync(join(tmpdir(), 'livetick-scorecard-'));
try {
  const [packed, tool] = ['palette', 'tool'].map((name) => join(work, name));
  for (const dir of [packed, tool]) mkdirSync(dir);
  const palette = installPacked(packed);
  installTool(tool);
  const manifest = JSON.parse(readFileSync(join(palette, 'package.json'), 'utf8'));
  const lookUps = join(work, 'look-ups.json');
  writeFileSync(lookUps, JSON.stringify(answers(packed, tool, manifest)));
  const outcome = validate(palette, tool, lookUps, join(work, 'scorecard.json'));
  const problems = overlooked(outcome, manifest);
  const { package: _name, ...results } = outcome.scorecard;
  for (const id of new Set([...Object.keys(CHECKS), ...Object.keys(results)])) {
    const { good, line } = judge(id, results[id], problems[id]);
    console.log(line);
    if (!good) process.exitCode = 1;
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
