import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PackedPalette } from '../../support/packed-palette';
import type { Section, Surroundings } from '../harness/section';

export const SIZE = { packages: 'installed run-time packages beside the palette', tarball: 'tarball' };

/** What an installation brings. */
export async function size({ results }: Surroundings): Promise<Section> {
  const palette = new PackedPalette();
  try {
    const modules = join(palette.userDir, 'node_modules');
    const scoped = (name: string) => (name.startsWith('@') ? readdirSync(join(modules, name)) : [name]);
    const packages = readdirSync(modules)
      .filter((name) => !name.startsWith('.'))
      .flatMap(scoped);
    const tarball = readdirSync(palette.userDir).find((name) => name.endsWith('.tgz')) as string;
    const kB = statSync(join(palette.userDir, tarball)).size / 1000;
    results.add(SIZE.packages, { value: packages.length - 1, void: null });
    results.add(SIZE.tarball, { value: kB, void: null });
  } finally {
    palette.remove();
  }
  return { title: 'Size', unit: 'number; kB', lines: [{ row: SIZE.packages }, { row: SIZE.tarball }] };
}
