import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
    const packed = npm(ROOT, 'pack', '--ignore-scripts', '--json', '--pack-destination', this.userDir);
    const [{ filename }] = JSON.parse(packed);
    writeFileSync(join(this.userDir, 'package.json'), '{"name": "user-directory", "private": true}');
    npm(this.userDir, 'install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', `./${filename}`);
  }

  remove(): void {
    rmSync(this.userDir, { recursive: true, force: true });
  }
}

function npm(cwd: string, ...args: string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
