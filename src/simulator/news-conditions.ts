/** What is out of order, by the name of the switch that made it so. */
export interface NewsInForce {
  freeze?: true;
  empty?: true;
  robots?: true;
  refuse?: true;
  full?: { retryAfter: number; times: number | undefined };
  failPolls?: { times: number };
  malform?: { times: number };
}

/** What the streams ask before they act. All is in order until a fault switch says otherwise. */
export class NewsConditions {
  readonly inForce: NewsInForce = {};

  /** Whether there is no room for the stream at hand, and after how many seconds there may be. */
  full(): number | undefined {
    const { full } = this.inForce;
    if (!full) return undefined;
    if (full.times !== undefined && --full.times === 0) delete this.inForce.full;
    return full.retryAfter;
  }

  /** Whether the poll at hand fails. */
  failsPoll(): boolean {
    return this.#use('failPolls');
  }

  /** Whether the event at hand cannot be read. */
  malforms(): boolean {
    return this.#use('malform');
  }

  #use(fault: 'failPolls' | 'malform'): boolean {
    const inForce = this.inForce[fault];
    if (!inForce) return false;
    if (--inForce.times === 0) delete this.inForce[fault];
    return true;
  }
}
