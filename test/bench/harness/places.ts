import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../../..');
/** Where the bench's own processes are compiled to. */
export const BUILT = join(ROOT, 'node_modules/.cache/livetick-bench');
/** The library as it was built. */
export const LIBRARY = join(ROOT, 'dist/src/index.js');
/** What it is built on. */
export const WS = createRequire(join(ROOT, 'package.json')).resolve('ws');
/** What a JavaScript user would pick; it has a lock file of its own, and is no dependency of the project. */
export const RIVAL_HOME = join(ROOT, 'test/bench/rival');
export const RIVAL = join(RIVAL_HOME, 'node_modules/@mathieuc/tradingview/main.js');
