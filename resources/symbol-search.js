import { chosenMarket } from './market.js';
import { isSymbol } from './symbols.js';
import { text } from './values.js';

const PAUSE = 250;
const LONGEST = 200;
let searches = 0;

/** Variables, expressions and lists are nobody's name. */
const canBeFound = (words) => words !== '' && words.length <= LONGEST && !/^\$|[*/+,;]/.test(words);

/**
 * Lets a text field find symbols by their name while somebody types. What is typed stays possible; a choice is told by the
 * field's event `change`. @param place what the hints are shown behind; the field itself unless given
 */
export function symbolSearch(input, place = input) {
  searches += 1;
  const id = `livetick-found-${searches}`;
  const list = $('<ul class="livetick-found" role="listbox" popover="manual">')
    .attr({ id, 'aria-label': text('label.found') })
    .insertAfter(place);
  const hint = $('<div class="livetick-hint" role="status">').insertAfter(place);
  let pause;
  let request;
  let found = [];
  let active = -1;

  input.attr({
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-haspopup': 'listbox',
    'aria-expanded': 'false',
    'aria-controls': id,
  });

  function say(sentence, onlyHeard = false) {
    hint.toggleClass('livetick-heard', onlyHeard).text(sentence);
  }

  function close() {
    clearTimeout(pause);
    request?.abort();
    request = undefined;
    found = [];
    active = -1;
    input.attr('aria-expanded', 'false').removeAttr('aria-activedescendant');
    if (list[0].matches(':popover-open')) list[0].hidePopover();
    list.empty();
  }

  function put() {
    const field = input[0].getBoundingClientRect();
    const below = window.innerHeight - field.bottom;
    const upwards = below < 200 && field.top > below;
    const height = Math.min(320, (upwards ? field.top : below) - 8);
    list.css({
      left: field.left,
      width: field.width,
      maxHeight: height,
      top: upwards ? 'auto' : field.bottom + 2,
      bottom: upwards ? window.innerHeight - field.top + 2 : 'auto',
    });
  }

  function point(index) {
    active = index;
    const options = list.children().attr('aria-selected', 'false');
    if (index === -1) return input.removeAttr('aria-activedescendant');
    const option = options.eq(index).attr('aria-selected', 'true');
    option[0].scrollIntoView({ block: 'nearest' });
    return input.attr('aria-activedescendant', option.attr('id'));
  }

  function choose(index) {
    input.val(found[index].symbol);
    close();
    say(text('hint.search-chosen', { symbol: input.val() }), true);
    input.trigger('change');
  }

  // What a server has sent is put in as text only.
  function row({ symbol, description, type, exchange }, index) {
    return $('<li role="option" aria-selected="false">')
      .attr('id', `${id}-${index}`)
      .append($('<span class="livetick-found-symbol">').text(symbol))
      .append($('<span class="livetick-found-name">').text(description))
      .append($('<span class="livetick-found-kind">').text([type, exchange].filter(Boolean).join(' · ')))
      .on('mousedown', (event) => event.preventDefault()) // or the field would lose the focus
      .on('click', () => choose(index));
  }

  function show(symbols) {
    found = symbols.filter(({ symbol }) => isSymbol(symbol));
    if (found.length === 0) return say(text('hint.search-none'));
    list.append(found.map(row));
    put();
    list[0].showPopover();
    input.attr('aria-expanded', 'true');
    // Enter takes the first one, unless what is typed is a symbol already.
    point(isSymbol(input.val().trim()) ? -1 : 0);
    return say(text('hint.search-found', { count: found.length }), true);
  }

  function search() {
    close();
    say('');
    if (!input[0].isConnected) return; // the form has been closed meanwhile
    const words = input.val().trim();
    if (!canBeFound(words)) return;
    const { query, hint } = chosenMarket();
    if (hint) return say(text(`hint.${hint}`));
    const asked = $.getJSON('livetick/tradingview/symbols', { ...query, q: words });
    request = asked;
    asked
      .done(({ symbols }) => request === asked && input[0].isConnected && show(symbols))
      .fail(({ responseJSON }) => {
        if (request === asked) say([text('hint.search-failed'), responseJSON?.error].filter(Boolean).join(' '));
      });
  }

  function onKey(event) {
    const { key, altKey, originalEvent } = event;
    if (altKey || originalEvent?.isComposing) return;
    const isOpen = found.length > 0;
    if (key === 'Escape' && isOpen) close();
    else if (key === 'Enter' && active >= 0 && !event.ctrlKey && !event.metaKey) choose(active);
    else if (key === 'ArrowDown' && isOpen) point((active + 1) % found.length);
    else if (key === 'ArrowUp' && isOpen) point((Math.max(active, 0) + found.length - 1) % found.length);
    else if (key === 'ArrowDown') search();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  input.on('keydown', onKey);
  input.on('input', () => {
    close();
    pause = setTimeout(search, PAUSE);
  });
  input.on('blur', close);
  // A list that hangs over the form would stay behind when that is scrolled.
  input.parents('.red-ui-tray-body, .red-ui-editableList-container').on('scroll', close);
}
