import { text } from './values.js';

// What the editor's own controls lack for those who do not use a mouse or a screen.

/**
 * Makes the choice of a config node work by keyboard: the buttons beside it are links that the Tab key passes by, without a
 * name.
 */
export function reachableChoice(prefix, property, type) {
  const select = $(`#${prefix}-${property}`);
  for (const [which, name] of Object.entries({ edit: 'editConfig', add: 'addNewConfig' })) {
    const button = $(`#${prefix}-btn-${property}-${which}`);
    button.attr({ role: 'button', 'aria-label': RED._(`editor.${name}`, { type }) }).on('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      button.trigger('click');
    });
    const follow = () => {
      const isDisabled = Boolean(button.prop('disabled'));
      button.attr({ tabindex: isDisabled ? null : '0', 'aria-disabled': String(isDisabled) });
    };
    select.on('change', follow);
    follow();
  }
}

/** Gives the field that a typedInput shows in place of another one that one's name and descriptions; and its buttons names. */
export function nameTypedInputs(form) {
  form.find('.red-ui-typedInput-container').each((_index, container) => {
    const input = $(container).prev('input');
    const label = $(`label[for="${input.attr('id')}"]`);
    if (label.length > 0) label[0].id ||= `${input.attr('id')}-label`;
    $(container)
      .find('.red-ui-typedInput-input')
      .attr({
        'aria-labelledby': label.attr('id') ?? input.attr('aria-labelledby') ?? null,
        'aria-describedby': input.attr('aria-describedby') ?? null,
      });
    $(container).find('.red-ui-typedInput-type-select').attr('aria-label', text('label.value-kind'));
    $(container).find('.red-ui-typedInput-option-expand').attr('aria-label', text('label.value-expand'));
  });
}
