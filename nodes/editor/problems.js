import { text } from './values.js';

/** Adds ids to those that describe a field. */
function describeBy(field, ...ids) {
  const known = (field.attr('aria-describedby') ?? '').split(' ');
  field.attr('aria-describedby', [...new Set([...known, ...ids])].filter(Boolean).join(' '));
}

/** Has the hints beside a field read out with it. */
function describeByHints(field) {
  field.siblings('.livetick-hint').each((index, hint) => {
    hint.id ||= `${field.attr('id')}-hint-${index}`;
    describeBy(field, hint.id);
  });
}

/**
 * Says below a field what is wrong with it, for eyes and ears.
 * @param judge gives a sentence where the field's value is wrong
 * @returns what judges once more
 */
export function explain(field, judge) {
  const id = `${field.attr('id')}-problem`;
  const sentence = $('<div class="livetick-problem" role="alert">').attr('id', id);
  const row = field.closest('.form-row');
  if (field.parent().is('.livetick-field')) sentence.insertAfter(field);
  else sentence.addClass('livetick-below').appendTo(row);
  describeByHints(field);
  const fields = field.add(field.next('.livetick-variable'));
  fields.each((_index, one) => describeBy($(one), id));

  const check = () => {
    const problem = judge(field.val() ?? '');
    const isWrong = typeof problem === 'string';
    fields.attr('aria-invalid', String(isWrong));
    sentence.text(isWrong ? problem : '').toggle(isWrong);
  };
  fields.on('input change', check);
  check();
  return check;
}

/** The sentence for a choice of a connection that cannot be. */
function connectionProblem(id) {
  const connection = RED.nodes.node(id);
  if (connection?.valid === false) return text('error.connection-invalid');
  return connection ? true : text('error.connection');
}

/** Explains every field of a form that has a validator, in its words. For oneditprepare, when the fields are all there. */
export function explainFields(node, prefix) {
  const { defaults, credentials } = node._def;
  const checks = [];
  for (const [property, { type, validate }] of Object.entries({ ...defaults, ...credentials })) {
    const field = $(`#${prefix}-${property}`);
    if (field.length === 0) continue;
    if (type?.endsWith('-connection')) checks.push(explain(field, connectionProblem));
    else if (validate) checks.push(explain(field, (value) => validate.call(node, value, {})));
    else describeByHints(field);
  }
  // What is right in one field may depend on another.
  $(`[id^="${prefix}-"]`).on('change', () => {
    for (const check of checks) check();
  });
}
