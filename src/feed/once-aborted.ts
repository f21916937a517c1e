/**
 * Calls back when a signal aborts. A time-out holds on to its listeners until it is over, and with them to all that they know of.
 * @returns takes the call back
 */
export function onceAborted(signal: AbortSignal, run: () => void): () => void {
  signal.addEventListener('abort', run, { once: true });
  return () => signal.removeEventListener('abort', run);
}
