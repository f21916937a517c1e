import { inputControl } from './input-control.js';
import { catalogue } from './values.js';

const own = catalogue('tv-indicator');
let forms = 0;

/** As the runtime finds it: by id, or by name in any case. */
const keyOf = ({ id, name }, given) =>
  Object.hasOwn(given, id)
    ? id
    : Object.keys(given).find((key) => key.trim().toLowerCase() === name.trim().toLowerCase());

const smallButton = (icon, label) =>
  $('<button type="button" class="red-ui-button red-ui-button-small">')
    .attr({ 'aria-label': label, title: label })
    .append($('<i aria-hidden="true">').addClass(`fa ${icon}`));

function inputRow(input, given, id) {
  const key = keyOf(input, given);
  const control = inputControl(input);
  let touched = false;
  const problem = $('<div class="livetick-problem" role="alert">').attr('id', `${id}-problem`).hide();
  const variable = smallButton('fa-dollar', own('label.variable-for', { name: input.name }));
  const reset = smallButton(
    'fa-undo',
    own('label.reset', { name: input.name, value: String(input.default ?? '') }),
  ).addClass('livetick-reset');
  const label = $('<label>').text(input.name);

  function show() {
    const isVariable = control.isVariable();
    const [plain, named] = control.elements;
    (isVariable ? plain : named).removeAttr('id');
    const element = (isVariable ? named : plain).attr('id', id);
    label.attr('for', id);
    variable.attr('aria-pressed', String(isVariable));
    const isDefault = !isVariable && control.get() === input.default;
    row.toggleClass('livetick-input-changed', !isDefault);
    reset.css('visibility', isDefault ? 'hidden' : 'visible');
    const sentence = control.problem();
    element.attr({ 'aria-invalid': String(sentence !== ''), 'aria-describedby': `${id}-problem` });
    element.toggleClass('input-error', sentence !== '');
    problem.text(sentence).toggle(sentence !== '');
  }

  function change(act) {
    touched = true;
    act?.();
    show();
  }

  const row = $('<div class="livetick-input">').append(
    label,
    $('<div class="livetick-input-control">').append(control.elements),
    reset,
    variable,
    problem,
  );
  for (const element of control.elements) element.on('input change', () => change());
  reset.on('click', () => change(() => control.set(input.default)));
  variable.on('click', () => {
    change(() => control.turn(control.isVariable()));
    $(`#${id}`).trigger('focus');
  });
  control.set(key === undefined ? input.default : given[key]);
  show();
  control.attached?.();

  return {
    row,
    key,
    /** undefined: the default. What nobody has touched stays as it was given. */
    read() {
      if (!touched) return key === undefined ? undefined : given[key];
      const value = control.get();
      return value === input.default ? undefined : value;
    },
    id: input.id,
  };
}

/**
 * Shows a form for the inputs of an indicator.
 * @param given what differs from the defaults, by id or name
 * @returns read(), which gives the same of what the form then says
 */
export function inputFields(container, inputs, given) {
  forms += 1;
  const rows = inputs.map((input, index) => inputRow(input, given, `livetick-input-${forms}-${index}`));
  const known = new Set(rows.map(({ key }) => key));
  const unknown = Object.keys(given).filter((key) => !known.has(key));
  const strangers = unknown.map((key) => {
    const sentence = own('error.unknown-input', { key, value: JSON.stringify(given[key]) });
    const row = $('<div class="livetick-problem" role="alert">').text(`${sentence} `);
    const remove = smallButton('fa-times', own('label.remove-input', { name: key })).on('click', () => row.remove());
    return { key, row: row.append(remove) };
  });
  container.empty().append(
    strangers.map(({ row }) => row),
    rows.map(({ row }) => row),
  );
  if (inputs.length === 0) container.append($('<div class="livetick-line">').text(own('hint.no-inputs')));

  return {
    read() {
      const values = new Map();
      // In the order in which they were given, so that looking at them changes nothing.
      for (const key of Object.keys(given)) values.set(key, undefined);
      for (const { key, row } of strangers) if (row.parent().length > 0) values.set(key, given[key]);
      for (const { key, id, read } of rows) values.set(key ?? id, read());
      return Object.fromEntries([...values].filter(([, value]) => value !== undefined));
    },
  };
}
