import { symbolSearch } from './symbol-search.js';
import { isSymbol, splitSymbols } from './symbols.js';
import { text } from './values.js';

/**
 * Turns an <ol> into the list of a node's symbols: one per row, sorted by dragging or with Alt and the arrow keys. Several
 * symbols typed or pasted into a row become rows of their own.
 */
export function symbolList(list, symbols) {
  let rows = 0;

  function check(input) {
    const valid = input.val().trim() === '' || isSymbol(input.val().trim());
    input.toggleClass('input-error', !valid).attr('aria-invalid', String(!valid));
    input
      .next()
      .text(valid ? '' : text('error.symbol'))
      .toggle(!valid);
  }

  function settle(input, data) {
    const [first = '', ...more] = splitSymbols(input.val());
    input.val(first);
    const place = list.editableList('indexOf', data);
    for (const [index, symbol] of more.entries()) list.editableList('insertItemAt', { symbol }, place + 1 + index);
    check(input);
  }

  function paste(event, input, data) {
    const pasted = event.originalEvent.clipboardData.getData('text');
    if (splitSymbols(pasted).length < 2) return;
    event.preventDefault();
    const { value, selectionStart, selectionEnd } = input[0];
    input.val(`${value.slice(0, selectionStart)}${pasted}${value.slice(selectionEnd)}`.replace(/[\n\r]+/g, ','));
    settle(input, data);
  }

  function onKey(event, input, data) {
    if (event.originalEvent?.isComposing) return;
    const row = input.closest('li');
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      settle(input, data);
      list.editableList('insertItemAt', {}, list.editableList('indexOf', data) + 1);
    } else if (event.altKey && event.key === 'ArrowUp') {
      event.preventDefault();
      row.insertBefore(row.prev());
      input.trigger('focus');
    } else if (event.altKey && event.key === 'ArrowDown') {
      event.preventDefault();
      row.insertAfter(row.next());
      input.trigger('focus');
    }
  }

  list.editableList({
    class: 'livetick-symbols',
    height: 'auto',
    sortable: true,
    removable: true,
    addButton: text('label.add-symbol'),
    addItem(row, _index, data) {
      rows += 1;
      const problem = `livetick-symbol-problem-${rows}`;
      const input = $('<input type="text" autocomplete="off" spellcheck="false" placeholder="BINANCE:BTCUSDT">')
        .attr({ 'aria-label': text('label.symbol'), 'aria-describedby': problem })
        .val(data.symbol || '');
      const sentence = $('<div class="livetick-problem" role="alert">').attr('id', problem).hide();
      row.append(input, sentence);
      row.siblings('.red-ui-editableList-item-remove').attr('aria-label', text('label.remove-symbol'));
      symbolSearch(input, sentence);
      input.on('change', () => settle(input, data));
      input.on('input', () => input.hasClass('input-error') && check(input));
      input.on('paste', (event) => paste(event, input, data));
      input.on('keydown', (event) => onKey(event, input, data));
      check(input);
      if (data.symbol === undefined) input.trigger('focus');
    },
  });

  const known = splitSymbols(symbols);
  for (const symbol of known.length > 0 ? known : ['']) list.editableList('addItem', { symbol });
}

/** The symbols as they stand in such a list. A row that is being removed stays in it while it fades out. */
export function symbolsIn(list) {
  const inputs = list.find('li:not(.red-ui-editableList-item-deleting) input').toArray();
  return inputs.flatMap((input) => splitSymbols(input.value));
}
