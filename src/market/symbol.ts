// EXCHANGE:SYMBOL. Symbols carry dots, digits and signs (`BYBIT:BTCUSDT.P`, `CME_MINI:ES1!`, `NSE:M&M`), and letters of any script.
const SYMBOL = /^[\p{L}\p{N}_]+:[\p{L}\p{N}_.!&^@#$-]+$/u;
// In an expression a hyphen is an operator where a symbol or a number follows (`A:B-C:D`, `A:B-1`), else part of the symbol
// (`NSE:BAJAJ-AUTO/NSE:TCS`): it can be read in one way only.
const NUMBER = String.raw`\d+(?:\.\d+)?`;
const HYPHEN = String.raw`-(?![\p{L}\p{N}_]+:|${NUMBER}(?:[*/+-]|$))`;
const PART = String.raw`(?:[\p{L}\p{N}_]+:(?:[\p{L}\p{N}_.!&^@#$]|${HYPHEN})+|${NUMBER})`;
const EXPRESSION = new RegExp(`^(?=.*:)${PART}(?:[*/+-]${PART})+$`, 'u');
const TOKEN = new RegExp(`${PART}|[*/+-]`, 'gu');
const LONGEST = 256;

/**
 * Trims and upper-cases a symbol.
 * @returns the symbol as `EXCHANGE:SYMBOL`, or an expression of such (`A:B/C:D`); undefined when the text is neither
 */
export function normaliseSymbol(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  const symbol = text.trim().toUpperCase();
  if (symbol.length > LONGEST) return undefined;
  return SYMBOL.test(symbol) || EXPRESSION.test(symbol) ? symbol : undefined;
}

/** The symbols, numbers and operators of a normalised expression, in turn: `A:B/C:D` is `A:B`, `/` and `C:D`. */
export function expressionTokens(symbol: string): string[] {
  return symbol.match(TOKEN) ?? [];
}

/** Whether a normalised symbol is an expression of several (`A:B/C:D`), which upstream wants to be written otherwise. */
export function isExpression(symbol: string): boolean {
  return !SYMBOL.test(symbol);
}
