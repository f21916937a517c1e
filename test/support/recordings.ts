import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Captured frames lie beside the checkout, where they are at all: they are not ours to pass on. */
const FOLDER = join(__dirname, '../../../shared/recordings/tradingview');

/** A WebSocket message of a captured session. */
export interface RecordedMessage {
  out: boolean;
  wire: string;
}

/** A short frame from somewhere, as a row of literal-frames.jsonl. */
export interface LiteralFrame {
  dir: 'in' | 'out';
  payload: string;
  wire: string;
}

/** @returns null where the recordings are absent */
export function recordedSession(): RecordedMessage[] | null {
  return lines('chart-frames-rsi.txt', (line) => {
    const [dir = '', wire = ''] = line.split('\t');
    return { out: dir === 'out', wire };
  });
}

/** @returns null where the recordings are absent */
export function literalFrames(): LiteralFrame[] | null {
  return lines('literal-frames.jsonl', (line) => JSON.parse(line));
}

/** Skips the running test, with a word why, where the recordings are absent. */
export function needs<T>(recording: T | null, test: Mocha.Context): T {
  if (recording !== null) return recording;
  console.log('        (no recordings beside this checkout)');
  return test.skip();
}

function lines<T>(name: string, read: (line: string) => T): T[] | null {
  const file = join(FOLDER, name);
  if (!existsSync(file)) return null;
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map(read);
}
