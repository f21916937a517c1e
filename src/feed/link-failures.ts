import { FeedError, reasonOf } from './errors';
import type { Failure } from './transport';

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'it refuses connections',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be looked up',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not trusted',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  EPROTO: 'it does not speak TLS',
};

export function unreachable(url: string, cause: unknown): Failure {
  if (cause instanceof FeedError) return { error: cause };
  const told = reasonOf(cause as NodeJS.ErrnoException);
  const reason = REASONS[told] ?? told;
  const sentence = `${hostOf(url)} cannot be reached: ${reason}. Check the network and the address; it is tried again.`;
  return { error: new FeedError('UNREACHABLE', sentence) };
}

/** @param limit milliseconds */
export function unanswered(url: string, limit: number): FeedError {
  return new FeedError('TIMEOUT', `${hostOf(url)} does not answer (${limit / 1000} s). It is tried again.`);
}

/** @param how what is known of it, such as a code */
export function closedBy(url: string, how: string): FeedError {
  return new FeedError('UNREACHABLE', `${hostOf(url)} closed the connection${how}. It is tried again.`);
}

/** Never more of an address than its host: the rest may hold a secret. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'The server';
}
