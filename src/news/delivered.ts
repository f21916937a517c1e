/** Links that are kept. The server repeats the newest few, and breaking news for some hours. */
const MOST = 1_000;

/**
 * Remembers what has been delivered, by its link, in bounded memory: what has not been seen for the longest time is forgotten
 * first, so that what the server goes on repeating never is.
 */
export class Delivered {
  /** The one that was not seen for the longest time first. */
  readonly #links: Set<string>;

  /** @param links what an earlier life has delivered, in that order */
  constructor(links: readonly string[] = []) {
    this.#links = new Set(links.slice(-MOST));
  }

  /** Notes that an article has been seen, if it was delivered before. @returns whether it was */
  sees(link: string): boolean {
    if (!this.#links.delete(link)) return false;
    this.#links.add(link);
    return true;
  }

  add(link: string): void {
    this.#links.add(link);
    const [oldest] = this.#links;
    if (this.#links.size > MOST && oldest !== undefined) this.#links.delete(oldest);
  }

  /** The newest so many, in order. */
  newest(count: number): string[] {
    return [...this.#links].slice(-count);
  }
}
