import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { EXAMPLES } from './support/examples';

const ROOT = resolve(__dirname, '..');
const LARGEST = 320_000; // help and texts in four languages are a quarter of it

interface Packed {
  size: number;
  files: { path: string }[];
}

describe('the tarball', () => {
  let packed: Packed;
  let files: string[];

  before(() => {
    const output = execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    [packed] = JSON.parse(output);
    files = packed.files.map(({ path }) => path);
  });

  it('has for each node its script, its form, its texts and help, and the icons beside them', () => {
    const nodes = readdirSync(`${ROOT}/nodes`).filter((name) => name.endsWith('.html'));
    assert.ok(nodes.length >= 2);
    for (const name of nodes.map((file) => basename(file, '.html'))) {
      for (const path of [`${name}.js`, `${name}.html`, `locales/en-US/${name}.json`, `locales/en-US/${name}.html`]) {
        assert.ok(files.includes(`dist/nodes/${path}`), `dist/nodes/${path}`);
      }
    }
    for (const icon of readdirSync(`${ROOT}/icons`)) assert.ok(files.includes(`dist/nodes/icons/${icon}`), icon);
  });

  it('has the library with its types, the examples, the scripts of the editor and the licence', () => {
    for (const path of ['dist/src/index.js', 'dist/src/index.d.ts', 'LICENSE', 'README.md', 'CHANGELOG.md']) {
      assert.ok(files.includes(path), path);
    }
    for (const example of EXAMPLES) assert.ok(files.includes(`examples/${example}.json`), example);
    for (const file of ['livetick.js', 'livetick.css']) assert.ok(files.includes(`resources/${file}`), file);
  });

  it('has nothing that a palette does not need', () => {
    const wanted = [
      /^dist\/src\/.*\.(js|d\.ts)$/,
      /^dist\/nodes\/.*\.(js|html|json|svg)$/,
      /^examples\/.*\.json$/,
      /^resources\/livetick\.(js|css)$/,
      /^(LICENSE|README\.md|CHANGELOG\.md|package\.json)$/,
    ];
    const strange = files.filter((path) => !wanted.some((pattern) => pattern.test(path)));
    assert.deepEqual(strange, []);
    assert.deepEqual(
      files.filter((path) => /\.d\.ts$/.test(path) && path.startsWith('dist/nodes/')),
      [],
    );
  });

  it('is small', () => {
    assert.ok(packed.size <= LARGEST, `${packed.size} bytes`);
  });
});

describe('package.json', () => {
  const { dependencies, engines, 'node-red': palette } = require('../package.json');

  it('asks for nothing native and little at run time', () => {
    assert.deepEqual(Object.keys(dependencies).sort(), ['eventsource-parser', 'https-proxy-agent', 'ws']);
  });

  it('names a range of Node-RED and of Node.js that both lines of Node-RED fit', () => {
    assert.equal(palette.version, '>=4.1.0');
    assert.equal(engines.node, '>=20');
  });

  it('loads the connection before the nodes that use it', () => {
    assert.equal(Object.keys(palette.nodes)[0], 'tv-connection');
  });
});
