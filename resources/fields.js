import { TIMEFRAMES } from './timeframes.js';
import { isEmpty, text } from './values.js';

/** Keeps numbers that were typed as numbers; ${ENV} stays a text. For oneditsave. */
export function saveNumbers(node, prefix, properties) {
  for (const property of properties) {
    const value = $(`#${prefix}-${property}`).val();
    if (!isEmpty(value) && !Number.isNaN(Number(value))) node[property] = Number(value);
  }
}

/**
 * Adds to a select the choice of an environment variable, typed into a field beside it. The select's value is then what
 * was typed, so the editor stores and validates it like the other choices.
 */
export function allowVariable(node, prefix, property) {
  const select = $(`#${prefix}-${property}`);
  const value = node[property] || node._def.defaults[property].value;
  const known = select
    .find('option')
    .toArray()
    .some((option) => option.value === value);
  const option = $('<option>')
    .text(text('label.variable'))
    .val(known ? '${}' : value)
    .appendTo(select);
  const input = $('<input type="text" class="livetick-variable" autocomplete="off">')
    .attr({ 'aria-label': text('label.variable'), placeholder: '${NAME}' })
    .val(known ? '' : value)
    .insertAfter(select);
  select.val(value).on('change', () => input.toggle(option.prop('selected')));
  input.on('input change', () => {
    option.val(input.val().trim() || '${}');
    select.trigger('change');
  });
}

export function timeframeSelect(node, prefix, property) {
  const select = $(`#${prefix}-${property}`);
  for (const [group, timeframes] of Object.entries(TIMEFRAMES)) {
    const options = timeframes.map((value) =>
      $('<option>')
        .val(value)
        .text(text(`timeframe.${value}`)),
    );
    $('<optgroup>')
      .attr('label', text(`timeframe.${group}`))
      .append(options)
      .appendTo(select);
  }
  allowVariable(node, prefix, property);
}
