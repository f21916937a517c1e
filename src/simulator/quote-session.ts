import { isId } from './call-arguments';
import { packet } from './chart-packets';
import type { QuoteFields } from './practice-answers';
import { forbiddenQuotePacket, quoteCompletedPacket, quotePacket, unknownQuotePacket } from './quote-packets';
import { isBookField, type QuoteSources, type QuoteState, quoteState } from './quote-state';
import { readSymbolSpec } from './symbol-spec';

/** Seconds between two updates of a symbol that is not among the fast ones. */
const SLOW = 10;

/** What a quote session needs from the connection it lives on. */
export interface QuoteHost {
  /** The market's time, milliseconds since the epoch. */
  now(): number;
  /** Sends one JSON packet, joined with what else is to be said. */
  post(payload: string): void;
  /** undefined when there is no such symbol. */
  quoted(symbol: string): QuoteSources | undefined;
  /** Whether quotes of a symbol go out just now. */
  streamsQuote(symbol: string): boolean;
}

/** A symbol that is being quoted. */
interface Quoted {
  /** As the client wrote it: that is what every message about it repeats. */
  text: string;
  sources: QuoteSources;
  /** What the client has been told last, by field. */
  told: Map<string, unknown>;
}

/** A fault of the client, in upstream's words. */
class QuoteError extends Error {}

/**
 * One quote session: which symbols, which fields, and what the client knows of them already. A symbol is first told whole, and
 * completed; bid and ask follow by themselves a moment later, and then whatever changes. All symbols are fast until
 * the client says which are; from then on the others are told every 10 seconds.
 */
export class QuoteSession {
  readonly id: string;
  readonly #host: QuoteHost;
  readonly #quoted = new Map<string, Quoted>();
  #fields: ReadonlySet<string> | undefined;
  #fast: ReadonlySet<string> | undefined;
  #ended = false;

  constructor(id: string, host: QuoteHost) {
    this.id = id;
    this.#host = host;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** How many symbols are being quoted. */
  get symbolCount(): number {
    return this.#quoted.size;
  }

  /** @param args without the session's id */
  handle(method: string, args: unknown[]): void {
    if (this.#ended) return;
    try {
      this.#dispatch(method, texts(args));
    } catch (error) {
      if (!(error instanceof QuoteError)) throw error;
      this.end(error.message, method);
    }
  }

  /** Ends it as a fault of the client, or of the server. Quote sessions are told the name of the method alone. */
  end(reason: string, method: string): void {
    this.close();
    this.#host.post(packet('critical_error', [this.id, reason, method]));
  }

  /** The client has done with it. */
  close(): void {
    this.#ended = true;
    this.#quoted.clear();
  }

  /** Sends what has changed since the last time; called every second. */
  advance(): void {
    const now = this.#host.now();
    const second = Math.floor(now / 1000);
    for (const quoted of this.#quoted.values()) {
      const { symbol, updatePeriod } = quoted.sources.regular.instrument;
      const period = this.#isFast(quoted.text) ? Math.max(1, updatePeriod) : SLOW;
      if (second % period !== 0 || !this.#host.streamsQuote(symbol)) continue;
      const { trades, book } = quoteState(quoted.sources, now);
      this.#tell(quoted, trades);
      this.#tell(quoted, book);
    }
  }

  #dispatch(method: string, names: string[]): void {
    switch (method) {
      case 'quote_set_fields':
        // None at all means every field.
        this.#fields = names.length > 0 ? new Set(names) : undefined;
        break;
      case 'quote_add_symbols':
        for (const text of names) this.#add(text);
        break;
      case 'quote_remove_symbols':
        for (const text of names) this.#quoted.delete(text);
        break;
      case 'quote_fast_symbols':
        this.#fast = new Set(names);
        break;
      case 'quote_hibernate_all':
        this.#fast = new Set();
        break;
    }
  }

  /** A symbol that is added again is told again. */
  #add(text: string): void {
    const spec = readSymbolSpec(text);
    const sources = spec && this.#host.quoted(spec.symbol);
    const group = sources?.regular.instrument.paidGroup;
    if (!sources) this.#host.post(unknownQuotePacket(this.id, text));
    else if (group !== undefined) this.#host.post(forbiddenQuotePacket(this.id, text, group));
    else {
      const quoted = { text, sources, told: new Map() };
      this.#quoted.set(text, quoted);
      const state: QuoteState = quoteState(sources, this.#host.now());
      this.#tell(quoted, state.trades);
    }
    this.#host.post(quoteCompletedPacket(this.id, text));
  }

  #tell(quoted: Quoted, state: QuoteFields): void {
    const changed: QuoteFields = {};
    for (const [field, value] of Object.entries(state)) {
      if (this.#fields && !this.#fields.has(field) && !isBookMark(field, this.#fields)) continue;
      if (quoted.told.has(field) && quoted.told.get(field) === value) continue;
      quoted.told.set(field, value);
      changed[field] = value;
    }
    if (Object.keys(changed).length > 0) this.#host.post(quotePacket(this.id, quoted.text, changed));
  }

  #isFast(text: string): boolean {
    return this.#fast === undefined || this.#fast.has(text);
  }
}

/** `trade_loaded` comes with the order book, asked for or not. */
function isBookMark(field: string, fields: ReadonlySet<string>): boolean {
  return field === 'trade_loaded' && [...fields].some(isBookField);
}

function texts(args: unknown[]): string[] {
  if (args.every(isId)) return args;
  throw new QuoteError('invalid_parameters');
}
