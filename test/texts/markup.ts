/** An element of a help text. */
export interface Element {
  tag: string;
  attributes: string;
  children: (Element | string)[];
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', nbsp: '\u00a0' };

/**
 * Reads a help text, which must be well-formed: each tag is closed in its turn, for a browser would mend silently what a
 * translator has broken.
 */
export function readMarkup(html: string): Element {
  const root: Element = { tag: '', attributes: '', children: [] };
  const open = [root];
  const inFront = () => open.at(-1) as Element;
  for (const [piece, close, tag = '', attributes = ''] of html.matchAll(
    /<(\/?)([a-z][a-z0-9]*)((?:\s[^<>]*)?)>|[^<]+|</g,
  )) {
    if (tag === '') {
      if (piece === '<') throw new Error('A < stands alone. Write &lt; for it.');
      inFront().children.push(decode(piece));
    } else if (close) {
      if (open.pop()?.tag !== tag || open.length === 0) throw new Error(`</${tag}> closes what was not opened last.`);
    } else {
      const element = { tag, attributes: attributes.trim(), children: [] };
      inFront().children.push(element);
      open.push(element);
    }
  }
  if (open.length > 1) throw new Error(`<${inFront().tag}> is not closed.`);
  return root;
}

function decode(text: string): string {
  return text.replace(/&(\w*);?/g, (entity, name) => {
    const character = ENTITIES[name];
    if (character === undefined) throw new Error(`${entity} is no entity that is used here.`);
    return character;
  });
}

export const elementsIn = ({ children }: Element): Element[] => children.filter((child) => typeof child !== 'string');

/** The element's descendants in the order of the text, itself not counted. */
export function descendants(element: Element, ...tags: string[]): Element[] {
  return elementsIn(element).flatMap((child) => [
    ...(tags.length === 0 || tags.includes(child.tag) ? [child] : []),
    ...descendants(child, ...tags),
  ]);
}

/** The text as a reader sees it. */
export function textOf(element: Element): string {
  return rawText(element).replace(/\s+/g, ' ').trim();
}

/** The text as it stands there, for what is preformatted. */
export function rawText(element: Element): string {
  return element.children.map((child) => (typeof child === 'string' ? child : rawText(child))).join('');
}
