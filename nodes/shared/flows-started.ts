import type { EventEmitter } from 'node:events';

const pending = new Set<() => void>();
let listening = false;

/**
 * Calls back when the flows have started: what a node sends or reports before that reaches nobody.
 * One listener serves all nodes; one each would be taken for a leak.
 * @returns takes the call back
 */
export function whenFlowsStarted(events: EventEmitter, run: () => void): () => void {
  pending.add(run);
  if (!listening) {
    listening = true;
    events.once('flows:started', () => {
      listening = false;
      const due = [...pending];
      pending.clear();
      for (const call of due) call();
    });
  }
  return () => pending.delete(run);
}
