/** What of an HTTP request a look-up gets to see. */
export interface LookUpRequest {
  method: string;
  /** As it came, not decoded. */
  path: string;
  query: URLSearchParams;
  origin: string | undefined;
  cookies: ReadonlyMap<string, string>;
}

export interface LookUpAnswer {
  status: number;
  /** Sent as JSON. */
  body: unknown;
}

export const NOT_FOUND: LookUpAnswer = { status: 404, body: { code: 404, message: 'not found' } };

/**
 * @param url path and query
 * @param headers in small letters
 */
export function readLookUp(
  method: string,
  url: string,
  headers: { origin?: string | undefined; cookie?: string | undefined },
): LookUpRequest {
  const [path = '', ...query] = url.split('?');
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.split('='));
  return {
    method,
    path,
    query: new URLSearchParams(query.join('?')),
    origin: headers.origin,
    cookies: new Map(pairs.map(([name = '', ...value]) => [name.trim(), value.join('=').trim()])),
  };
}
