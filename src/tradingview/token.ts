/** What a token says of its own life. Times are milliseconds since the epoch; null where it does not say. */
export interface TokenTimes {
  expires: number | null;
  issued: number | null;
}

/** The last moment that a Date can hold. */
const LATEST = 8.64e15;

/** A number of seconds beyond this would lie some thousand years ahead: it is milliseconds. */
const MOST_SECONDS = 1e11;

/**
 * Reads `exp` and `iat` of a JWT (RFC 7519, section 4.1) without verifying it: only upstream has the key. Never throws; of an
 * opaque token nothing is known.
 */
export function readTokenTimes(token: string): TokenTimes {
  const claims = readClaims(token);
  return { expires: moment(claims?.exp), issued: moment(claims?.iat) };
}

function readClaims(token: string): Record<string, unknown> | null {
  const [, payload, signature] = token.split('.');
  if (!payload || signature === undefined) return null;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Seconds since the epoch, as the standard has them; text and milliseconds are understood, too. */
function moment(claim: unknown): number | null {
  const value = typeof claim === 'string' && claim.trim() !== '' ? Number(claim) : claim;
  if (typeof value !== 'number' || !(value > 0)) return null;
  const ms = Math.round(value > MOST_SECONDS ? value : value * 1000);
  return ms <= LATEST ? ms : null;
}
