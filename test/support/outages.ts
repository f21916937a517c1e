import type { Faults } from '../../src/simulator/faults';

export interface Outage {
  /** In the words of `a socket that …`. */
  what: string;
  begin(faults: Faults): void;
  end(faults: Faults): void | Promise<void>;
  /** Heartbeats go on, so that the clock closes the candle that was forming; what it missed comes as a correction. */
  beats?: boolean;
}

/** The ways in which a link can be lost. */
export const OUTAGES: readonly Outage[] = [
  {
    what: 'drops and cannot be had again',
    begin: (faults) => {
      faults.drop(1006);
      faults.refuse('connection');
    },
    end: (faults) => faults.accept(),
  },
  { what: 'goes silent', begin: (faults) => faults.freeze('silent'), end: (faults) => faults.thaw() },
  { what: 'only beats', begin: (faults) => faults.freeze('heartbeat'), end: (faults) => faults.thaw(), beats: true },
];
