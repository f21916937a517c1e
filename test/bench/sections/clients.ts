import type { Variant } from '../client/job';
import { measure } from '../harness/client';
import { alternate, type Row } from '../harness/results';
import type { Line, Section, Surroundings } from '../harness/section';
import type { LoadServer } from '../harness/server';
import type { Plan } from '../load/plan';

export const NAMES: Record<Variant, string> = {
  bare: 'ws, nothing read',
  parse: 'ws, split, JSON.parse',
  merge: 'ws, split, JSON.parse, merge',
  rival: '@mathieuc/tradingview',
  livetick: 'livetick',
  'livetick-each': 'livetick, a connection each',
};

const PLAN: Plan = { traffic: 'quotes', symbols: 1, perMessage: 8, warmUp: 48, windows: 144 };

interface Kind {
  /** What the rows are called by. */
  group: string;
  plan: Partial<Plan>;
  variants: readonly Variant[];
  rounds: number;
  /** Of the variants; what the others are compared with. */
  references: readonly Variant[];
}

const ALL = ['bare', 'parse', 'merge', 'rival', 'livetick'] as const;
const CANDLE_REFERENCES = ['bare', 'parse', 'livetick'] as const;

/** Whom the packets are for makes no difference to who does not look. */
const UNWANTED = ['bare', 'parse', 'livetick'] as const;

/** @param short leaves out what only the table shows, and is content with fewer rounds */
function kinds(short: boolean): Kind[] {
  const rounds = short ? 3 : 5;
  const judged: Kind[] = [
    {
      group: 'quotes, 8 a message',
      plan: {},
      variants: short ? ['parse', 'rival', 'livetick'] : ALL,
      rounds,
      references: ['parse', 'rival'],
    },
    {
      group: 'candles, 8 a message',
      plan: { traffic: 'candles' },
      variants: short ? ['parse', 'livetick'] : CANDLE_REFERENCES,
      rounds,
      references: ['parse'],
    },
    ...(short ? [300] : [100, 300]).map(
      (candles): Kind => ({
        group: `candles, 8 a message, the newest of ${candles} read`,
        plan: { traffic: 'candles', candles, windows: 24 },
        variants: ['rival', 'livetick'],
        rounds,
        references: ['rival'],
      }),
    ),
    {
      group: 'of an unknown session, 8 a message',
      plan: { traffic: 'unknown-session' },
      variants: short ? ['bare', 'livetick'] : UNWANTED,
      rounds,
      references: ['bare'],
    },
    {
      group: 'of unknown symbols, 8 a message',
      plan: { traffic: 'unknown-symbols' },
      variants: short ? ['bare', 'livetick'] : UNWANTED,
      rounds,
      references: ['bare'],
    },
  ];
  if (short) return judged;
  const others: Kind[] = [1, 64].flatMap((perMessage) => [
    {
      group: `quotes, ${perMessage} a message`,
      plan: { perMessage },
      variants: ALL,
      rounds,
      references: ['parse', 'rival'],
    },
    {
      group: `candles, ${perMessage} a message`,
      plan: { traffic: 'candles', perMessage },
      variants: CANDLE_REFERENCES,
      rounds,
      references: ['parse'],
    },
  ]);
  const many: Kind[] = [50, 500].map((symbols) => ({
    group: `quotes of ${symbols} symbols, 8 a message`,
    plan: { symbols },
    variants: ['parse', 'rival', 'livetick'],
    rounds,
    references: ['parse', 'rival'],
  }));
  const indicator: Kind = {
    group: 'candles with an indicator, 8 a message',
    plan: { traffic: 'indicator' },
    variants: ['parse', 'livetick'],
    rounds,
    references: ['parse'],
  };
  return [...judged, ...others, ...many, indicator];
}

export const rowOf = (group: string, variant: Variant) => `${group}: ${NAMES[variant]}`;

function rowsOf(server: LoadServer, { group, plan, variants }: Kind): Row[] {
  return variants.map((variant) => ({
    name: rowOf(group, variant),
    async run() {
      const { microsPerPacket, bytes, void: fault } = await measure(server, variant, { ...PLAN, ...plan });
      return { value: microsPerPacket, void: fault, more: { bytes } };
    },
  }));
}

/** What clients spend on a packet. */
export async function clients({ server, results, short }: Surroundings): Promise<Section> {
  const lines: Line[] = [];
  for (const kind of kinds(short)) {
    await alternate(results, rowsOf(server, kind), kind.rounds);
    for (const variant of kind.variants) {
      const against = kind.references.filter((reference) => reference !== variant);
      lines.push({
        row: rowOf(kind.group, variant),
        against: against.map((reference) => rowOf(kind.group, reference)),
      });
    }
  }
  return { title: 'CPU per packet', unit: 'µs', lines };
}
