import { type Plot, type PlotRole, uniqueTitle } from '../market/indicator';

export type InputValue = number | boolean | string;

/** A setting of an indicator. */
export interface IndicatorInput {
  /** `in_0`, or a name of its own in built-in studies. */
  id: string;
  name: string;
  /** `integer`, `float`, `price`, `bool`, `text`, `source`, `resolution`, `session`, `symbol`, `time`, `color`, … */
  type: string;
  default: InputValue | null;
  min?: number;
  max?: number;
  step?: number;
  options?: InputValue[];
}

/** What an indicator takes and gives. */
export interface IndicatorInfo {
  /** `STD;RSI`, `PUB;…`, `USER;…`, or the full id of a built-in study. */
  id: string;
  /** As upstream resolved it, such as `45.0`; empty where there are no versions. */
  version: string;
  name: string;
  inputs: IndicatorInput[];
  plots: { id: string; title: string; type: string }[];
}

/** An indicator as it can be asked for upstream. */
export interface IndicatorDefinition {
  readonly info: IndicatorInfo;
  readonly plots: readonly Plot[];
  /** What kind of study upstream is to create. */
  readonly studyId: string;
  /** The encrypted script of a Pine indicator; null for a built-in study. */
  readonly script: string | null;
}

/** What the client fills in by itself. */
const OWN_INPUTS = new Set(['text', 'pineId', 'pineVersion', 'pineFeatures']);

/** Titles that Pine gives to plots without one. */
const UNTITLED = 'Plot';

/**
 * Reads what pine-facade's `translate` says of a script: `{success, result: {ilTemplate, metaInfo}}`.
 * @param asked the version that was asked for
 * @returns null when it cannot be read
 */
export function readDefinition(id: string, asked: string, answer: unknown): IndicatorDefinition | null {
  const result = record(record(answer)?.result);
  const meta = record(result?.metaInfo);
  if (!result || !meta) return null;
  const inputs = records(meta.inputs);
  const script = text(result.ilTemplate) ?? text(inputs.find((input) => input.id === 'text')?.defval);
  if (script === null) return null;
  const plots = readPlots(meta);
  // The kind is the beginning of the study's own id, `Script$STD;RSI@tv-scripting-101`.
  const strategy = text(meta.id)?.startsWith('StrategyScript$') === true;
  return {
    info: {
      id,
      version: text(record(meta.pine)?.version) ?? asked,
      name: text(meta.description) || text(meta.shortDescription) || id,
      inputs: inputs.map(readInput).filter((input) => input !== null),
      plots: plots.map(({ plot, type }) => ({ id: plot.id, title: plot.title, type })),
    },
    plots: plots.map(({ plot }) => plot),
    studyId: `${strategy ? 'StrategyScript' : 'Script'}@tv-scripting-101!`,
    script,
  };
}

/** A built-in study, `Volume@tv-basicstudies-246`: upstream tells nothing about it, so its inputs are passed on as they are. */
export function builtInDefinition(id: string): IndicatorDefinition {
  const name = id.slice(0, id.indexOf('@'));
  const plots = BUILT_IN_PLOTS.get(name) ?? [];
  return {
    info: {
      id,
      version: '',
      name,
      inputs: [],
      plots: plots.map(({ id: plot, title, role }) => ({
        id: plot,
        title,
        type: role === 'style' ? 'colorer' : 'line',
      })),
    },
    plots,
    studyId: id,
    script: null,
  };
}

/** Whether an id is that of a built-in study, which upstream computes without a script. */
export function isBuiltIn(id: string): boolean {
  return /^\w+@tv-\w+-\d+!?$/.test(id);
}

/** The plots of the built-in studies that are widely used, in upstream's order. */
const BUILT_IN_PLOTS: ReadonlyMap<string, readonly Plot[]> = new Map([
  [
    'Volume',
    [
      { id: 'vol', title: 'Volume', role: 'value' },
      { id: 'volumePalette', title: 'Volume color', role: 'style' },
      { id: 'vol_ma', title: 'Volume MA', role: 'value' },
    ],
  ],
]);

function readPlots(meta: Record<string, unknown>): { plot: Plot; type: string }[] {
  const styles = record(meta.styles) ?? {};
  // Only titles that stand beside each other in a message must differ.
  const used = { value: new Set<string>(), alert: new Set<string>(), style: new Set<string>() };
  return records(meta.plots).map((plot, at) => {
    const id = text(plot.id) ?? `plot_${at}`;
    const type = text(plot.type) ?? 'line';
    const style = Object.hasOwn(styles, id) ? record(styles[id]) : null;
    const role = roleOf(type);
    return { plot: { id, title: uniqueTitle(text(style?.title) || UNTITLED, used[role]), role }, type };
  });
}

function roleOf(type: string): PlotRole {
  if (type === 'alertcondition') return 'alert';
  return /colorer$|^dataoffset$/.test(type) ? 'style' : 'value';
}

/** Hidden inputs are upstream's own affair. */
function readInput(input: Record<string, unknown>): IndicatorInput | null {
  const id = text(input.id);
  const type = text(input.type);
  if (!id || !type || input.isHidden === true || OWN_INPUTS.has(id) || !/^(in_\d+|[a-z]\w*)$/i.test(id)) return null;
  const options = Array.isArray(input.options) ? input.options.filter(isInputValue) : [];
  return {
    id,
    name: text(input.name) || id,
    type,
    default: isInputValue(input.defval) ? input.defval : null,
    ...bound('min', input.min),
    ...bound('max', input.max),
    ...bound('step', input.step),
    ...(options.length > 0 && { options }),
  };
}

/** Pine writes ±1e12 and the like where there is no bound; those are bounds all the same. */
function bound(name: 'min' | 'max' | 'step', value: unknown): { [key in typeof name]?: number } {
  return typeof value === 'number' ? { [name]: value } : {};
}

function isInputValue(value: unknown): value is InputValue {
  return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number';
}

function record(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(record).filter((one) => one !== null) : [];
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
