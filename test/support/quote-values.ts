import {
  type FieldSet,
  type MergedQuote,
  placeOf,
  QuoteChange,
  type QuoteField,
  type QuoteValue,
} from '../../src/market/quote';

/** One packet of upstream, which says this. @returns the fields that it has moved */
export function say(quote: MergedQuote, values: { [field in QuoteField]?: QuoteValue }): FieldSet {
  const change = new QuoteChange();
  for (const [field, value] of Object.entries(values)) change.set(placeOf(field as QuoteField), value);
  return change.mergeInto(quote);
}
