import { hashText, Random } from './random';
import { inputIds, type PlotDefinition, type StudyDefinition } from './study-catalogue';

/** Scripts are handed out encrypted, some thousand characters. */
const TEXT_LENGTH = 1500;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** What stands for the encrypted source of a script: meaningless, and another one for each version. */
export function scriptText({ id }: StudyDefinition, version: string): string {
  const random = new Random(hashText(`${id} ${version}`));
  let text = '';
  for (let at = 0; at < TEXT_LENGTH; at++) text += LETTERS[Math.floor(random.next() * LETTERS.length)];
  return `${text.slice(0, 8)}_${text}==`;
}

interface ListedInput {
  id: string;
  defval: unknown;
  [key: string]: unknown;
}

/** What `translate` answers for a script, in the shape of upstream. */
export function translation(study: StudyDefinition, version: string): Record<string, unknown> {
  const text = scriptText(study, version);
  return {
    success: true,
    reason2: { warnings: [] },
    result: { IL: '', ilTemplate: text, metaInfo: metaInfo(study, version) },
  };
}

function metaInfo(study: StudyDefinition, version: string): Record<string, unknown> {
  const { id, name, shortName, overlay, plots } = study;
  const inputs = inputList(study, version);
  return {
    id: `Script$${id}@tv-scripting-101`,
    scriptIdPart: id,
    description: name,
    shortDescription: shortName,
    is_price_study: overlay,
    is_hidden_study: false,
    inputs,
    plots: plots.map(plot),
    styles: styles(plots),
    defaults: {
      inputs: Object.fromEntries(inputs.map(({ id: key, defval }) => [key, defval])),
      styles: Object.fromEntries(
        plots.flatMap(({ type, hidden = false }, at) =>
          type === 'line' ? [[`plot_${at}`, { linewidth: 1, plottype: 0, transparency: 0, visible: !hidden }]] : [],
        ),
      ),
    },
    pine: { digest: digest(id, version), version },
    _metainfoVersion: 54,
  };
}

/** What belongs to each script comes before and after its own inputs. */
function inputList(study: StudyDefinition, version: string): ListedInput[] {
  const ids = inputIds(study);
  const secret = { isHidden: true, type: 'text' };
  const late = { active: true, defval: false, isFake: true, isHidden: true, migrate: true, type: 'bool' };
  return [
    { defval: scriptText(study, version), id: 'text', ...secret, name: 'ILScript' },
    { defval: '', id: 'pineId', ...secret, name: 'pineId' },
    { defval: '', id: 'pineVersion', ...secret, name: 'pineVersion' },
    {
      defval: '{"indicator":1,"plot":1,"ta":1,"math":1,"alertcondition":1}',
      id: 'pineFeatures',
      isFake: true,
      ...secret,
      name: 'pineFeatures',
    },
    ...study.inputs.map((input, at) => ({ active: true, ...input, id: ids[at] as string, isFake: true })),
    { ...late, group: 'Calculation', id: '__fast_calc', name: 'Fast calculation' },
    { ...late, id: '__profile', name: '' },
  ];
}

function plot({ type, target }: PlotDefinition, at: number, all: readonly PlotDefinition[]): Record<string, unknown> {
  const palettes = all.slice(0, at).filter((one) => one.type === 'colorer').length;
  return { id: `plot_${at}`, type, ...(type === 'colorer' && { palette: `palette_${palettes}`, target }) };
}

/** Colours have no style of their own. */
function styles(plots: readonly PlotDefinition[]): Record<string, unknown> {
  return Object.fromEntries(
    plots.flatMap(({ type, title, text, hidden = false }, at) => {
      if (type === 'colorer') return [];
      const style = {
        line: { histogramBase: 0, isHidden: hidden, joinPoints: false, title },
        shapes: { isHidden: hidden, text, title },
        alertcondition: { text, title },
      }[type];
      return [[`plot_${at}`, style]];
    }),
  );
}

function digest(id: string, version: string): string {
  return Array.from({ length: 5 }, (_, at) => hashText(`${id} ${version}`, at).toString(16).padStart(8, '0')).join('');
}
