// What a process holds that has loaded what it is told to, and made a client of the library of which nobody wants anything.
import { setTimeout as sleep } from 'node:timers/promises';

const [, , name = '', client = ''] = process.argv;
const loaded = require(name);
const made = client ? new loaded[client]({ server: 'live' }) : null;

async function main(): Promise<void> {
  for (let n = 0; n < 3; n++) {
    globalThis.gc?.();
    await sleep(20);
  }
  process.stdout.write(JSON.stringify({ rss: process.memoryUsage().rss }));
  await made?.close();
}

void main();
