import type { Job } from '../client/job';

/** What the counting node is told. */
export interface NodeRedJob extends Pick<Job, 'run' | 'pilot' | 'plan'> {
  /** What the messages carry. */
  value: 'quote' | 'candle' | 'quote-packet' | 'candle-packet';
  /** The core to run on; null where processes cannot be tied to one. */
  core: number | null;
}
