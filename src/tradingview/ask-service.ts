import { type LookupOptions, lookUp } from '../feed/lookup';
import { type Endpoints, type LookupService, ORIGIN } from './endpoints';
import type { SessionCookies } from './quote-token';

export interface AskOptions extends Pick<LookupOptions, 'signal'> {
  /** Whose eyes to look with: some things are not open to everybody. */
  cookies?: SessionCookies | null | undefined;
}

/**
 * Asks one of the services beside the data socket.
 * @param path below the service's base address, with its query
 * @throws LookupRefused on any status but 200; FeedError UNREACHABLE, TIMEOUT, or PROTOCOL when the answer is no JSON
 */
export async function askService(
  endpoints: Endpoints,
  service: LookupService,
  path: string,
  { cookies, signal }: AskOptions = {},
): Promise<unknown> {
  const { url, agent, release } = await endpoints.lookups(service);
  const cookie = cookies && { cookie: `sessionid=${cookies.sessionId}; sessionid_sign=${cookies.sessionSign}` };
  try {
    return await lookUp(`${url}/${path}`, { headers: { origin: ORIGIN, ...cookie }, agent, signal });
  } finally {
    release();
  }
}
