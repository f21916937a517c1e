/** What a soak has measured, and the most that it may be. */
export interface Figure {
  what: string;
  value: number;
  most: number;
}

/**
 * How much the heap may have grown along its line over a phase, KiB. It goes up and down by about a MiB, for series hold between
 * once and twice as many candles as they need; a leak of a connection's client at each of 500 deploys would be 35 MiB.
 */
export const HEAP_GROWTH = 2048;

/** @returns how the figures are printed, one a line, and whether each is within its limit */
export function judge(figures: readonly Figure[]): { lines: string[]; good: boolean } {
  const beyond = ({ value, most }: Figure) => !(value <= most);
  const lines = figures.map((figure) => {
    const { what, value, most } = figure;
    return `${beyond(figure) ? 'BEYOND' : 'ok    '}  ${what}: ${shown(value)} (at most ${shown(most)})`;
  });
  return { lines, good: !figures.some(beyond) };
}

function shown(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}
