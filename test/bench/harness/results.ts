/** What one run of a row has given. */
export interface Sample {
  value: number;
  /** Why it counts for nothing. */
  void: string | null;
  /** Why it is the second try. */
  repeated?: string;
  /** Other figures of the same run. */
  more?: Record<string, number>;
}

export interface Row {
  name: string;
  run(): Promise<Sample>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) return Number.NaN;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** The samples of rows that were run by turns, round by round. */
export class Results {
  readonly #samples = new Map<string, Sample[]>();

  get rows(): string[] {
    return [...this.#samples.keys()];
  }

  samples(row: string): readonly Sample[] {
    return this.#samples.get(row) ?? [];
  }

  add(row: string, sample: Sample): void {
    this.#samples.set(row, [...this.samples(row), sample]);
  }

  /** Of what counts; NaN when nothing does. @param of one of the other figures of the runs */
  median(row: string, of?: string): number {
    return median(this.#valid(row, of).filter((value) => value !== undefined));
  }

  /** The median of the ratios within each round, for a busy machine is as busy with the one as with the other. */
  ratio(row: string, to: string, of?: string): number {
    const [upper, lower] = [this.#valid(row, of), this.#valid(to, of)];
    const ratios = upper.map((value, n) => (value ?? Number.NaN) / (lower[n] ?? Number.NaN));
    return median(ratios.filter((ratio) => !Number.isNaN(ratio)));
  }

  /** A row counts only when all its runs do. */
  fault(row: string): string | null {
    return this.samples(row).find((sample) => sample.void !== null)?.void ?? null;
  }

  #valid(row: string, of?: string): (number | undefined)[] {
    if (this.fault(row) !== null) return [];
    return this.samples(row).map(({ value, more }) => (of ? more?.[of] : value));
  }
}

/** A machine that others use may stand still for a moment, and then a client conflates. */
const TRIES = 4;

/** Runs a row until it counts; what is void every time is void. */
export async function attempt(run: Row['run']): Promise<Sample> {
  let sample = await run();
  for (let tries = 1; sample.void !== null && tries < TRIES; tries++) {
    sample = { ...(await run()), repeated: sample.void };
  }
  return sample;
}

/** Runs the rows by turns, each round beginning with another one. */
export async function alternate(results: Results, rows: readonly Row[], rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (let n = 0; n < rows.length; n++) {
      const row = rows[(n + round) % rows.length] as Row;
      results.add(row.name, await attempt(row.run));
    }
  }
}
