// Compiles src/ and nodes/ into dist/, and puts what Node-RED looks for beside each compiled node: its .html, the locales and
// the icons. The editor's scripts go into resources/.
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const filesOf = (folder, extension) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(extension))
    .map((name) => join(folder, name));

for (const output of ['dist', 'resources']) rmSync(output, { recursive: true, force: true });

// The library is one file, because loading a hundred takes a Raspberry Pi noticeably longer. Names are kept, so that a stack
// trace from somebody's machine can be read.
const code = { format: 'cjs', platform: 'node', target: 'node20', minifyWhitespace: true, minifySyntax: true };
await build({
  ...code,
  entryPoints: ['src/index.ts'],
  outfile: 'dist/src/index.js',
  bundle: true,
  packages: 'external',
});
await build({ ...code, entryPoints: filesOf('nodes', '.ts'), outdir: 'dist/nodes', outbase: 'nodes' });

// What the editor loads, from where Node-RED serves it.
const editor = { bundle: true, minify: true, target: 'es2022', outdir: 'resources' };
await build({ ...editor, format: 'esm', entryPoints: ['nodes/editor/livetick.js', 'nodes/editor/livetick.css'] });

const tsc = createRequire(import.meta.url)
  .resolve('typescript/package.json')
  .replace('package.json', 'bin/tsc');
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
keepDeclarationsOf('dist/src/index.d.ts');

for (const file of filesOf('nodes', '.html')) cpSync(file, join('dist', file));
for (const file of filesOf('nodes/locales', '.json')) cpSync(file, join('dist', file));
cpSync('icons', 'dist/nodes/icons', { recursive: true });

/** Removes the declarations that the library's face does not lead to: nobody can import those modules. */
function keepDeclarationsOf(face) {
  const kept = new Set();
  const follow = (file) => {
    if (kept.has(file)) return;
    kept.add(file);
    const imports = readFileSync(file, 'utf8').matchAll(/(?:from |import\()['"](\.[^'"]+)['"]/g);
    for (const [, name] of imports) follow(join(dirname(file), `${name}.d.ts`));
  };
  follow(face);
  for (const file of filesOf('dist', '.d.ts')) if (!kept.has(file)) rmSync(file);
}
