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

/**
 * Fills a select with the timeframes, in groups. Seconds need a paid plan, except on the practice market: the group says so,
 * and a hint where the chosen connection has none.
 */
export function timeframeSelect(node, prefix, property) {
  const select = $(`#${prefix}-${property}`);
  for (const [group, timeframes] of Object.entries(TIMEFRAMES)) {
    const options = timeframes.map((value) =>
      $('<option>')
        .text(text(`timeframe.${value}`))
        .val(value),
    );
    $('<optgroup>')
      .attr('label', text(`timeframe.${group}`))
      .append(options)
      .appendTo(select);
  }
  allowVariable(node, prefix, property);

  const seconds = select.find('optgroup').first();
  const hint = $('<div class="livetick-hint livetick-below" role="status">').insertAfter(
    select.parent().children().last(),
  );
  const connection = $('#node-input-connection');
  const advise = () => {
    const { server = 'live', plan = 'free' } = RED.nodes.node(connection.val()) ?? {};
    const practice = server === 'practice';
    seconds.attr('label', text(practice ? 'timeframe.seconds' : 'timeframe.seconds-paid'));
    const refused = server === 'live' && plan === 'free' && TIMEFRAMES.seconds.includes(select.val());
    hint.text(refused ? text('hint.seconds') : '').toggle(refused);
  };
  select.on('change', advise);
  connection.on('change', advise);
  advise();
}
