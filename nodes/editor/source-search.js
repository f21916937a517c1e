import { isKnownSource, searchSources } from './news-sources.js';
import { suggestions } from './suggestions.js';
import { textsOf } from './text-lists.js';
import { catalogue, text } from './values.js';

const own = catalogue('news-articles');

/** What is typed behind the last comma, and the texts before it. */
function split(typed) {
  const [, before, last] = /^(.*[,，、])?(.*)$/s.exec(typed);
  return { before: textsOf(before), last: last.trim() };
}

/** Offers the known sources to a text field that takes a list of them; any other may be typed. */
export function sourceSearch(input) {
  const typed = () => split(input.val());
  const isWhole = (last) => last === '' || isKnownSource(last);
  /** Whether a choice comes behind what is typed, in place of its last text. */
  let isNext = true;

  const list = suggestions(input, {
    label: own('label.found'),
    canBeFound: (words) => words === '' || !/^\$/.test(typed().last),
    find(words, { show }) {
      const { before, last } = typed();
      // Who opens the list, or has typed a source to its end, is offered the others.
      isNext = words === '' || isWhole(last);
      const chosen = [...before, last].map((one) => one.toLowerCase());
      show(searchSources(isNext ? '' : last).filter(({ key }) => !chosen.includes(key)));
    },
    isComplete: (words) => isWhole(split(words).last),
    toValue: ({ key }) => {
      const { before, last } = typed();
      return [...before, isNext && last, key].filter(Boolean).join(', ');
    },
    cells: ({ key, name, category }) => ({ title: name, detail: key, kind: category }),
    sentences: {
      none: own('hint.search-none'),
      found: (count) => own('hint.search-found', { count }),
      chosen: (sources) => text('hint.search-chosen', { symbol: sources }),
    },
  });
  input.on('click', () => input.attr('aria-expanded') !== 'true' && list.open());
}
