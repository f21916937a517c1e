import type { Address } from './feed/transport';
import { PracticeMarket } from './simulator/practice-market';
import type { Endpoints } from './tradingview/endpoints';

interface Running {
  market: PracticeMarket;
  addresses: Promise<{ url: string; httpUrl: string }>;
  holders: number;
}

/** The practice market of this process; there is one while anybody uses it. */
let running: Running | null = null;

async function hold(which: 'url' | 'httpUrl'): Promise<Address> {
  if (!running) {
    const market = new PracticeMarket();
    running = { market, addresses: market.listen(), holders: 0 };
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
    // A market that could not be opened has nothing to close.
    void held.market.close().catch(() => {});
  };
  try {
    return { url: (await held.addresses)[which], release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Where `server: practice` is found: a practice market inside this process, shared by all clients, gone with the last. */
export const practiceEndpoints: Endpoints = {
  socket: () => hold('url'),
  lookups: () => hold('httpUrl'),
};
