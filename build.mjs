// Compiles src/ and nodes/ into dist/, and puts what Node-RED looks for beside each compiled node:
// its .html, the locales and the icons.
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';

const tsc = createRequire(import.meta.url)
  .resolve('typescript/package.json')
  .replace('package.json', 'bin/tsc');

rmSync('dist', { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
for (const file of readdirSync('nodes').filter((name) => name.endsWith('.html'))) {
  cpSync(`nodes/${file}`, `dist/nodes/${file}`);
}
cpSync('nodes/locales', 'dist/nodes/locales', { recursive: true });
cpSync('icons', 'dist/nodes/icons', { recursive: true });
