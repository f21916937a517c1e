import { catalogue, isEmpty, isVariable } from './values.js';

const own = catalogue('tv-indicator');

/** The object that a text stands for; undefined when it stands for none. */
function readObject(text) {
  try {
    const value = isEmpty(text) ? {} : JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value can be the inputs of an indicator: an object, the JSON of one, or an environment variable. */
export function areInputs(value) {
  if (isVariable(value)) return true;
  return readObject(typeof value === 'string' ? value : JSON.stringify(value ?? {})) !== undefined;
}

/** Inputs as JSON, or all of them from an environment variable. */
export function rawInputs(field, problem) {
  field.typedInput({ types: ['json', 'env'], default: 'json' });

  /** An object, `${NAME}`, or a text that is neither. */
  function read() {
    const value = field.typedInput('value').trim();
    if (field.typedInput('type') === 'env') return isVariable(value) ? value : `$\{${value}}`;
    return readObject(value) ?? value;
  }

  field.on('change', () => {
    const valid = areInputs(read());
    field.attr('aria-invalid', String(!valid));
    problem.text(valid ? '' : own('error.inputs')).toggle(!valid);
  });

  return {
    read,
    /** The field must be visible, or it could not be laid out. */
    show(value) {
      field.typedInput('width', '100%');
      const variable = isVariable(value);
      field.typedInput('type', variable ? 'env' : 'json');
      if (variable) field.typedInput('value', value.slice(2, -1));
      else field.typedInput('value', typeof value === 'string' ? value : JSON.stringify(value ?? {}));
      field.trigger('change');
    },
  };
}
