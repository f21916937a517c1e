import type { Conditions } from './conditions';

/** What still has to be said of something that has ended for the client; undefined as long as nothing has come up. */
export type LateWord = (now: number) => string | undefined;

/** Series and studies that have ended for the client, while their next update is still under way. */
export class Stragglers {
  readonly #conditions: Conditions;
  #late: LateWord[] = [];

  constructor(conditions: Conditions) {
    this.#conditions = conditions;
  }

  /** @param word under the names that the client knew until now */
  retire(word: LateWord): void {
    if (this.#conditions.inForce.straggler) this.#late.push(word);
  }

  /** What has come up meanwhile: one update each. */
  take(now: number): string[] {
    const packets: string[] = [];
    this.#late = this.#late.filter((word) => {
      const text = word(now);
      if (text !== undefined) packets.push(text);
      return text === undefined;
    });
    return packets;
  }
}
