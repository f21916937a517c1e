// Compiles src/ and nodes/ into dist/, and puts what Node-RED looks for beside each compiled node:
// its .html, the locales and the icons.
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const tsc = createRequire(import.meta.url)
  .resolve('typescript/package.json')
  .replace('package.json', 'bin/tsc');

rmSync('dist', { recursive: true, force: true });
const compile = (...options) =>
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', ...options], { stdio: 'inherit' });
// Whoever uses the library reads its comments in the declarations; in the code they would only make the package large, as would
// declarations of what is marked @internal, and what only that leads to.
compile('--removeComments', '--declaration', 'false');
compile('--emitDeclarationOnly');
keepDeclarationsOf('dist/src/index.d.ts');
for (const file of readdirSync('nodes').filter((name) => name.endsWith('.html'))) {
  cpSync(`nodes/${file}`, `dist/nodes/${file}`);
}
cpSync('nodes/locales', 'dist/nodes/locales', { recursive: true });
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
  for (const name of readdirSync('dist', { recursive: true })) {
    const file = join('dist', name);
    if (file.endsWith('.d.ts') && !kept.has(file)) rmSync(file);
  }
}
