import { type AverageKind, isPriceSource, PRICE_SOURCES, type PriceSource } from '../indicators/index';

/** One input of a study, by upstream's names; its id is `in_` and its place among them. */
export interface InputDefinition {
  name: string;
  type: 'integer' | 'float' | 'bool' | 'text' | 'source' | 'resolution';
  defval: number | string | boolean;
  min?: number;
  max?: number;
  step?: number;
  options?: readonly string[];
  group?: string;
  tooltip?: string;
  isMTFResolution?: true;
  isMTFGaps?: true;
}

/** Why a study cannot be computed with an input, in the words of the wire. */
export class InputError extends Error {}

const AVERAGES: Readonly<Record<string, AverageKind>> = {
  SMA: 'SMA',
  EMA: 'EMA',
  'SMMA (RMA)': 'RMA',
  WMA: 'WMA',
  VWMA: 'VWMA',
};
const SMOOTHINGS = ['None', 'SMA', 'SMA + Bollinger Bands', 'EMA', 'SMMA (RMA)', 'WMA', 'VWMA'];
/** The largest number that an input takes unless it says less. */
const LARGEST = 1e12;

export const length = (name: string, defval: number, group?: string): InputDefinition => ({
  name,
  type: 'integer',
  defval,
  min: 1,
  max: LARGEST,
  ...(group && { group }),
});

export const source = (group?: string): InputDefinition => ({
  name: 'Source',
  type: 'source',
  defval: 'close',
  options: PRICE_SOURCES,
  ...(group && { group }),
});

export const offset = (): InputDefinition => ({ name: 'Offset', type: 'integer', defval: 0, min: -500, max: 500 });

/** The three inputs by which many scripts smooth their line. */
export const smoothing = (kind: string): InputDefinition[] => [
  { name: 'Type', type: 'text', defval: kind, options: SMOOTHINGS, group: 'Smoothing' },
  // Here upstream declares no least length; too small a one ends the script.
  { name: 'Length', type: 'integer', defval: 14, group: 'Smoothing' },
  {
    name: 'BB StdDev',
    type: 'float',
    defval: 2,
    min: 0.001,
    max: 50,
    step: 0.5,
    group: 'Smoothing',
    tooltip:
      "Only applies when 'SMA + Bollinger Bands' is selected. Determines the distance between the SMA and the bands.",
  },
];

export const averageKind = (name: string, defval: string, options = Object.keys(AVERAGES)): InputDefinition => ({
  name,
  type: 'text',
  defval,
  options,
});

/** The two inputs that every script with a timeframe of its own has. */
export const timeframe = (): InputDefinition[] => [
  { name: 'Timeframe', type: 'resolution', defval: '', group: 'Calculation', isMTFResolution: true },
  { name: 'Wait for timeframe closes', type: 'bool', defval: true, group: 'Calculation', isMTFGaps: true },
];

/** What the inputs of a study are set to, by place. */
export class Inputs {
  readonly #values: readonly unknown[];

  constructor(values: readonly unknown[]) {
    this.#values = values;
  }

  number(at: number): number {
    return Number(this.#values[at]);
  }

  text(at: number): string {
    return String(this.#values[at]);
  }

  flag(at: number): boolean {
    return this.#values[at] === true || this.#values[at] === 'true';
  }

  source(at: number): PriceSource {
    return this.#values[at] as PriceSource;
  }

  /** undefined: no average. */
  average(at: number): AverageKind | undefined {
    return AVERAGES[this.text(at)];
  }
}

/**
 * What a client has set, over the defaults. A value comes bare, or as `{"v": value, "f": true, "t": type}`.
 * @param ids how the inputs are called in a request, by place
 * @throws InputError where one is not of its type, or out of its bounds
 */
export function readInputs(
  definitions: readonly InputDefinition[],
  ids: readonly string[],
  given: Readonly<Record<string, unknown>>,
): Inputs {
  return new Inputs(
    definitions.map((definition, at) => {
      const id = ids[at] as string;
      const value = bare(given[id]) ?? definition.defval;
      if (!fits(definition, value)) throw new InputError(`Invalid input value: ${id} = ${JSON.stringify(value)}`);
      return value;
    }),
  );
}

/** The value of an input, however it is wrapped. */
export function bare(given: unknown): unknown {
  return typeof given === 'object' && given !== null && 'v' in given ? given.v : given;
}

function fits({ type, min, max, options }: InputDefinition, value: unknown): boolean {
  switch (type) {
    case 'integer':
    case 'float':
      if (typeof value !== 'number' || !Number.isFinite(value)) return false;
      if (type === 'integer' && !Number.isInteger(value)) return false;
      return value >= (min ?? -LARGEST) && value <= (max ?? LARGEST);
    case 'bool':
      return typeof value === 'boolean' || value === 'true' || value === 'false';
    case 'source':
      return isPriceSource(value);
    case 'resolution':
      // Other timeframes than that of the series are not computed here.
      return value === '';
    case 'text':
      return typeof value === 'string' && (options === undefined || options.includes(value));
  }
}
