import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeRedProcess } from '../../support/node-red-process';
import { PackedPalette } from '../../support/packed-palette';
import { lastWord } from '../harness/client';
import { BUILT, LIBRARY, WS } from '../harness/places';
import { alternate, type Row } from '../harness/results';
import type { Section, Surroundings } from '../harness/section';

export const REQUIRE = { palette: 'require of the library', ws: "require('ws') alone" };
const START = { with: 'start of Node-RED with the palette', without: 'start of Node-RED without it' };

function loading(name: string, file: string): Row {
  const command = [process.execPath, join(BUILT, 'client/require.js'), file];
  return {
    name,
    async run() {
      const said = await lastWord<{ wallMs: number }>(command);
      return { value: said?.wallMs ?? Number.NaN, void: said ? null : 'it did not come to the end' };
    },
  };
}

function starting(name: string, userDir: string): Row {
  return {
    name,
    async run() {
      const begun = performance.now();
      const red = await NodeRedProcess.start(userDir);
      const value = performance.now() - begun;
      await red.stop();
      return { value, void: null };
    },
  };
}

/** How long it takes until the palette is there. */
export async function startUp({ results, short }: Surroundings): Promise<Section> {
  await alternate(results, [loading(REQUIRE.ws, WS), loading(REQUIRE.palette, LIBRARY)], short ? 15 : 31);
  const lines = [{ row: REQUIRE.ws }, { row: REQUIRE.palette, against: [REQUIRE.ws] }];
  if (short) return { title: 'Start-up', unit: 'ms', lines };
  const palette = new PackedPalette();
  const empty = mkdtempSync(join(tmpdir(), 'livetick-bench-'));
  try {
    await alternate(results, [starting(START.without, empty), starting(START.with, palette.userDir)], 5);
  } finally {
    palette.remove();
    rmSync(empty, { recursive: true, force: true });
  }
  return {
    title: 'Start-up',
    unit: 'ms',
    lines: [...lines, { row: START.without }, { row: START.with, against: [START.without] }],
  };
}
