/** What `resolve_symbol` asks for. */
export interface SymbolSpec {
  symbol: string;
  session: 'regular' | 'extended';
}

/**
 * Reads `EXCHANGE:SYMBOL`, or `={"symbol":"EXCHANGE:SYMBOL","session":"extended",…}`; a symbol may be such a specification
 * again, as chart types have it. Adjustments and currencies are accepted and change nothing: nothing here ever splits.
 */
export function readSymbolSpec(text: string): SymbolSpec | undefined {
  if (!text.startsWith('=')) return { symbol: text, session: 'regular' };
  let spec: unknown;
  try {
    spec = JSON.parse(text.slice(1));
  } catch {
    return undefined;
  }
  let session: SymbolSpec['session'] = 'regular';
  for (let depth = 0; depth < 5; depth++) {
    if (typeof spec === 'string') return { symbol: spec, session };
    if (typeof spec !== 'object' || spec === null) return undefined;
    if ('session' in spec && spec.session === 'extended') session = 'extended';
    spec = 'symbol' in spec ? spec.symbol : undefined;
  }
  return undefined;
}
