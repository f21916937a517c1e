import type { Article } from './article';
import type { ArticleSettings } from './options';

/**
 * Says of each article whether it is wanted. The server honours one source only, and no setting at all for breaking news: all
 * that is asked for is looked at here once more.
 */
export function articleFilter({ sources, categories, keywords, breakingOnly }: ArticleSettings) {
  const patterns = keywords.map(patternOf);
  const among = (wanted: string[], text: string) => wanted.length === 0 || wanted.includes(text.toLowerCase());
  return ({ title, description, sourceKey, category, breaking }: Article): boolean =>
    (breaking || !breakingOnly) &&
    among(sources, sourceKey) &&
    among(categories, category) &&
    (patterns.length === 0 || patterns.some((pattern) => pattern.test(title) || pattern.test(description ?? '')));
}

/** What is in quotation marks must stand for itself; anything else may be a part of a word. */
function patternOf(keyword: string): RegExp {
  const [, whole] = /^["“”](.+)["“”]$/.exec(keyword) ?? [];
  const text = (whole ?? keyword).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(whole === undefined ? text : `(?<![\\p{L}\\p{N}_])${text}(?![\\p{L}\\p{N}_])`, 'iu');
}

/**
 * The query of the stream that has them. Of several sources the server would take only the first, so it is asked for all; equal
 * queries are the same text, in whatever order the settings are.
 */
export function articleQuery({ sources, categories }: Pick<ArticleSettings, 'sources' | 'categories'>): string {
  const query = new URLSearchParams();
  if (sources.length === 1) query.set('sources', sources[0] as string);
  if (categories.length > 0) query.set('categories', [...categories].sort().join(','));
  return query.toString();
}
