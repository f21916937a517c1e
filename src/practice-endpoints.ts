import type { Address } from './feed/transport';
import type { NewsEndpoint } from './news/endpoints';
import { PracticeMarket } from './simulator/practice-market';
import { PracticeNews } from './simulator/practice-news';
import type { Endpoints } from './tradingview/endpoints';

/** A server that can be run inside this process. */
interface Server<A> {
  listen(): Promise<A>;
  close(): Promise<void>;
}

/**
 * One server for all who use it; there is one while anybody does, and the last to let go ends it.
 * @returns waits for its addresses, and lets go of it
 */
function shared<A>(make: () => Server<A>): () => Promise<{ addresses: A; release: () => void }> {
  let running: { server: Server<A>; addresses: Promise<A>; holders: number } | null = null;
  return async () => {
    if (!running) {
      const server = make();
      running = { server, addresses: server.listen(), holders: 0 };
    }
    const held = running;
    held.holders++;
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      held.holders--;
      if (held.holders > 0) return;
      if (running === held) running = null;
      // One that could not be opened has nothing to close.
      void held.server.close().catch(() => {});
    };
    try {
      return { addresses: await held.addresses, release };
    } catch (error) {
      release();
      throw error;
    }
  };
}

const market = shared(() => {
  const server = new PracticeMarket();
  return { listen: () => server.listen(), close: () => server.close() };
});
const news = shared(() => new PracticeNews());

async function inMarket(which: 'url' | 'httpUrl'): Promise<Address> {
  const { addresses, release } = await market();
  return { url: addresses[which], release };
}

/** Where `server: practice` is found: a practice market inside this process, shared by all clients, gone with the last. */
export const practiceEndpoints: Endpoints = {
  socket: () => inMarket('url'),
  lookups: () => inMarket('httpUrl'),
};

/** The same for news. */
export const practiceNewsEndpoint: NewsEndpoint = async () => {
  const { addresses, release } = await news();
  return { url: addresses, release };
};
