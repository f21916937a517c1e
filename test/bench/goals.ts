import { shown } from './harness/print';
import type { Results } from './harness/results';
import { rowOf } from './sections/clients';

/** A line of the summary. */
export interface Goal {
  what: string;
  /** NaN when it was not measured, or its rows are void. */
  measured: number;
  most: number;
}

/** In the short form a ratio may be so much worse than its goal, for machines are noisy. */
const LENIENCY = 1.25;

const QUOTES = 'quotes, 8 a message';
const CANDLES = 'candles, 8 a message';
const NEWEST = 'candles, 8 a message, the newest of 100 read';

export function goals(results: Results): Goal[] {
  const ours = (group: string, other: Parameters<typeof rowOf>[1]) =>
    results.ratio(rowOf(group, 'livetick'), rowOf(group, other));
  const unwanted = ['of an unknown session, 8 a message', 'of unknown symbols, 8 a message'];
  return [
    { what: 'quote packet, against ws + split + JSON.parse', measured: ours(QUOTES, 'parse'), most: 0.65 },
    { what: 'quote packet, against @mathieuc/tradingview', measured: ours(QUOTES, 'rival'), most: 0.4 },
    { what: 'candle update, against ws + split + JSON.parse + last bar', measured: ours(CANDLES, 'parse'), most: 0.45 },
    {
      what: 'candle update, against @mathieuc/tradingview, its newest bar read',
      measured: ours(NEWEST, 'rival'),
      most: 0.05,
    },
    {
      what: 'packet that nobody subscribed to, against bare ws',
      measured: Math.max(...unwanted.map((group) => ours(group, 'bare'))),
      most: 1.4,
    },
  ];
}

export function judged({ what, measured, most }: Goal): string {
  if (Number.isNaN(measured)) return `not measured  ${what} (goal ${most})`;
  const holds = measured <= most ? 'holds       ' : 'falls short ';
  return `${holds}  ${what}: ${shown(measured)} (goal ${most})`;
}

/** Whether the short form lets it pass. */
export function passes({ measured, most }: Goal): boolean {
  return measured <= most * LENIENCY;
}
