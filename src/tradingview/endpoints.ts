import { FeedError } from '../feed/errors';
import { reachable } from '../feed/proxy';
import type { Address } from '../feed/transport';
import type { ClientSettings } from './options';

/** The services beside the data socket. */
export type LookupService = 'symbol-search' | 'scanner' | 'pine-facade' | 'www';

/** Where a client finds its server. Both may take a while, and are let go of after use. */
export interface Endpoints {
  socket(): Promise<Address>;
  /** Base address of a service, without a slash at the end. */
  lookups(service: LookupService): Promise<Address>;
}

/** What TradingView's servers want to see as the place that a client comes from: HTTP 403 without it. */
export const ORIGIN = 'https://www.tradingview.com';

/**
 * TradingView itself. `type=chart` matters: without it studies are refused. Accounts with a token are served by another host.
 * @param redirect a host that the server has named in its hello
 */
export function liveEndpoints(settings: ClientSettings, redirect: () => string | null): Endpoints {
  return {
    async socket() {
      const host =
        redirect() ?? (settings.token || settings.cookies ? 'prodata.tradingview.com' : 'data.tradingview.com');
      return reachable(`wss://${host}/socket.io/websocket?from=chart%2F&type=chart`, settings.proxy);
    },
    async lookups(service) {
      return reachable(`https://${service}.tradingview.com`, settings.proxy);
    },
  };
}

/** Addresses of one's own; the look-ups are all below one base address. */
export function customEndpoints(settings: ClientSettings): Endpoints {
  return {
    async socket() {
      return reachable(settings.url as string, settings.proxy);
    },
    async lookups() {
      if (settings.httpUrl) return reachable(settings.httpUrl.replace(/\/+$/, ''), settings.proxy);
      throw new FeedError('SETTING_INVALID', 'The setting “httpUrl” is empty: without it nothing can be looked up.');
    },
  };
}
