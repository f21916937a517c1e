import { join } from 'node:path';
import type { NodeRedProcess } from './node-red-process';

/** How often each thing is there. */
export type Counts = Record<string, number>;

/** What a Node-RED process says that it holds. */
export interface Holdings {
  /** Timers and the like that keep the process, by kind; sockets apart. */
  resources: Counts;
  /** Where its sockets lead that it has opened itself. */
  sockets: string[];
  listeners: { process: Counts; events: Counts };
  /** Of each tv-connection, by id. */
  connections: Record<
    string,
    {
      state: string;
      channels: number;
      subscriptions: number;
      users: number;
      listeners: { node: Counts; client: Counts };
    }
  >;
  /** After a garbage collection, bytes. */
  heapUsed: number;
  rss: number;
  /** All that Node.js has warned of. */
  warnings: string[];
}

/** With these settings a Node-RED can be probed. */
export const PROBED = { nodesDir: join(__dirname, 'probe') };

/** Asks a Node-RED what it holds. */
export async function probe(red: NodeRedProcess): Promise<Holdings> {
  const response = await red.get('/livetick-probe');
  if (!response.ok) throw new Error(`The probe gave HTTP ${response.status}.`);
  return (await response.json()) as Holdings;
}

/** Asks again and again, until it holds what is wanted: what has been let go of may take a moment. */
export async function probeUntil(red: NodeRedProcess, wanted: (holdings: Holdings) => boolean): Promise<Holdings> {
  const begun = performance.now();
  for (;;) {
    const holdings = await probe(red);
    if (wanted(holdings)) return holdings;
    if (performance.now() - begun > PATIENCE) return holdings;
  }
}

/** The caller judges what is held then. */
const PATIENCE = 15_000;
