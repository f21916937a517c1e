/** A request of a client. */
export interface Call {
  method: string;
  params: unknown[];
}

/** undefined for what is none. */
export function parseCall(payload: string): Call | undefined {
  try {
    const json: unknown = JSON.parse(payload);
    if (typeof json !== 'object' || json === null || !('m' in json) || typeof json.m !== 'string') return undefined;
    const params = 'p' in json ? json.p : [];
    return Array.isArray(params) ? { method: json.m, params } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The first packet of a connection, which has no method.
 * @param now milliseconds since the epoch
 * @param number counts the connections
 */
export function hello(now: number, number: number): string {
  const ms = Math.floor(now);
  return JSON.stringify({
    session_id: `0.${number}.0_practice`,
    timestamp: Math.floor(ms / 1000),
    timestampMs: ms,
    release: 'release_209-13',
    studies_metadata_hash: 'e83d502c47c9dcaaf540a8138caf93ae84c6a945',
    auth_scheme_vsn: 2,
    protocol: 'json',
    via: '127.0.0.1:443',
    javastudies: ['3.66'],
  });
}
