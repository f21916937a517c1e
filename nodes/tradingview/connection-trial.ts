import { type ClientOptions, FeedError, TradingViewClient } from '../../src/index';

/** How a trial went, in words. */
export interface Trial {
  ok: boolean;
  text: string;
  /** Only where it failed. */
  code?: string;
}

/** A symbol that everybody may see, and that is traded at all hours. */
const SYMBOL = 'BINANCE:BTCUSDT';
const PATIENCE = 20_000;

/**
 * Connects, signs in and asks for a candle, as a node would, on a connection of its own. Being signed in proves little:
 * TradingView answers a good token with silence.
 * @param options @throws FeedError when a setting is wrong, which fails the trial
 */
export async function tryConnection(options: () => ClientOptions): Promise<Trial> {
  let client: TradingViewClient | null = null;
  try {
    client = new TradingViewClient(options());
    return await firstCandle(client);
  } catch (error) {
    if (error instanceof FeedError) return { ok: false, text: error.message, code: error.code };
    throw error;
  } finally {
    await client?.close();
  }
}

function firstCandle(client: TradingViewClient): Promise<Trial> {
  const begun = Date.now();
  return new Promise((resolve, reject) => {
    const patience = setTimeout(() => {
      const { error } = client.status;
      reject(
        error ??
          new FeedError('TIMEOUT', `No candle has come in ${PATIENCE / 1000} s. Try again, or check the network.`),
      );
    }, PATIENCE);
    const settle = (act: () => void) => {
      clearTimeout(patience);
      act();
    };
    client.on('state', (_state, { error }) => {
      // The first failure is the answer: a trial is not to be tried again by itself.
      if (error) settle(() => reject(error));
    });
    client.watchCandles({ symbol: SYMBOL, history: 1 }, (event) => {
      if (event.event === 'error') return settle(() => reject(event.error));
      const seconds = ((Date.now() - begun) / 1000).toFixed(1);
      const text = `Connected and signed in. The first candle of ${SYMBOL} came after ${seconds} s.`;
      settle(() => resolve({ ok: true, text }));
    });
  });
}
