import { encodeRequest, type ServerMessage } from './messages';
import { WIRE_FIELDS, type WireFields } from './quote-fields';

/** Why upstream gives no quote of a symbol; the words are upstream's. */
export interface QuoteFailure {
  /** `permission_denied`, `error`, … */
  status: string;
  reason: string;
}

/** What a quote session reports. Symbols are the texts by which they were added. */
export interface QuoteListener {
  data(symbol: string, fields: WireFields): void;
  /** The first answer about a symbol has ended. */
  completed(symbol: string): void;
  refused(symbol: string, failure: QuoteFailure): void;
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
        if (message.status === 'ok') this.#listener.data(message.symbol, message.fields);
        else this.#listener.refused(message.symbol, message);
        break;
      case 'quote_completed':
        if (message.status === 'ok') this.#listener.completed(message.symbol);
        else this.#listener.refused(message.symbol, { status: message.status, reason: '' });
        break;
      case 'critical_error':
        this.abandon();
        this.#listener.failed(`${message.reason} ${message.info}`.trim());
    }
  }

  #inBatches(method: string, symbols: readonly string[]): void {
    for (let at = 0; at < symbols.length; at += BATCH) this.#request(method, symbols.slice(at, at + BATCH));
  }

  #request(method: string, params: readonly string[]): void {
    if (this.#open) this.#send(encodeRequest(method, [this.id, ...params]));
  }
}
