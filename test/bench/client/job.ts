import type { Plan } from '../load/plan';

export type Variant =
  | 'bare'
  | 'parse'
  | 'merge'
  | 'rival'
  | 'livetick'
  /** A client for each symbol, in place of one for all. */
  | 'livetick-each';

/** What a client's process is told. */
export interface Job {
  variant: Variant;
  run: string;
  url: string;
  httpUrl: string;
  /** The port where it says that it is ready. */
  pilot: number;
  plan: Plan;
  /** The palette's library as it was built, and the package that it is compared with. */
  library: string;
  rival: string;
}

/** What it reports. */
export interface Report {
  pid: number;
  /** Which of the expected sums its events must give; a bare socket knows of none. */
  sums: 'whole' | 'parts' | 'none';
  events: number;
  sum: number;
  /** User and system time of the process while it had the windows that count. */
  cpuMicros: number;
  wallMs: number;
  /** Updates that the client itself has left out. */
  conflated: number;
  /** Microseconds from sending until the event, sorted; where the load is stamped. */
  latencies?: { p50: number; p99: number; p999: number };
  /** Bytes when ready, after a garbage collection: of the process, and of what JavaScript holds. */
  rss: number;
  held: number;
  /** The same at the end of the load. */
  rssAfter: number;
  heldAfter: number;
  /** Open when ready, without the one to the pilot. */
  sockets: number;
}
