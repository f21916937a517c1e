import { createHmac } from 'node:crypto';

/** What is known of a token that has been signed on with. */
export interface SignedOn {
  text: string;
  /** Milliseconds since the epoch; undefined: it never expires. */
  expires: number | undefined;
}

/** What a token says of itself. */
export interface TokenClaims {
  /** When it expires, milliseconds since the epoch; whole seconds count. Without it, never. */
  expires?: number;
  /** When it was made, milliseconds since the epoch. */
  issued?: number;
  user?: string;
}

/** There is nobody to be kept from making tokens: the practice market does not check who signed them. */
const KEY = 'practice';

/** A token (JWT, HS256) as an account would have, which the practice market accepts until it expires. */
export function practiceToken({ expires, issued, user = 'practice' }: TokenClaims = {}): string {
  const claims = { user, iat: seconds(issued), exp: seconds(expires), plan: 'free' };
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', KEY).update(signed).digest('base64url')}`;
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.floor(ms / 1000);
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
