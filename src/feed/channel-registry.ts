/** Something open upstream that several subscribers may share. */
export interface Channel {
  /** Ends it upstream. */
  close(): void;
}

/** Keeps one channel per key, for as long as somebody holds it. */
export class ChannelRegistry<C extends Channel> {
  readonly #open = new Map<string, { channel: C; holders: number }>();

  /**
   * The channel of this key, opened if need be.
   * @returns the channel, and a function that lets go of it; the last one to let go closes it
   */
  hold(key: string, open: () => C): { channel: C; release: () => void } {
    let entry = this.#open.get(key);
    if (!entry) {
      entry = { channel: open(), holders: 0 };
      this.#open.set(key, entry);
    }
    const held = entry;
    held.holders++;
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      held.holders--;
      if (held.holders > 0) return;
      if (this.#open.get(key) === held) this.#open.delete(key);
      held.channel.close();
    };
    return { channel: held.channel, release };
  }

  /** From now on the key opens a new channel; those who hold this one keep it until they let go. */
  retire(key: string, channel: C): void {
    if (this.#open.get(key)?.channel === channel) this.#open.delete(key);
  }

  get size(): number {
    return this.#open.size;
  }

  values(): C[] {
    return [...this.#open.values()].map(({ channel }) => channel);
  }
}
