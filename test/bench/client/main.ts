// A client's process: opens what its job names, takes the load, and writes its report as the only line of its output.
import type { Job, Report, Variant } from './job';
import { livetick, livetickEach } from './livetick';
import { Meter } from './meter';
import { bare, merge, parse } from './raw';
import { rival } from './rival';

const CLIENTS: Record<Variant, (job: Job, meter: Meter) => void> = {
  bare,
  parse,
  merge,
  rival,
  livetick,
  'livetick-each': livetickEach,
};

const job: Job = JSON.parse(process.argv[2] ?? '');
const done = (report: Report) => process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit());
CLIENTS[job.variant](job, new Meter(job, job.variant === 'bare' ? 'packets' : 'events', done));
