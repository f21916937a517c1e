import type { Ledger } from './ledger';
import type { Listener } from './recorder';

/** Open time of the last candle that is none of the listener's; null where that cannot be known. */
export function startOf({ recorder, ledger }: { recorder: Listener; ledger: Ledger }): number | null {
  if (ledger.delivered[0]?.inHistory) return ledger.delivered[0].time - 1;
  return recorder.wanted.after ?? (ledger.firstLive === null ? null : ledger.firstLive - 1);
}
