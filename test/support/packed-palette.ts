import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** A fresh Node-RED user directory into which the packed palette has been installed, as the palette manager does it. */
export class PackedPalette {
  readonly userDir = mkdtempSync(join(tmpdir(), 'livetick-packed-'));
  /** Where the palette lies in it. */
  readonly dir = join(this.userDir, 'node_modules/@livetick/node-red-market-data');

  /** Packs what has been built last. */
  constructor() {
    const tarball = pack(this.userDir);
    writeFileSync(join(this.userDir, 'package.json'), '{"name": "user-directory", "private": true}');
    npm(this.userDir, 'install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', `./${tarball}`);
  }

  remove(): void {
    rmSync(this.userDir, { recursive: true, force: true });
  }
}

/** From a copy without scripts: npm has been seen to build the checkout anew while other tests were reading it. */
function pack(into: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'livetick-to-pack-'));
  try {
    const { scripts: _, ...manifest } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    writeFileSync(join(copy, 'package.json'), JSON.stringify(manifest));
    for (const name of [...manifest.files, 'README.md', 'LICENSE']) {
      cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    }
    const [{ filename }] = JSON.parse(npm(copy, 'pack', '--ignore-scripts', '--json', '--pack-destination', into));
    return filename;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function npm(cwd: string, ...args: string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
