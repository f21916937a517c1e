import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { Flow } from '../support/flow';
import { asTold, type FlowMessage, settledCandles } from '../support/flow-message';
import { PracticeProcess } from '../support/practice-process';

const BTC = 'BINANCE:BTCUSDT';
const CANDLE = 5_000;
const TAB = { id: 'f', type: 'tab' };

/** A node on a market, and a collector of all that it tells but the forming candles. */
const nodes = (id: string, url: string) => [
  { id: `${id}-connection`, type: 'tv-connection', server: 'custom', url },
  {
    id,
    z: 'f',
    type: 'tv-ohlc',
    connection: `${id}-connection`,
    symbols: [BTC],
    timeframe: '5s',
    history: 2,
    wires: [[`${id}-all`], [], [`${id}-all`]],
  },
  { id: `${id}-all`, z: 'f', type: 'collector', wires: [] },
];

describe('tv-ohlc and a market whose process is stopped', function () {
  this.timeout(90_000);
  const markets = new Map<string, PracticeProcess>();
  let flow: Flow;

  before(async () => {
    for (const id of ['brief', 'long']) markets.set(id, await PracticeProcess.start());
    flow = await Flow.start([TAB, ...[...markets].flatMap(([id, { url }]) => nodes(id, url))]);
  });

  after(async () => {
    await flow?.stop();
    for (const market of markets.values()) await market.end();
  });

  /**
   * Stops the market in mid-candle; what has arrived when it is all over has to be the truth. By the second candle the market's
   * heart has beaten: until then its silence would say nothing, and the clock would close the candle.
   */
  async function stopFor(seconds: number, id: string) {
    const market = markets.get(id) as PracticeProcess;
    const isClosed = ({ event }: FlowMessage) => event === 'closed';
    const begun = await flow.until(`${id}-all`, (all) => all.filter(isClosed).length >= 2);
    const opened = begun.findLast(isClosed)?.payload.timestamp + CANDLE;
    await wait(opened + CANDLE / 2 - Date.now());
    market.freeze();
    const frozen = Date.now();
    await wait(seconds * 1_000);
    market.thaw();
    const thawed = Date.now();
    const last = opened + CANDLE * Math.floor((thawed - opened) / CANDLE);
    const messages = await flow.until(`${id}-all`, (all) =>
      all.some(({ event, payload }) => event === 'closed' && payload.timestamp === last),
    );

    const candles = settledCandles(messages);
    const truth = await market.candles(BTC, '5s', candles[0].timestamp, candles.at(-1).timestamp + 1);
    assert.deepEqual(candles, asTold(truth));
    assert.equal(messages.filter(({ event }) => event === 'gap').length, 0);
    const late = messages.filter(({ backfilled }) => backfilled).map(({ payload }) => payload.timestamp);
    const closing = truth.map(({ time }) => time).filter((time) => time + CANDLE > frozen && time + CANDLE < thawed);
    return { late, closing };
  }

  it('for 30 s, and another for 10 s, which nobody notices: each closed candle arrives once and in order', async () => {
    const [{ late, closing }] = await Promise.all([stopFor(30, 'long'), stopFor(10, 'brief')]);
    assert.equal(closing.length, 6);
    assert.deepEqual(late, closing, 'what closed meanwhile is backfilled, and nothing else');
  });
});
