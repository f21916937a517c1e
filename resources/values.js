/** A text of the palette, from the catalogue that its forms have in common. */
export const text = (key, options) =>
  RED._(`@livetick/node-red-market-data/tv-connection:tv-connection.${key}`, options);

export const isVariable = (value) => /^\$\{[^}]+\}$/.test(value);
export const isEmpty = (value) => value === undefined || value === null || String(value).trim() === '';
