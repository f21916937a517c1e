import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const read = (folder: string, pattern: RegExp) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => pattern.test(file))
    .map((file) => readFileSync(join(ROOT, folder, file), 'utf8'));

/** Where texts are asked for: forms, their scripts, and nodes; those of a palette's own catalogue are asked for by scripts. */
export const SOURCES = {
  forms: read('nodes', /^[a-z]+-\w+\.html$/),
  scripts: read('nodes/editor', /\.js$/),
  nodes: read('nodes', /\.ts$/),
};

/** The states whose names are parts of keys. */
const STATES = readFileSync(join(ROOT, 'src/feed/connection.ts'), 'utf8');

export interface Use {
  type: string;
  /** As in the catalogue, with a * for what is filled in. */
  key: string;
}

const ASTERISK = (template: string) => template.replace(/\$\{[^}]*\}/g, '*');

/** Every text that the sources ask for. @param types the node types, for where a script names none */
export function usesOfTexts({ forms, scripts, nodes }: typeof SOURCES, types: string[]): Use[] {
  const uses: Use[] = [];
  // `tv-ohlc.label.name`, in an attribute or a string, or `${type}.input.control`; a permission has two parts only.
  const full = /(?:['"`\]:])((?:tv|news)-[a-z]+|\$\{[^}]*type\})\.([a-z]+(?:\.(?:[\w-]|\$\{[^}]*\})+)+)(?=['"`])/g;
  for (const source of [...forms, ...scripts, ...nodes]) {
    for (const [, type = '', key = ''] of source.matchAll(full)) {
      for (const each of type.startsWith('$') ? types : [type]) uses.push({ type: each, key: ASTERISK(key) });
    }
  }
  // tv-history names the texts of its status by their last word.
  for (const source of nodes) {
    const [, type, before] = /\btext = \(key: string\) => `(tv-\w+)\.(\w+\.)\$\{key\}`/.exec(source) ?? [];
    for (const [, words = ''] of type ? source.matchAll(/\btext: text\(([^)]*)\)/g) : []) {
      for (const [, word] of words.matchAll(/'([\w-]+)'/g)) uses.push({ type: String(type), key: `${before}${word}` });
    }
  }
  // What the scripts and their validators ask of the catalogue that the forms have in common, or of that of one node type.
  for (const source of scripts) {
    const own = [...source.matchAll(/const (\w+) = catalogue\('([a-z]+-\w+)'\)/g)].map(([, name, type]) => [
      name,
      type,
    ]);
    for (const [name, type = ''] of [['text', 'tv-connection'], ...own]) {
      for (const [call] of source.matchAll(new RegExp(`(?<!\\.)\\b${name}\\((?:[^()]|\\([^()]*\\))*\\)`, 'g'))) {
        for (const [, key = ''] of call.matchAll(/['"`]([a-z]+\.(?:[\w-]|\$\{[^}]*\})+)['"`]/g)) {
          uses.push({ type, key: ASTERISK(key) });
        }
      }
    }
  }
  return uses;
}

/** Whether a key is asked for. What is filled in must itself be a word of the sources: quoted, or the name of a property. */
export function isUsed(key: string, type: string, uses: Use[], sources: typeof SOURCES): boolean {
  const words = [...Object.values(sources).flat(), STATES].join('\n');
  const isWord = (text: string) => new RegExp(`(['"\`])${text}\\1|\\b${text}:`).test(words);
  return uses.some((use) => {
    if (use.type !== type) return false;
    const filled = patternOf(use.key).exec(key);
    return filled?.slice(1).every(isWord) ?? false;
  });
}

export const patternOf = (key: string) => new RegExp(`^${key.replaceAll('.', '\\.').replaceAll('*', '([\\w-]+)')}$`);
