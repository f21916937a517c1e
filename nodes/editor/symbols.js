import { isVariable } from './values.js';

// As the runtime has them: EXCHANGE:SYMBOL, or an expression of such, in which a hyphen is an operator where a symbol or a
// number follows.
const SYMBOL = /^[\p{L}\p{N}_]+:[\p{L}\p{N}_.!&^@#$-]+$/u;
const NUMBER = String.raw`\d+(?:\.\d+)?`;
const HYPHEN = String.raw`-(?![\p{L}\p{N}_]+:|${NUMBER}(?:[*/+-]|$))`;
const PART = String.raw`(?:[\p{L}\p{N}_]+:(?:[\p{L}\p{N}_.!&^@#$]|${HYPHEN})+|${NUMBER})`;
const EXPRESSION = new RegExp(`^(?=.*:)${PART}(?:[*/+-]${PART})+$`, 'u');

export const tidy = (symbol) => (isVariable(symbol) ? symbol : symbol.toUpperCase());

/** The symbols of a text or of a list of texts, each of which may hold several; with the commas of East Asia, too. */
export function splitSymbols(value) {
  const parts = [value ?? []].flat().flatMap((text) => String(text).split(/[\n\r\t,;，、；]+/));
  return parts.map((part) => tidy(part.trim().replace('：', ':'))).filter(Boolean);
}

export function isSymbol(value) {
  const symbol = value.toUpperCase();
  return isVariable(value) || (symbol.length <= 256 && (SYMBOL.test(symbol) || EXPRESSION.test(symbol)));
}

/** "BTCUSDT, ETHUSDT, AAPL +2 · 5m", without the timeframe where there is none; undefined when there is no symbol. */
export function seriesLabel(symbols, timeframe) {
  const names = splitSymbols(symbols).map((symbol) => symbol.replace(/[\p{L}\p{N}_]+:/gu, ''));
  if (names.length === 0) return undefined;
  const more = names.length > 3 ? ` +${names.length - 3}` : '';
  return `${names.slice(0, 3).join(', ')}${more}${timeframe ? ` · ${timeframe}` : ''}`;
}
