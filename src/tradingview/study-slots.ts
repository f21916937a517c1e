/** One who wants a slot. */
export interface SlotHolder {
  /** How the user knows it. */
  readonly name: string;
  /** It has a slot now. */
  admitted(): void;
  /** There is none: it waits until one is free. @param limit how many there are @param holders who has them */
  waiting(limit: number, holders: readonly string[]): void;
}

/** The studies that a series may carry at a time; who comes too late waits in line. */
export class StudySlots {
  readonly #planned: number;
  #limit: number;
  readonly #inside = new Set<SlotHolder>();
  readonly #line = new Set<SlotHolder>();

  /** @param planned how many there are, as long as upstream does not know better */
  constructor(planned: number) {
    this.#planned = planned;
    this.#limit = planned;
  }

  has(holder: SlotHolder): boolean {
    return this.#inside.has(holder);
  }

  /** Asks for a slot: `admitted` or `waiting` is called at once, and `admitted` later for those who wait. */
  ask(holder: SlotHolder): void {
    if (this.#inside.has(holder) || this.#line.has(holder)) return;
    if (this.#inside.size < this.#limit) this.#admit(holder);
    else this.#makeWait(holder);
  }

  /** Gives the slot back, or leaves the line. */
  leave(holder: SlotHolder): void {
    this.#line.delete(holder);
    if (this.#inside.delete(holder)) this.#fill();
  }

  /** Upstream has no room for this one: there are fewer slots than was thought. It goes to the head of the line. */
  deny(holder: SlotHolder): void {
    if (!this.#inside.delete(holder)) return;
    this.#limit = this.#inside.size;
    const others = [...this.#line];
    this.#line.clear();
    this.#makeWait(holder);
    for (const other of others) this.#line.add(other);
  }

  /** Upstream begins anew, and may have another opinion. */
  reset(): void {
    this.#limit = this.#planned;
    this.#fill();
  }

  /** Where upstream has had no room for anybody, the first in line tries again: nobody is inside who could leave. */
  retry(): void {
    this.#limit = Math.max(1, this.#limit);
    this.#fill();
  }

  #fill(): void {
    for (const next of [...this.#line]) if (this.#inside.size < this.#limit) this.#admit(next);
  }

  #admit(holder: SlotHolder): void {
    this.#line.delete(holder);
    this.#inside.add(holder);
    holder.admitted();
  }

  #makeWait(holder: SlotHolder): void {
    this.#line.add(holder);
    const holders = [...this.#inside].map(({ name }) => name);
    holder.waiting(this.#limit, holders);
  }
}
