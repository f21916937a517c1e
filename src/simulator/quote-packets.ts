import { packet } from './chart-packets';
import type { QuoteFields } from './practice-answers';

/** Fields of a symbol: all that are known the first time, later those that changed. `text` is the symbol as it was asked for. */
export function quotePacket(session: string, text: string, fields: QuoteFields): string {
  return packet('qsd', [session, { n: text, s: 'ok', v: fields }]);
}

/** What is asked for does not exist. */
export function unknownQuotePacket(session: string, text: string): string {
  return packet('qsd', [session, { n: text, s: 'error', errmsg: 'no_such_symbol', v: {} }]);
}

/** @param group the subscription that it would take */
export function forbiddenQuotePacket(session: string, text: string, group: string): string {
  return packet('qsd', [
    session,
    { n: text, s: 'permission_denied', errmsg: 'Permission denied', v: { alternative: group } },
  ]);
}

/** The end of the first answer about a symbol, also of one that was refused. */
export function quoteCompletedPacket(session: string, text: string): string {
  return packet('quote_completed', [session, text]);
}
