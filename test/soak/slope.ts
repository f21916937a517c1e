/** A point of a measurement: where or when, and what. */
export type Point = readonly [x: number, y: number];

/** The slope of the straight line that fits the points best (least squares): how much y grows with each x. */
export function slopeOf(points: readonly Point[]): number {
  const mean = (axis: 0 | 1) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [middleX, middleY] = [mean(0), mean(1)];
  let [rise, run] = [0, 0];
  for (const [x, y] of points) {
    rise += (x - middleX) * (y - middleY);
    run += (x - middleX) ** 2;
  }
  return rise / run;
}
