const PATIENCE = 10_000;

/** Waits, letting whatever runs go on, until something is the case. */
export async function until(condition: () => boolean): Promise<void> {
  const begun = performance.now();
  while (!condition()) {
    if (performance.now() - begun > PATIENCE) throw new Error(`It never came about that ${condition}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
