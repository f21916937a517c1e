import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Element, elementsIn, readMarkup } from './markup';

const ROOT = join(__dirname, '../..');
const LOCALES = join(ROOT, 'nodes/locales');
// A script of the editor, which has no declarations.
const nodeTypes: object = require('../../nodes/editor/node-types.js');

/** The language from which the others are translated. */
export const REFERENCE = 'en-US';
export const TYPES = readdirSync(join(ROOT, 'nodes'))
  .filter((file) => file.endsWith('.html'))
  .map((file) => basename(file, '.html'));
export const LANGUAGES = readdirSync(LOCALES);
export const TRANSLATIONS = LANGUAGES.filter((language) => language !== REFERENCE);

/** Texts by their keys, such as "label.name". */
export type Catalogue = Record<string, string>;

/** The script of a node's form with the form itself; the editor loads both. */
export const formOf = (type: string) => readFileSync(join(ROOT, `nodes/${type}.html`), 'utf8');
export const filesOf = (language: string) => readdirSync(join(LOCALES, language)).sort();

export function catalogueOf(type: string, language: string): Catalogue {
  const { [type]: texts, ...strange } = JSON.parse(readFileSync(join(LOCALES, language, `${type}.json`), 'utf8'));
  if (Object.keys(strange).length > 0) throw new Error(`The catalogue of ${type} has ${Object.keys(strange)} in it.`);
  return flatten(texts);
}

export function flatten(texts: object, before = ''): Catalogue {
  const entries = Object.entries(texts).flatMap(([key, text]) =>
    typeof text === 'object' ? Object.entries(flatten(text, `${before}${key}.`)) : [[`${before}${key}`, text]],
  );
  return Object.fromEntries(entries);
}

export function helpOf(type: string, language: string): Element {
  return readHelp(readFileSync(join(LOCALES, language, `${type}.html`), 'utf8'), type);
}

/** What a file of help has in its one script, which must be named after the node. */
export function readHelp(file: string, type: string): Element {
  const start = `<script type="text/html" data-help-name="${type}">`;
  const end = '</script>';
  const text = file.trim();
  if (!text.startsWith(start) || !text.endsWith(end)) throw new Error(`The file must be one ${start}…${end}`);
  return readMarkup(text.slice(start.length, -end.length));
}

interface Definition {
  defaults: object;
  credentials?: object;
  outputs?: number;
  inputLabels?(this: Asking, index: number): string;
  outputLabels?(this: Asking, index: number): string;
}

/** What a label is given to ask for texts with. */
interface Asking {
  type: string;
  _(key: string): string;
}

/** What the form of a node registers. */
function definitionOf(type: string): Definition {
  const [, script = ''] = /<script type="text\/javascript">([\s\S]*?)<\/script>/.exec(formOf(type)) ?? [];
  const registered: Record<string, Definition> = {};
  const registerType = (name: string, definition: Definition) => {
    registered[name] = definition;
  };
  // Validators and the like: what they are does not matter here.
  const livetick = new Proxy(nodeTypes, { get: (known, name) => Reflect.get(known, name) ?? (() => undefined) });
  new Function('RED', script)({ nodes: { registerType }, livetick });
  const definition = registered[type];
  if (!definition) throw new Error(`${type}.html registers ${Object.keys(registered)}.`);
  return definition;
}

/** The properties of a node, passwords included. */
export function propertiesOf(type: string): string[] {
  const { defaults, credentials = {} } = definitionOf(type);
  return [...Object.keys(defaults), ...Object.keys(credentials)];
}

/** The keys of the texts that the ports of a node are labelled with. */
export function portKeysOf(type: string): string[] {
  const { outputs = 0, inputLabels, outputLabels } = definitionOf(type);
  const asking = { type, _: (key: string) => key };
  const labels = Array.from({ length: outputs }, (_port, index) => outputLabels?.call(asking, index));
  return [inputLabels?.call(asking, 0), ...labels].map((key) => String(key).replace(`${type}.`, ''));
}

export const outputsOf = (type: string) => definitionOf(type).outputs ?? 0;

/** The sections of a help text by their headings, in order; before the first heading that of the empty heading. */
export function sectionsOf(help: Element): Map<string, Element> {
  let section: Element = { tag: 'section', attributes: '', children: [] };
  const sections = new Map([['', section]]);
  for (const element of elementsIn(help)) {
    if (element.tag === 'h3') {
      section = { tag: 'section', attributes: '', children: [] };
      sections.set(element.children.join('').trim(), section);
    } else {
      section.children.push(element);
    }
  }
  return sections;
}
