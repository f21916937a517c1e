const FIRST = 1_000;
const LONGEST = 60_000;

/**
 * How long to wait before the next try: doubling from 1 s to 60 s, half of it fixed and half random ("equal jitter"), so that
 * many clients that lost the same server do not come back at the same moment, and none comes back at once.
 * @param failures failed tries in a row, 0 after a healthy connection
 * @param random a number in [0, 1)
 * @returns milliseconds
 */
export function backoffDelay(failures: number, random: number): number {
  const delay = Math.min(LONGEST, FIRST * 2 ** Math.min(failures, 16));
  return delay / 2 + (delay / 2) * random;
}
