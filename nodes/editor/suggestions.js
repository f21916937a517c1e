const PAUSE = 250;
let fields = 0;

/**
 * Offers what is found while somebody types into a text field: a list under it for the mouse and the keyboard. What is typed
 * stays possible; a choice is told by the field's event `change`.
 *
 * @param place what hint and list are shown behind; the field itself unless given
 * @param label what the list is called
 * @param canBeFound whether a search for these words makes sense
 * @param find starts a search for words: it calls show(items) once or more, or say(sentence), and returns what ends it
 * @param isComplete whether what is typed may stay as it is, so that Enter takes nothing from the list unasked
 * @param toValue what an item is when it stands in the field
 * @param cells what is shown of an item: {title, detail, kind}
 * @param sentences {none, found(count), chosen(value)}
 * @returns open(), which offers whatever there is
 */
export function suggestions(input, { place = input, label, canBeFound, find, isComplete, toValue, cells, sentences }) {
  fields += 1;
  const id = `livetick-found-${fields}`;
  const list = $('<ul class="livetick-found" role="listbox" popover="manual">')
    .attr({ id, 'aria-label': label })
    .insertAfter(place);
  const hint = $('<div class="livetick-hint" role="status">').insertAfter(place);
  let pause;
  let endSearch;
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
    endSearch?.();
    endSearch = undefined;
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
    input.val(toValue(found[index]));
    close();
    say(sentences.chosen(input.val()), true);
    input.trigger('change');
  }

  // What a server has sent is put in as text only.
  function row(item, index) {
    const { title, detail, kind } = cells(item);
    return $('<li role="option" aria-selected="false">')
      .attr('id', `${id}-${index}`)
      .append($('<span class="livetick-found-title">').text(title))
      .append($('<span class="livetick-found-detail">').text(detail))
      .append($('<span class="livetick-found-kind">').text(kind))
      .on('mousedown', (event) => event.preventDefault()) // or the field would lose the focus
      .on('click', () => choose(index));
  }

  function show(items) {
    if (items.length === 0) return say(sentences.none);
    const pointed = active >= 0 ? toValue(found[active]) : undefined;
    found = items;
    list.empty().append(found.map(row));
    put();
    if (!list[0].matches(':popover-open')) list[0].showPopover();
    input.attr('aria-expanded', 'true');
    // Enter takes the first one, unless what is typed can stay.
    const first = isComplete(input.val().trim()) ? -1 : 0;
    const again = found.findIndex((item) => toValue(item) === pointed);
    point(again === -1 ? first : again);
    return say(sentences.found(found.length), true);
  }

  function search(words = input.val().trim()) {
    close();
    say('');
    if (!input[0].isConnected || !canBeFound(words)) return; // the form may have been closed meanwhile
    let ended = false;
    const unlessEnded = (act) => (argument) => !ended && input[0].isConnected && act(argument);
    const end = find(words, { show: unlessEnded(show), say: unlessEnded(say) });
    endSearch = () => {
      ended = true;
      end?.();
    };
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
  return { open: () => search('') };
}
