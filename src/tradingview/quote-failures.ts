import { FeedError } from '../feed/errors';
import type { QuoteFailure } from './quote-session';

/**
 * What upstream's refusal of a quote means to a user.
 * @returns `final`: trying again is of no use until the user has changed something
 */
export function readQuoteFailure(
  { status, reason }: QuoteFailure,
  symbol: string,
): { error: FeedError; final: boolean } {
  const words = (reason || status).slice(0, 200);
  if (/permission|denied|forbidden/i.test(`${status} ${reason}`)) {
    const sentence = `Quotes of ${symbol} need rights that this account does not have: ${words}. Check the plan and the token.`;
    return { error: new FeedError('SYMBOL_FORBIDDEN', sentence, symbol), final: true };
  }
  if (/no.such.symbol|unknown.symbol|invalid.symbol/i.test(reason)) {
    const sentence = `TradingView does not know ${symbol}: ${words}. Look the symbol up on tradingview.com.`;
    return { error: new FeedError('SYMBOL_UNKNOWN', sentence, symbol), final: true };
  }
  const code = /time.?out/i.test(`${status} ${reason}`) ? 'TIMEOUT' : 'PROTOCOL';
  const sentence = `TradingView could not quote ${symbol}: ${words}. It is tried again.`;
  return { error: new FeedError(code, sentence, symbol), final: false };
}
