/** What stands where a secret stood. */
const HIDDEN = '***';

/** What is shorter is nobody's token, and hiding it would garble other words. */
const SHORTEST = 6;

/** Former tokens that are still hidden. Older ones have expired long ago. */
const MOST_TOKENS = 20;

/** Knows the tokens and cookies, the present and the former, and takes them out of whatever leaves the client. */
export class Secrets {
  readonly #cookies: readonly string[];
  /** The oldest first. */
  #tokens: string[] = [];
  /** All of them in each form, the longest first: one may be a part of another. */
  #hidden: string[] = [];

  constructor(...cookies: readonly string[]) {
    this.#cookies = cookies;
    this.#gather();
  }

  addToken(token: string): void {
    if (this.#tokens.includes(token)) return;
    this.#tokens = [...this.#tokens, token].slice(-MOST_TOKENS);
    this.#gather();
  }

  /** The text without secrets. */
  hide(text: string): string {
    return this.#hidden.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
  }

  /** A copy of what came as JSON, without secrets in its texts and names, however deep. Maps and the like stay as they are. */
  redact<T>(value: T): T {
    return this.#copy(value) as T;
  }

  #copy(value: unknown): unknown {
    if (typeof value === 'string') return this.hide(value);
    if (Array.isArray(value)) return value.map((element) => this.#copy(element));
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [this.hide(key), this.#copy(part)]));
  }

  #gather(): void {
    const secrets = [...this.#cookies, ...this.#tokens].filter(({ length }) => length >= SHORTEST);
    // As they are, as they look in an address, and in JSON whose slashes are escaped.
    const forms = secrets.flatMap((secret) => [secret, encodeURIComponent(secret), secret.replaceAll('/', '\\/')]);
    this.#hidden = [...new Set(forms)].sort((a, b) => b.length - a.length);
  }
}
