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
  return JWT.test(token) && (expiryOf(token) ?? Number.POSITIVE_INFINITY) > now;
}

/** When a token says that it expires, milliseconds since the epoch; undefined where it does not say. */
export function expiryOf(token: string): number | undefined {
  try {
    const claims = Buffer.from(JWT.exec(token)?.[1] ?? '', 'base64url').toString('utf8');
    const { exp } = JSON.parse(claims);
    return typeof exp === 'number' ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}
