import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUILT, RIVAL, RIVAL_HOME, ROOT } from './places';

/** Compiles what runs in processes of its own, so that no loader is measured, and installs what is compared with. */
export async function prepare(): Promise<void> {
  if (!existsSync(RIVAL)) {
    const args = ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--silent'];
    execFileSync('npm', args, { cwd: RIVAL_HOME, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  const filesIn = (folder: string) =>
    readdirSync(join(ROOT, 'test/bench', folder)).map((name) => join(ROOT, 'test/bench', folder, name));
  await build({
    entryPoints: [join(ROOT, 'test/bench/load/server.ts'), ...filesIn('client'), ...filesIn('node-red/nodes')].filter(
      (file) => file.endsWith('.ts'),
    ),
    outdir: BUILT,
    outbase: join(ROOT, 'test/bench'),
    bundle: true,
    packages: 'external',
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  });
}
