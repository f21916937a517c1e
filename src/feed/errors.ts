/** The stable codes of the public contract. */
export type ErrorCode =
  | 'SYMBOL_INVALID'
  | 'SYMBOL_UNKNOWN'
  | 'SYMBOL_FORBIDDEN'
  | 'TIMEFRAME_INVALID'
  | 'TIMEFRAME_FORBIDDEN'
  | 'INDICATOR_UNKNOWN'
  | 'INDICATOR_FORBIDDEN'
  | 'INDICATOR_FAILED'
  | 'INDICATOR_LIMIT'
  | 'INPUT_INVALID'
  | 'SETTING_INVALID'
  | 'ACTION_INVALID'
  | 'TOKEN_REFUSED'
  | 'TOKEN_EXPIRED'
  | 'TOO_MANY_CONNECTIONS'
  | 'BANNED'
  | 'RATE_LIMITED'
  | 'UNREACHABLE'
  | 'TIMEOUT'
  | 'PROTOCOL';

/**
 * The only error that leaves this library on purpose: a stable code, a sentence that says what happened and what to do,
 * and the symbol it concerns, where there is one. The sentence never holds a secret.
 */
export class FeedError extends Error {
  override readonly name = 'FeedError';
  readonly code: ErrorCode;
  readonly symbol?: string;

  constructor(code: ErrorCode, message: string, symbol?: string) {
    super(message);
    this.code = code;
    if (symbol !== undefined) this.symbol = symbol;
  }

  // Node-RED shows an error by its toString(); the class name before the sentence would only be noise to a user.
  override toString(): string {
    return this.message;
  }
}

/**
 * What an error of the system or a library gives as its reason: its code, else its words, less what those quote, for that came
 * from the other side and may hold anything, a login that was sent to it too.
 */
export function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  return code || message.replace(/".*"/gs, '…');
}
