import { explain } from './problems.js';

// Lists of texts that are typed into one field, with commas between them; its id ends in -text, for the editor would keep what is
// typed as a text.

/** The texts of a list of texts, each of which may hold several; with the commas of East Asia, too. */
export const textsOf = (value) =>
  [value ?? []]
    .flat()
    .flatMap((text) => String(text).split(/[\n,，、]+/))
    .map((text) => text.trim())
    .filter(Boolean);

const field = (property) => $(`#node-input-${property}-text`);

/** Shows lists in their fields, and says below each what is wrong with it, where the property has a validator. */
export function openTexts(node, ...properties) {
  for (const property of properties) {
    const input = field(property).val(textsOf(node[property]).join(', '));
    const { validate = () => true } = node._def.defaults[property];
    explain(input, (value) => {
      const problem = validate.call(node, textsOf(value), {});
      input.toggleClass('input-error', problem !== true);
      return problem;
    });
  }
}

/** Takes lists from their fields. */
export function saveTexts(node, ...properties) {
  for (const property of properties) node[property] = textsOf(field(property).val());
}
