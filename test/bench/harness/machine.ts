import { cpus, totalmem } from 'node:os';
import { canPin } from './pinning';

/** The machine in words. */
export function machine(): string {
  const found = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB of memory`;
  const tied = canPin
    ? 'server and client each tied to a core of their own'
    : 'server and client not tied to cores, for there is no taskset or only one core';
  return `${found.length} cores of ${found[0]?.model.trim()}, ${memory}, ${process.platform}, Node.js ${process.version}; ${tied}`;
}
