import { QuoteChange } from '../market/quote';
import type { ByteCursor } from './byte-cursor';
import { quotedSymbol, readQuote } from './live-packets';
import { encodeRequest, type ServerMessage } from './messages';
import { readWireFields, WIRE_FIELDS } from './quote-fields';

/** Why upstream gives no quote of a symbol; the words are upstream's. */
export interface QuoteFailure {
  /** `permission_denied`, `error`, … */
  status: string;
  reason: string;
}

/** What a quote session reports of a symbol. */
export interface QuoteAnswers {
  /** @param change good only until this returns */
  data(change: QuoteChange): void;
  /** The first answer has ended. */
  completed(): void;
  refused(failure: QuoteFailure): void;
}

/** To whom a quote session reports. */
export interface QuoteListener {
  /** Who wants to hear of a symbol, by the text by which it was added. */
  asker(symbol: string): QuoteAnswers | undefined;
  /** The whole session is gone upstream. */
  failed(reason: string): void;
}

/** So many symbols go into one request, as other clients do it. */
const BATCH = 50;

/**
 * One upstream quote session. Its fields are set once; symbols come and go as texts which upstream repeats byte for byte, so
 * that the text is the key of everything that comes.
 */
export class QuoteSession {
  readonly id: string;
  readonly #send: (text: string) => void;
  readonly #listener: QuoteListener;
  readonly #change = new QuoteChange();
  #open = true;

  constructor(id: string, send: (text: string) => void, listener: QuoteListener) {
    this.id = id;
    this.#send = send;
    this.#listener = listener;
    this.#request('quote_create_session', []);
    this.#request('quote_set_fields', WIRE_FIELDS);
  }

  add(symbols: readonly string[]): void {
    this.#inBatches('quote_add_symbols', symbols);
  }

  remove(symbols: readonly string[]): void {
    this.#inBatches('quote_remove_symbols', symbols);
  }

  /** Ends the session upstream. Nothing is reported afterwards. */
  close(): void {
    this.#request('quote_delete_session', []);
    this.#open = false;
  }

  /** Forgets the session without a word, because upstream does not know it any more. */
  abandon(): void {
    this.#open = false;
  }

  /** A message that bears this session's id. */
  receive(message: ServerMessage): void {
    if (!this.#open) return;
    switch (message.method) {
      case 'qsd':
        this.#answer(message);
        break;
      case 'quote_completed': {
        const asker = this.#listener.asker(message.symbol);
        if (message.status === 'ok') asker?.completed();
        else asker?.refused({ status: message.status, reason: '' });
        break;
      }
      case 'critical_error':
        this.abandon();
        this.#listener.failed(`${message.reason} ${message.info}`.trim());
    }
  }

  /** See `Session`. */
  express(packet: ByteCursor, end: number): boolean {
    if (!this.#open) return true;
    const symbol = quotedSymbol(packet);
    if (symbol === null) return false;
    const asker = this.#listener.asker(symbol);
    if (!asker) return true;
    if (!readQuote(packet, end, this.#change)) return false;
    asker.data(this.#change);
    return true;
  }

  #answer(message: ServerMessage & { method: 'qsd' }): void {
    const asker = this.#listener.asker(message.symbol);
    if (!asker) return;
    if (message.status !== 'ok') return asker.refused(message);
    readWireFields(message.fields, this.#change);
    asker.data(this.#change);
  }

  #inBatches(method: string, symbols: readonly string[]): void {
    for (let at = 0; at < symbols.length; at += BATCH) this.#request(method, symbols.slice(at, at + BATCH));
  }

  #request(method: string, params: readonly string[]): void {
    if (this.#open) this.#send(encodeRequest(method, [this.id, ...params]));
  }
}
