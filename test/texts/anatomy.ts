import { descendants, type Element, elementsIn, rawText, textOf } from './markup';
import { checkMessage } from './messages';
import { type Catalogue, sectionsOf } from './palette';
import { termOf } from './translation';

/** The parts of a help text, by their headings in the language of reference. */
const PARTS = {
  config: ['', 'Details', 'Properties', 'Common mistakes', 'Errors', 'References'],
  node: ['', 'Inputs', 'Outputs', 'Details', 'Properties', 'Common mistakes', 'Errors', 'References'],
};
const LONGEST_PURPOSE = 160;

/** The palette shows the first paragraph as a hint. */
export function checkParts(help: Element, kind: keyof typeof PARTS): string[] {
  const sections = sectionsOf(help);
  const headings = [...sections.keys()];
  if (headings.join() !== PARTS[kind].join()) return [`the headings are ${headings.join(', ')}`];
  const problems = headings
    .filter((heading) => elementsIn(sections.get(heading) as Element).length === 0)
    .map((heading) => `there is nothing under “${heading}”`);
  const [purpose, ...more] = elementsIn(sections.get('') as Element);
  const sentence = purpose ? textOf(purpose) : '';
  if (purpose?.tag !== 'p' || more.length > 0) problems.push('it does not begin with one paragraph');
  if (!/^[A-Z][^.!?]*\.$/.test(sentence)) problems.push('the purpose is not one sentence');
  if (sentence.length > LONGEST_PURPOSE) problems.push('the purpose is long');
  return problems;
}

/** What a list of terms says of each; a term may stand for several, with commas. */
export function termsIn(section: Element): Map<string, string> {
  const terms = new Map<string, string>();
  for (const list of descendants(section, 'dl')) {
    const items = elementsIn(list);
    items.forEach((item, index) => {
      const next = items[index + 1];
      if (item.tag !== 'dt') return;
      for (const term of termOf(item).split(', ')) terms.set(term, next?.tag === 'dd' ? textOf(next) : '');
    });
  }
  return terms;
}

/** As a property is called in a catalogue. */
export const labelKeyOf = (property: string) =>
  // The editor keeps something else under `inputs`, so the property goes by another name.
  `label.${property === 'indicatorInputs' ? 'inputs' : property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Each property stands in the list under its label, or under its own name, with a description; and nothing else does. */
export function checkProperties(section: Element, properties: string[], labels: Catalogue): string[] {
  const terms = termsIn(section);
  const problems: string[] = [];
  for (const property of properties) {
    const label = labels[labelKeyOf(property)] ?? property;
    const term = [label, property].find((name) => terms.has(name));
    if (term === undefined) problems.push(`${property} (“${label}”) is not described`);
    else if ((terms.get(term)?.match(/\p{L}/gu) ?? []).length < 10) problems.push(`${property} is hardly described`);
    if (term !== undefined) terms.delete(term);
  }
  return [...problems, ...[...terms.keys()].map((term) => `“${term}” is no property`)];
}

/** The messages of a sample: JSON, one after the other with an empty line between. */
export function samplesIn(section: Element): Record<string, unknown>[] {
  return descendants(section, 'pre').flatMap((pre) =>
    rawText(pre)
      .split(/\n\s*\n/)
      .map((json) => JSON.parse(json)),
  );
}

/** Each output is told of, with the messages that it sends; the first shows one. */
export function checkOutputs(section: Element, type: string, outputs: number, events: string[]): string[] {
  const problems: string[] = [];
  const ports = elementsIn(section).filter(({ tag }) => tag === 'ol')[0];
  const items = ports ? elementsIn(ports) : [];
  if (items.length !== outputs) problems.push(`${items.length} of ${outputs} outputs are described`);
  if (!items[0] || samplesIn(items[0]).length === 0) problems.push('the first output shows no message');
  const samples = samplesIn(section);
  const told = new Set([
    ...samples.map(({ event }) => event),
    ...termsIn(section).keys(),
    ...descendants(section, 'code').map(textOf),
  ]);
  for (const event of events) if (!told.has(event)) problems.push(`the event ${event} is not told of`);
  for (const sample of samples) {
    if (!events.includes(String(sample.event))) problems.push(`the event ${sample.event} is none of ${type}`);
    else problems.push(...checkMessage(type, sample));
  }
  return problems;
}

/** The codes of errors that a help text mentions, wherever that is. Environment variables look like them. */
export function codesIn(help: Element): string[] {
  const names = descendants(help, 'code', 'dt').flatMap((element) => termOf(element).split(', '));
  return names.filter((name) => /^[A-Z]+(_[A-Z]+)+$/.test(name) && !/_PROXY$|^TRADINGVIEW_/.test(name));
}

/** What the help says that users will read, word for word. */
export const quotedIn = (help: Element) => descendants(help, 'samp').map(textOf);
