import { isIndicator, searchCatalogue } from './indicator-catalogue.js';
import { chosenMarket } from './market.js';
import { suggestions } from './suggestions.js';
import { catalogue, text } from './values.js';

const LONGEST = 200;
const own = catalogue('tv-indicator');

/** TradingView's own ones are there at once; what its list and its search add follows. */
function find(words, { show, say }) {
  const { query, hint } = chosenMarket();
  const practice = query?.server === 'practice' || RED.nodes.node(query?.connection)?.server === 'practice';
  const known = searchCatalogue(words, practice);
  if (known.length > 0) show(known);
  if (hint) {
    say(own('hint.search-catalogue'));
    return undefined;
  }
  const request = $.getJSON('livetick/tradingview/indicators', { ...query, q: words });
  request.then(
    ({ indicators }) => {
      const ids = new Set(known.map(({ id }) => id));
      const others = indicators.filter(({ id }) => isIndicator(id) && !ids.has(id));
      show(practice ? [...others, ...known] : [...known, ...others]);
    },
    ({ responseJSON }) => say([own('hint.search-failed'), responseJSON?.error].filter(Boolean).join(' ')),
  );
  return () => request.abort();
}

/** Lets a text field find indicators by their name. */
export function indicatorSearch(input) {
  const list = suggestions(input, {
    label: own('label.found'),
    canBeFound: (words) => words.length <= LONGEST && !words.startsWith('$'),
    find,
    isComplete: isIndicator,
    toValue: ({ id }) => id,
    cells: ({ id, name, short, author }) => ({
      title: short ? `${name} (${short})` : name,
      detail: id,
      kind: author || '',
    }),
    sentences: {
      none: own('hint.search-none'),
      found: (count) => own('hint.search-found', { count }),
      chosen: (indicator) => text('hint.search-chosen', { symbol: indicator }),
    },
  });
  // Who looks for another indicator than the one that stands there begins by seeing what there is.
  input.on('click', () => {
    if (input.attr('aria-expanded') === 'true') return;
    input.trigger('select');
    list.open();
  });
}
