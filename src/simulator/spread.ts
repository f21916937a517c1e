import { expressionTokens, normaliseSymbol } from '../market/symbol';
import type { Instrument } from './instruments';

/** A symbol or a number of an expression. */
export interface Factor {
  divides: boolean;
  value: Instrument | number;
}

/** Factors that are multiplied, from left to right. */
export interface Term {
  isSubtracted: boolean;
  factors: Factor[];
}

/** What an expression such as `A:B/C:D-1` computes: the sum of its terms. */
export type Spread = readonly Term[];

/** Steps of prices that are computed: fine enough for the ratio of any two symbols. */
const PRICESCALE = 1_000_000;

const known = new Map<string, Instrument>();

/**
 * The symbol that an expression of symbols makes, as upstream has them: it trades in the hours of the first of its symbols
 * that ever rests, and has no volume.
 * @param find finds the symbols in it
 * @returns undefined when the text is no expression, or one of its symbols is not there
 */
export function spreadInstrument(
  symbol: string,
  find: (symbol: string) => Instrument | undefined,
): Instrument | undefined {
  const made = known.get(symbol) ?? make(symbol, find);
  if (made) known.set(symbol, made);
  return made;
}

function make(symbol: string, find: (symbol: string) => Instrument | undefined): Instrument | undefined {
  const spread = normaliseSymbol(symbol) === symbol && readSpread(symbol, find);
  if (!spread) return undefined;
  const legs = legsOf(spread);
  const first = legs[0] as Instrument;
  const resting = legs.find(({ hours }) => hours.session !== '24x7') ?? first;
  const paid = legs.find(({ paidGroup }) => paidGroup !== undefined);
  const listed = legs.map(({ hours }) => hours.listed).sort();
  return {
    symbol,
    description: symbol,
    type: 'spread',
    typespecs: [],
    market: first.market,
    source: first.source,
    currency: first.currency,
    hours: {
      ...resting.hours,
      holidays: [...new Set(legs.flatMap(({ hours }) => hours.holidays))],
      listed: listed.at(-1) as string,
    },
    ...(resting.extendedSession && { extendedSession: resting.extendedSession }),
    character: first.character,
    spread,
    pricescale: PRICESCALE,
    minmov: 1,
    lotsPerUnit: null,
    updatePeriod: Math.max(...legs.map(({ updatePeriod }) => updatePeriod)),
    delay: Math.max(...legs.map(({ delay }) => delay)),
    closeTimeKnown: legs.every(({ closeTimeKnown }) => closeTimeKnown),
    intraday: legs.every(({ intraday }) => intraday),
    ...(paid?.paidGroup && { paidGroup: paid.paidGroup }),
  };
}

/** The symbols of an expression, in their order. */
export function legsOf(spread: Spread): Instrument[] {
  const values = spread.flatMap(({ factors }) => factors.map(({ value }) => value));
  return values.filter((value): value is Instrument => typeof value !== 'number');
}

/** Multiplication and division go before addition and subtraction. */
function readSpread(symbol: string, find: (symbol: string) => Instrument | undefined): Spread | undefined {
  const spread: Term[] = [];
  let operator = '+';
  const tokens = expressionTokens(symbol);
  if (tokens.length < 2) return undefined;
  for (const token of tokens) {
    if (/^[*/+-]$/.test(token)) {
      operator = token;
      continue;
    }
    const value = token.includes(':') ? find(token) : Number(token);
    if (value === undefined || (operator === '/' && value === 0)) return undefined;
    if (operator === '+' || operator === '-') spread.push({ isSubtracted: operator === '-', factors: [] });
    spread.at(-1)?.factors.push({ divides: operator === '/', value });
  }
  return spread;
}
