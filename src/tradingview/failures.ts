import { FeedError } from '../feed/errors';
import type { ChartFailure } from './chart-session';
import type { CandleSettings } from './options';

/**
 * What upstream's refusal of a series means to a user.
 * @returns `final`: trying again is of no use until the user has changed something
 */
export function readChartFailure(
  { scope, reason }: ChartFailure,
  { symbol, timeframe }: Pick<CandleSettings, 'symbol' | 'timeframe'>,
): { error: FeedError; final: boolean } {
  const words = reason.slice(0, 200);
  if (scope === 'session') {
    const sentence = `TradingView has ended the series of ${symbol}: ${words}. It is tried again.`;
    return { error: new FeedError('PROTOCOL', sentence, symbol), final: false };
  }
  if (/not_entitled|custom_resolution|unsupported.resolution/i.test(reason)) {
    const sentence = `${timeframe} candles of ${symbol} are not to be had: ${words}. Choose another timeframe, or a plan that has it.`;
    return { error: new FeedError('TIMEFRAME_FORBIDDEN', sentence, symbol), final: true };
  }
  if (/permission|denied|not_auth|not authori[sz]ed|forbidden/i.test(reason)) {
    const sentence = `${symbol} needs rights that this account does not have: ${words}. Check the plan and the token.`;
    return { error: new FeedError('SYMBOL_FORBIDDEN', sentence, symbol), final: true };
  }
  if (scope === 'symbol' || /resolve/i.test(reason)) {
    const sentence = `TradingView does not know ${symbol}: ${words}. Look the symbol up on tradingview.com.`;
    return { error: new FeedError('SYMBOL_UNKNOWN', sentence, symbol), final: true };
  }
  const sentence = `TradingView could not load ${symbol}: ${words}. It is tried again.`;
  return { error: new FeedError('PROTOCOL', sentence, symbol), final: false };
}

/**
 * What upstream's complaint about a study means to a user.
 * @returns `limit`: there is no slot for it; `final`: trying again is of no use; `passing`: good values may follow all the same
 */
export function readStudyComplaint(
  reason: string,
  runtime: boolean,
  { symbol, name }: { symbol: string; name: string },
): { kind: 'limit' | 'final' | 'passing'; error: FeedError } {
  const words = reason.slice(0, 300).replace(/\.$/, '') || 'without a reason';
  // What a script says of itself may hold any words.
  if (/^the maximum number of studies/i.test(reason) || (!runtime && /studies.*limit|limit.*studies/i.test(reason))) {
    return { kind: 'limit', error: new FeedError('INDICATOR_LIMIT', words, symbol) };
  }
  if (/^study_not_auth/.test(reason) || (!runtime && /not_auth|not allowed|permission|denied/i.test(reason))) {
    const sentence = `${name} on ${symbol} needs rights that this account does not have: ${words}. Check the plan and the token.`;
    return { kind: 'final', error: new FeedError('INDICATOR_FORBIDDEN', sentence, symbol) };
  }
  const advice = runtime ? 'Check its inputs, or the script.' : 'It is tried again.';
  const sentence = `${name} has failed on ${symbol}: ${words}. ${advice}`;
  return { kind: runtime ? 'final' : 'passing', error: new FeedError('INDICATOR_FAILED', sentence, symbol) };
}

/** What it means that there is no slot for a study. @param holders the indicators that hold the slots */
export function sayLimit(
  { symbol, name }: { symbol: string; name: string },
  limit: number,
  holders: readonly string[],
): FeedError {
  if (holders.length === 0) {
    const sentence = `${name} has to wait: TradingView has no room for an indicator on ${symbol}. It is tried again.`;
    return new FeedError('INDICATOR_LIMIT', sentence, symbol);
  }
  const taken = `, which ${holders.join(', ')} ${limit === 1 ? 'holds' : 'hold'}`;
  const sentence = `${name} has to wait: ${symbol} may carry ${limit} indicator${limit === 1 ? '' : 's'}${taken}. Remove one, or choose a plan with more.`;
  return new FeedError('INDICATOR_LIMIT', sentence, symbol);
}
