/** Checks of what clients send. */

export function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

/** Named and custom ranges are refused: only the whole is served. */
export function isWholeRange(range: unknown): boolean {
  return range === undefined || range === '';
}
