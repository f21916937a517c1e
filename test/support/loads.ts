import type { Bar } from '../../src/market/candle';
import { CandleLoad } from '../../src/market/candle-load';

/** What an upstream session has loaded, in one page. */
export function loadOf(bars: readonly Bar[], closeTime: number | null = null): CandleLoad {
  const load = new CandleLoad();
  load.add(bars, closeTime);
  return load;
}
