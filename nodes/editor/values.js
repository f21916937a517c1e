/** Texts of the catalogue of a node type. */
export const catalogue = (type) => (key, options) =>
  RED._(`@livetick/node-red-market-data/${type}:${type}.${key}`, options);

/** A text of the palette, from the catalogue that its forms have in common. */
export const text = catalogue('tv-connection');

export const isVariable = (value) => /^\$\{[^}]+\}$/.test(value);
export const isEmpty = (value) => value === undefined || value === null || String(value).trim() === '';
