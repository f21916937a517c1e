import type { CandleSource } from './candle-source';
import type { ChartHost } from './chart-host';
import { packet, repeatCall, unknownSession } from './chart-packets';
import { ChartSession } from './chart-session';
import type { MarketBar } from './market-bar';
import { type QuoteHost, QuoteSession } from './quote-session';
import type { Resolution } from './resolution';

const CHART_METHODS: ReadonlySet<string> = new Set([
  'switch_timezone',
  'resolve_symbol',
  'create_series',
  'modify_series',
  'remove_series',
  'request_more_data',
  'create_study',
  'modify_study',
  'remove_study',
]);
const QUOTE_METHODS: ReadonlySet<string> = new Set([
  'quote_set_fields',
  'quote_add_symbols',
  'quote_remove_symbols',
  'quote_fast_symbols',
  'quote_hibernate_all',
]);

type Session = ChartSession | QuoteSession;

/** Which sessions a server forgets. */
export type SessionKind = 'all' | 'quote';

/** The sessions of one connection by the ids that the client gave them, and which of them a request is for. */
export class Sessions {
  readonly #host: ChartHost & QuoteHost;
  readonly #refuse: (reason: string) => void;
  readonly #open = new Map<string, Session>();
  /** Ids of sessions that the server has lost. */
  readonly #lost = new Set<string>();

  /** @param refuse ends the whole connection, for a reason in upstream's words */
  constructor(host: ChartHost & QuoteHost, refuse: (reason: string) => void) {
    this.#host = host;
    this.#refuse = refuse;
  }

  /** The chart sessions that are alive. */
  charts(): ChartSession[] {
    return [...this.#open.values()].filter((one): one is ChartSession => one instanceof ChartSession && !one.ended);
  }

  /** The quote sessions that are alive. */
  quotes(): QuoteSession[] {
    return [...this.#open.values()].filter((one): one is QuoteSession => one instanceof QuoteSession && !one.ended);
  }

  /** Methods that are not known are ignored. */
  handle(method: string, params: unknown[]): void {
    if (method === 'chart_create_session') this.#create(method, params, (id) => new ChartSession(id, this.#host));
    else if (method === 'quote_create_session') this.#create(method, params, (id) => new QuoteSession(id, this.#host));
    else if (method === 'chart_delete_session') this.#delete(this.#find(method, params, ChartSession));
    else if (method === 'quote_delete_session') this.#delete(this.#find(method, params, QuoteSession));
    else if (CHART_METHODS.has(method)) this.#find(method, params, ChartSession)?.handle(method, params.slice(1));
    else if (QUOTE_METHODS.has(method)) this.#find(method, params, QuoteSession)?.handle(method, params.slice(1));
  }

  /** Says what has been held back. */
  settle(): void {
    for (const chart of this.charts()) chart.settle();
  }

  /** Sends live data; called every second. */
  advance(): void {
    for (const session of this.#open.values()) session.advance();
  }

  /** Tells of a bar that was changed or inserted after the event. */
  amend(source: CandleSource, resolution: Resolution, bar: MarketBar, inserted: boolean): void {
    for (const chart of this.charts()) chart.amend(source, resolution, bar, inserted);
  }

  /** Forgets sessions without a word, as a server does that was restarted behind a connection that stays. */
  lose(kind: SessionKind): void {
    for (const [id, session] of this.#open) {
      if (kind === 'quote' && session instanceof ChartSession) continue;
      this.#lost.add(id);
      this.#open.delete(id);
    }
  }

  clear(): void {
    this.#open.clear();
  }

  #create(method: string, [id, ...rest]: unknown[], make: (id: string) => Session): void {
    if (typeof id !== 'string' || id === '') {
      this.#refuse('wrong data');
      return;
    }
    this.#lost.delete(id);
    const existing = this.#open.get(id);
    if (existing) existing.end('duplicate id', method, rest);
    else this.#open.set(id, make(id));
  }

  #delete(session: Session | undefined): void {
    session?.close();
    if (session) this.#open.delete(session.id);
  }

  #find<S extends Session>(method: string, [id, ...rest]: unknown[], kind: new (...args: never[]) => S): S | undefined {
    const session = typeof id === 'string' ? this.#open.get(id) : undefined;
    if (session instanceof kind) return session;
    if (typeof id !== 'string' || !this.#lost.has(id)) this.#refuse(unknownSession(method, String(id), rest));
    else this.#host.post(packet('critical_error', [id, 'unknown_session_id', repeatCall(method, rest)]));
    return undefined;
  }
}
