import { chosenMarket } from './market.js';
import { suggestions } from './suggestions.js';
import { isSymbol } from './symbols.js';
import { text } from './values.js';

const LONGEST = 200;

/** Variables, expressions and lists are nobody's name. */
const canBeFound = (words) => words !== '' && words.length <= LONGEST && !/^\$|[*/+,;]/.test(words);

function find(words, { show, say }) {
  const { query, hint } = chosenMarket();
  if (hint) {
    say(text(`hint.${hint}`));
    return undefined;
  }
  const request = $.getJSON('livetick/tradingview/symbols', { ...query, q: words });
  request.then(
    ({ symbols }) => show(symbols.filter(({ symbol }) => isSymbol(symbol))),
    ({ responseJSON }) => say([text('hint.search-failed'), responseJSON?.error].filter(Boolean).join(' ')),
  );
  return () => request.abort();
}

/** Lets a text field find symbols by their name. @param place what the hints are shown behind; the field unless given */
export function symbolSearch(input, place) {
  suggestions(input, {
    place,
    label: text('label.found'),
    canBeFound,
    find,
    isComplete: isSymbol,
    toValue: ({ symbol }) => symbol,
    cells: ({ symbol, description, type, exchange }) => ({
      title: symbol,
      detail: description,
      kind: [type, exchange].filter(Boolean).join(' · '),
    }),
    sentences: {
      none: text('hint.search-none'),
      found: (count) => text('hint.search-found', { count }),
      chosen: (symbol) => text('hint.search-chosen', { symbol }),
    },
  });
}
