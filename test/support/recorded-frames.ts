import { readFileSync } from 'node:fs';
import { recordingPath } from './recording';

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

/** Both directions of a captured session; null where the recordings are absent. */
export function recordedSession(): RecordedMessage[] | null {
  return lines('chart-frames-rsi.txt', (line) => {
    const [dir = '', wire = ''] = line.split('\t');
    return { out: dir === 'out', wire };
  });
}

/** null where the recordings are absent. */
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
  const path = recordingPath(name);
  if (path === null) return null;
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map(read);
}
