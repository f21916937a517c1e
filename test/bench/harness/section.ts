import type { Results } from './results';
import type { LoadServer } from './server';

export interface Surroundings {
  server: LoadServer;
  results: Results;
  /** The form for CI: only the ratios that matter, in a few minutes. */
  short: boolean;
}

/** A line of a table: a row of the results, and the rows that it is compared with. */
export interface Line {
  row: string;
  against?: readonly string[];
  /** Of its other figures in place of the first. */
  of?: string;
}

/** Some rows that belong together. */
export interface Section {
  title: string;
  /** What the figures are in. */
  unit: string;
  lines: readonly Line[];
}
