import { descendants, type Element, rawText, textOf } from './markup';
import { type Catalogue, sectionsOf } from './palette';

/** What must stay as it is in every language: placeholders, variables, markup. */
const FIXED = /__\w+__|\{\{[^}]*\}\}|\$\{\w+\}|<[^>]*>/g;
const fixedIn = (text: string) => (text.match(FIXED) ?? []).sort().join(' ');
const wordsIn = (text: string) => text.split(/\s+/).filter((word) => /\p{L}/u.test(word)).length;

/** What is wrong with the catalogue of another language. */
export function compareCatalogues(reference: Catalogue, other: Catalogue): string[] {
  const problems: string[] = [];
  for (const key of Object.keys(other)) if (!(key in reference)) problems.push(`${key} is not in the reference`);
  for (const [key, text] of Object.entries(reference)) {
    const translated = other[key];
    if (translated === undefined) problems.push(`${key} is missing`);
    else if (translated.trim() === '') problems.push(`${key} is empty`);
    else if (fixedIn(translated) !== fixedIn(text)) problems.push(`${key} has other placeholders`);
    else if (translated === text && wordsIn(text) > 3) problems.push(`${key} is not translated`);
  }
  return problems;
}

const BLOCKS = ['h3', 'h4', 'p', 'dl', 'dt', 'dd', 'ol', 'ul', 'li', 'pre'];
/** What is said in the same letters everywhere; its place in a sentence may differ. */
const LITERAL = ['code', 'samp'];

/**
 * What is wrong with the help of another language: it must have the same blocks in the same order, in each the same names,
 * and the same samples. Terms of the properties are the labels of the form in that language.
 */
export function compareHelp(
  reference: { help: Element; labels: Catalogue },
  other: { help: Element; labels: Catalogue },
): string[] {
  const blocks = descendants(reference.help, ...BLOCKS);
  const translated = descendants(other.help, ...BLOCKS);
  const tags = (elements: Element[]) => elements.map(({ tag, attributes }) => `${tag} ${attributes}`.trim());
  const [expected, found] = [tags(blocks), tags(translated)];
  const differs = expected.findIndex((tag, index) => tag !== found[index]);
  if (differs >= 0) {
    return [
      `block ${differs + 1}, <${expected[differs]}> (${excerpt(blocks[differs])}), is <${found[differs] ?? 'missing'}>`,
    ];
  }
  if (found.length > expected.length) return [`<${found[expected.length]}> at the end is too much`];
  const terms = new Set(propertyTerms(reference.help));
  return blocks.flatMap((block, index) => {
    const own = translated[index] as Element;
    const problems: string[] = [];
    if (textOf(own) === '') problems.push(`<${own.tag}> is empty where there is “${excerpt(block)}”`);
    if (block.tag === 'pre' && rawText(block) !== rawText(own)) problems.push(`the sample “${excerpt(own)}” differs`);
    if (namesIn(block) !== namesIn(own))
      problems.push(`“${excerpt(own)}” has other names: ${namesIn(own)}, not ${namesIn(block)}`);
    if (block.tag === 'dt') {
      const term = termOf(block);
      const wanted = terms.has(block) ? translateTerm(term, reference.labels, other.labels) : term;
      if (termOf(own) !== wanted) problems.push(`the term “${termOf(own)}” must be “${wanted}”`);
    }
    if (['p', 'dd', 'li'].includes(block.tag) && textOf(block) === textOf(own) && wordsIn(proseOf(block)) > 3) {
      problems.push(`“${excerpt(own)}” is not translated`);
    }
    return problems;
  });
}

const excerpt = (block: Element | undefined) => (block ? textOf(block).slice(0, 40) : '');

/** The names in a block itself, not in those within it. */
const namesIn = (block: Element) => own(block, LITERAL).map(textOf).sort().join(' ');
const own = (block: Element, tags: string[]): Element[] =>
  block.children
    .filter((child) => typeof child !== 'string')
    .filter(({ tag }) => !BLOCKS.includes(tag))
    .flatMap((child) => (tags.includes(child.tag) ? [child] : own(child, tags)));

/** What there is to translate in a block. */
const proseOf = (block: Element): string =>
  block.children
    .map((child) => (typeof child === 'string' ? child : [...LITERAL, 'pre'].includes(child.tag) ? '' : proseOf(child)))
    .join(' ');

/** The terms of the list under the heading of the properties: the only ones that a form has labels for. */
function propertyTerms(help: Element): Element[] {
  const section = sectionsOf(help).get('Properties');
  return section ? descendants(section, 'dt') : [];
}

/** What a <dt> names, without its type. */
export const termOf = (dt: Element) =>
  textOf({ ...dt, children: dt.children.filter((child) => typeof child === 'string' || child.tag !== 'span') });

function translateTerm(term: string, from: Catalogue, to: Catalogue): string {
  const translate = (label: string) => {
    const key = Object.keys(from).find((key) => key.startsWith('label.') && from[key] === label);
    return (key && to[key]) || label;
  };
  return term.split(', ').map(translate).join(', ');
}
