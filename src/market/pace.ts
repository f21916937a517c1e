/** Something whose newest value waits to be told. */
export interface Waiting {
  /** Tells it now. */
  release(): void;
}

/**
 * Whether those who listen keep up. While they do not, values of which only the newest matters wait: a candle that is forming, a
 * quote. What has closed never waits.
 */
export interface Pace {
  /** Whether to tell now. Otherwise `release` is called with the next breath, once for all that has come until then. */
  mayTell(waiting: Waiting): boolean;
  /** What waited has been overtaken: it is not released. */
  overtaken(waiting: Waiting): void;
}

/** For those who always keep up. */
export const unhurried: Pace = { mayTell: () => true, overtaken: () => {} };
