import { packet, type Told, updatePart } from './chart-packets';
import type { Conditions } from './conditions';

/** Series that have ended for the client, while their next update is still under way. */
export class Stragglers {
  readonly #conditions: Conditions;
  #late: Told[] = [];

  constructor(conditions: Conditions) {
    this.#conditions = conditions;
  }

  /** @param told as the client knew it until now */
  retire(told: Told): void {
    if (this.#conditions.inForce.straggler) this.#late.push(told);
  }

  /** What ended series still have to say: one update each, under the old names. */
  take(now: number): string[] {
    const packets: string[] = [];
    this.#late = this.#late.filter((told) => {
      const update = told.live.advance(now);
      if (update) packets.push(packet('du', [told.session, { [told.id]: updatePart(told, update.bars) }]));
      return !update;
    });
    return packets;
  }
}
