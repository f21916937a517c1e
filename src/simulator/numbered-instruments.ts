import type { Instrument } from './instruments';
import { hashText } from './random';

/** `PRACTICE:N000` to `PRACTICE:N999`. */
const NUMBERED = /^PRACTICE:N\d{3}$/;

const SOURCE = { id: 'PRACTICE', name: 'Practice', description: 'Practice', country: '', url: 'https://127.0.0.1/' };

const known = new Map<string, Instrument>();

/** One of a thousand symbols that are all alike but for their prices, for those who need many; no search finds them. */
export function numberedInstrument(symbol: string): Instrument | undefined {
  if (!NUMBERED.test(symbol)) return undefined;
  const made = known.get(symbol) ?? make(symbol);
  known.set(symbol, made);
  return made;
}

function make(symbol: string): Instrument {
  return {
    symbol,
    description: `Practice symbol ${symbol.slice(-3)}`,
    type: 'spot',
    typespecs: ['crypto'],
    market: 'crypto',
    source: SOURCE,
    currency: 'USD',
    baseCurrency: symbol.slice(-4),
    hours: { timezone: 'Etc/UTC', session: '24x7', holidays: [], listed: '2020-01-01' },
    character: { base: 10 + (hashText(symbol) % 990), dailyMove: 0.03, dailyLots: 100_000_000 },
    pricescale: 100,
    minmov: 1,
    lotsPerUnit: 1000,
    updatePeriod: 1,
    delay: 0,
    closeTimeKnown: true,
    intraday: true,
  };
}
