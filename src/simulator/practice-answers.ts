// What the practice market answers its users with. Apart from what finds the answers, for the declarations of all that would otherwise
// go out with the library.

/** Where the market is to be found. */
export interface Addresses {
  /** Of the WebSocket. */
  url: string;
  /** The base of the look-ups. */
  httpUrl: string;
}

/** The answer to a look-up, as it is sent. */
export interface SentAnswer {
  status: number;
  text: string;
}

/** What a quote says of a symbol, by the names of the wire. Times are seconds since the epoch; null: there is no value. */
export type QuoteFields = Record<string, unknown>;

/** What a study says of one bar. */
export interface StudyValue {
  /** Open time, milliseconds since the epoch. */
  time: number;
  /** In the order of the plots; null: no value. */
  plots: (number | null)[];
}
