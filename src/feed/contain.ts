/**
 * Calls what a user of the library has handed in: what a listener throws must reach neither the wire's handlers nor other
 * listeners.
 * @param log told of it
 */
export function containing(log: (text: string) => void): (act: () => void) => void {
  return (act) => {
    try {
      act();
    } catch (error) {
      log(`A listener failed: ${error instanceof Error ? error.stack : error}`);
    }
  };
}
