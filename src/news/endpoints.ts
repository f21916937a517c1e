import { reachable } from '../feed/proxy';
import type { Address } from '../feed/transport';
import type { NewsSettings } from './options';

/** Where a client finds its server: the base address, without a slash at the end. It is let go of after use. */
export type NewsEndpoint = () => Promise<Address>;

/** Who asks. The server shuts out what calls itself a robot, or a tool such as curl. */
export const USER_AGENT = 'livetick-market-data (+https://github.com/livetick/node-red-market-data)';

const LIVE = 'https://cryptocurrency.cv';

/** The real server, or an address of one's own. */
export function newsEndpoint({ url, proxy }: NewsSettings): NewsEndpoint {
  return async () => reachable(url ?? LIVE, proxy);
}
