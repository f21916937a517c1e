import {
  AlertStudy,
  AverageStudy,
  BollingerStudy,
  MacdStudy,
  RsiStudy,
  type StudyFormula,
  VolumeStudy,
} from './study-formulas';
import {
  averageKind,
  type InputDefinition,
  type Inputs,
  length,
  offset,
  smoothing,
  source,
  timeframe,
} from './study-inputs';

export interface PlotDefinition {
  type: 'line' | 'colorer' | 'shapes' | 'alertcondition';
  /** Colours have none. */
  title?: string;
  /** What a colour is for. */
  target?: string;
  hidden?: boolean;
  /** Of a shape or an alert. */
  text?: string;
  /** Bars by which it is drawn away from where it belongs. */
  offset?: number;
}

/** One study of the practice market. */
export interface StudyDefinition {
  /** `STD;RSI` for a Pine script; the name before the `@` for a built-in study. */
  id: string;
  kind: 'pine' | 'java';
  name: string;
  shortName: string;
  author: string;
  /** Oldest first. */
  versions: readonly string[];
  /** Who may have it: everybody, or only its author, who has to be signed in. */
  access: 'open' | 'private';
  overlay: boolean;
  inputs: readonly InputDefinition[];
  plots: readonly PlotDefinition[];
  formula(inputs: Inputs): StudyFormula;
  /** It ends with this at run time, on every bar. */
  fails?: string;
}

const line = (title: string, rest: Partial<PlotDefinition> = {}): PlotDefinition => ({ type: 'line', title, ...rest });
const hidden = (title: string, rest: Partial<PlotDefinition> = {}) => line(title, { hidden: true, ...rest });
const colorer = (target: string): PlotDefinition => ({ type: 'colorer', target });
const alert = (title: string, text: string): PlotDefinition => ({ type: 'alertcondition', title, text });
const shapes = (title: string, text: string, rest: Partial<PlotDefinition> = {}): PlotDefinition => ({
  type: 'shapes',
  title,
  text,
  ...rest,
});
const divergence = (kind: string) =>
  `Found a new Regular ${kind} Divergence, \`Pivot Lookback Right\` number of bars to the left of the current bar.`;

const standard = { kind: 'pine', author: 'TradingView', access: 'open', overlay: false } as const;
const practice = { ...standard, author: 'practice', versions: ['1.0'], inputs: [] } as const;

/** The plots of a script that smooths its line. */
const smoothed = (title: string) => [
  line(title),
  hidden(`${title}-based MA`),
  hidden('Upper Bollinger Band'),
  hidden('Lower Bollinger Band'),
];

export const STUDIES: readonly StudyDefinition[] = [
  {
    ...standard,
    id: 'STD;RSI',
    name: 'Relative Strength Index',
    shortName: 'RSI',
    versions: ['37.0', '45.0'],
    inputs: [
      length('RSI Length', 14, 'RSI Settings'),
      source('RSI Settings'),
      {
        name: 'Calculate Divergence',
        type: 'bool',
        defval: false,
        group: 'RSI Settings',
        tooltip: 'Calculating divergences is needed in order for divergence alerts to fire.',
      },
      ...smoothing('SMA'),
      ...timeframe(),
    ],
    plots: [
      line('RSI'),
      hidden('Plot'),
      line('RSI-based MA'),
      hidden('Upper Bollinger Band'),
      hidden('Lower Bollinger Band'),
      colorer('fill_3'),
      hidden('Regular Bullish', { offset: -5 }),
      colorer('plot_6'),
      shapes('Regular Bullish Label', ' Bull ', { hidden: true, offset: -5 }),
      hidden('Regular Bearish', { offset: -5 }),
      colorer('plot_9'),
      shapes('Regular Bearish Label', ' Bear ', { hidden: true, offset: -5 }),
      alert('Regular Bullish Divergence', divergence('Bullish')),
      alert('Regular Bearish Divergence', divergence('Bearish')),
    ],
    formula: (inputs) => new RsiStudy(inputs),
  },
  {
    ...standard,
    id: 'STD;MACD',
    name: 'Moving Average Convergence Divergence',
    shortName: 'MACD',
    versions: ['31.0', '40.0'],
    inputs: [
      length('Fast Length', 12),
      length('Slow Length', 26),
      source(),
      { ...length('Signal Smoothing', 9), max: 50 },
      averageKind('Oscillator MA Type', 'EMA', ['SMA', 'EMA']),
      averageKind('Signal Line MA Type', 'EMA', ['SMA', 'EMA']),
      ...timeframe(),
    ],
    plots: [
      line('Histogram'),
      colorer('plot_0'),
      line('MACD'),
      line('Signal'),
      alert('Rising to falling', 'The MACD histogram switched from a rising to falling state'),
      alert('Falling to rising', 'The MACD histogram switched from a falling to rising state'),
    ],
    formula: (inputs) => new MacdStudy(inputs),
  },
  {
    ...standard,
    id: 'STD;EMA',
    name: 'Moving Average Exponential',
    shortName: 'EMA',
    versions: ['38.0'],
    overlay: true,
    inputs: [length('Length', 9), source(), offset(), ...smoothing('None'), ...timeframe()],
    plots: smoothed('EMA'),
    formula: (inputs) => new AverageStudy('EMA', inputs),
  },
  {
    ...standard,
    id: 'STD;SMA',
    name: 'Moving Average Simple',
    shortName: 'SMA',
    versions: ['37.0'],
    overlay: true,
    inputs: [length('Length', 9), source(), offset(), ...smoothing('None'), ...timeframe()],
    plots: [line('MA'), ...smoothed('SMA').slice(1)],
    formula: (inputs) => new AverageStudy('SMA', inputs),
  },
  {
    ...standard,
    id: 'STD;Bollinger_Bands',
    name: 'Bollinger Bands',
    shortName: 'BB',
    versions: ['33.0'],
    overlay: true,
    inputs: [
      length('Length', 20),
      averageKind('Basis MA Type', 'SMA'),
      source(),
      { name: 'StdDev', type: 'float', defval: 2, min: 0.001, max: 50 },
      offset(),
      ...timeframe(),
    ],
    plots: [line('Basis'), line('Upper'), line('Lower')],
    formula: (inputs) => new BollingerStudy(inputs),
  },
  {
    ...practice,
    // Ids of upstream hold a per cent sign where the name has a space.
    id: 'STD;Practice%1Alert',
    name: 'Practice Alert',
    shortName: 'Alert',
    plots: [
      line('Plot'),
      line('Plot'),
      shapes('Up Mark', ' Up '),
      alert('Up', 'The candle is above its open'),
      alert('Down', 'The candle is below its open'),
    ],
    formula: () => new AlertStudy(),
  },
  {
    ...practice,
    id: 'PUB;PracticeError',
    name: 'Practice Error',
    shortName: 'Error',
    plots: [line('Never')],
    formula: () => new AlertStudy(),
    fails: "Error on bar {bar_index}: In 'array.get()' function. Index {index} is out of bounds, array size is {size}.",
  },
  {
    ...practice,
    id: 'USER;PracticePrivate',
    name: 'Practice Private',
    shortName: 'Private',
    access: 'private',
    plots: [line('Plot'), line('Middle'), shapes('Up Mark', ' Up '), alert('Up', 'Up'), alert('Down', 'Down')],
    formula: () => new AlertStudy(),
  },
  {
    ...standard,
    kind: 'java',
    id: 'Volume',
    name: 'Volume',
    shortName: 'Volume',
    versions: ['241', '246'],
    inputs: [length('length', 20), { name: 'col_prev_close', type: 'bool', defval: false }],
    plots: [line('Volume'), colorer('vol'), line('Volume MA')],
    formula: (inputs) => new VolumeStudy(inputs),
  },
];

const byId = new Map(STUDIES.map((study) => [study.id, study]));

/** A Pine script by its id. */
export function findScript(id: unknown): StudyDefinition | undefined {
  const study = typeof id === 'string' ? byId.get(id) : undefined;
  return study?.kind === 'pine' ? study : undefined;
}

/** A study that is built in, by its full id: `Volume@tv-basicstudies-246`, of any version. */
export function findBuiltIn(id: string): StudyDefinition | undefined {
  const name = /^(\w+)@tv-basicstudies-\d+!?$/.exec(id)?.[1];
  const study = name === undefined ? undefined : byId.get(name);
  return study?.kind === 'java' ? study : undefined;
}

/** A study however people name it: a script by its id, a built-in one by its full id. */
export function findStudy(id: string): StudyDefinition | undefined {
  return findScript(id) ?? findBuiltIn(id);
}

/** The version that is meant; undefined when there is none. */
export function findVersion(study: StudyDefinition, version: unknown): string | undefined {
  if (version === 'last') return study.versions.at(-1);
  return study.versions.find((one) => one === version);
}

/** How the inputs of a study are called in a request. */
export function inputIds({ kind, inputs }: StudyDefinition): string[] {
  return inputs.map(({ name }, at) => (kind === 'java' ? name : `in_${at}`));
}
