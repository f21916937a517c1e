import { SteppedClock, type Timer } from '../../src/market/clock';

/** A stepped clock whose timers come late, as those of an event loop that is too busy. */
export class LateClock extends SteppedClock {
  /** By how much, milliseconds, for what is asked for from now on. */
  late = 0;

  override after(ms: number, run: () => void): Timer {
    return super.after(ms + this.late, run);
  }
}
