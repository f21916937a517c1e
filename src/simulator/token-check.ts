/** The tokens of a visitor without an account, and of an embedded widget. */
const ANONYMOUS = new Set(['unauthorized_user_token', 'widget_user_token']);

export function isAnonymous(token: string): boolean {
  return ANONYMOUS.has(token);
}

const PART = '[A-Za-z0-9_-]+';
const JWT = new RegExp(`^${PART}\\.(${PART})\\.${PART}$`);

/**
 * Whether a token would be taken: an anonymous one, or what looks like a JWT and has not expired.
 * Signatures are not checked, there being no secret to check them with.
 * @param now milliseconds since the epoch
 */
export function acceptsToken(token: string, now: number): boolean {
  if (isAnonymous(token)) return true;
  const match = JWT.exec(token);
  if (!match) return false;
  const expires = expiry(match[1] as string);
  return expires === undefined || expires * 1000 > now;
}

function expiry(claims: string): number | undefined {
  try {
    const { exp } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'));
    return typeof exp === 'number' ? exp : undefined;
  } catch {
    return undefined;
  }
}
