/** An article. What the server says beside these fields is there under its own names (`author`, `imageUrl`, …). */
export interface Article {
  title: string;
  link: string;
  /** null: the server has given none. */
  description: string | null;
  /** As people know it. */
  source: string;
  /** As the setting `sources` has it. */
  sourceKey: string;
  category: string;
  /** When it was published, milliseconds since the epoch, UTC; null where that cannot be read. */
  timestamp: number | null;
  /** Whether it came as breaking news. */
  breaking: boolean;
  [more: string]: unknown;
}

/** What stands in other fields, or is old as soon as it is read. */
const LEFT_OUT: ReadonlySet<string> = new Set(['pubDate', 'timeAgo', '__proto__']);

/** @returns undefined for what is no article: without a title, or without an address of the web, by which it is known */
export function readArticle(raw: unknown, breaking: boolean): Article | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const given = raw as Record<string, unknown>;
  const { title, link } = given;
  if (typeof title !== 'string' || typeof link !== 'string' || !/^https?:\/\/\S+$/i.test(link)) return undefined;
  const time = Date.parse(text(given.pubDate));
  const article: Article = {
    title,
    link,
    description: text(given.description) || null,
    source: text(given.source),
    sourceKey: text(given.sourceKey),
    category: text(given.category),
    timestamp: Number.isNaN(time) ? null : time,
    breaking,
  };
  for (const [name, value] of Object.entries(given)) {
    if (!(name in article) && !LEFT_OUT.has(name)) article[name] = value;
  }
  return article;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
