import assert from 'node:assert/strict';
import { TradingViewClient } from '../../src/tradingview/client';
import { decodeFrame } from '../../src/tradingview/framing';
import type { IndicatorStreamEvent } from '../../src/tradingview/indicator-service';
import { LookUpDesk } from '../support/indicator-practice';
import { needs, recordedSession } from '../support/recorded-frames';
import { type AnsweredWhen, replayServer } from '../support/recording';

const SYMBOL = 'BYBIT:BTCUSDT.P';
const TITLES = ['RSI', 'Plot', 'RSI-based MA', 'Upper Bollinger Band', 'Lower Bollinger Band'];

describe('client: the recorded session with RSI, over a real socket', () => {
  const desk = new LookUpDesk();
  before(() => desk.open());
  after(() => desk.close());

  for (const [when, what] of [
    ['study', 'once series and study are asked for'],
    ['series', 'all at once when the series is asked for, before it has heard of the study'],
  ] as [AnsweredWhen, string][]) {
    it(`gives the recorded points under their titles, none of the warm-up; answered ${what}`, async function () {
      const messages = needs(recordedSession(), this)
        .filter(({ out }) => !out)
        .map(({ wire }) => wire);
      const { url, close } = await replayServer(messages, when);
      const { url: httpUrl } = await desk.endpoints.lookups('pine-facade');
      const client = new TradingViewClient({ server: 'custom', url, httpUrl });
      const [history] = await new Promise<IndicatorStreamEvent[]>((resolve, reject) => {
        const events: IndicatorStreamEvent[] = [];
        client.watchIndicator({ symbol: SYMBOL, timeframe: '15m', history: 299 }, (event) => {
          events.push(event);
          if (event.event === 'error') reject(event.error);
          if (event.event === 'history') resolve(events);
        });
      });
      await client.close();
      close();
      assert.ok(history?.event === 'history');
      const recorded = recordedPoints(messages).filter(({ i }) => i >= 0);
      assert.equal(history.items.length, 299);
      for (const [n, item] of history.items.entries()) {
        const [time, ...values] = recorded[n]?.v.map((value) => (value === 1e100 ? null : value)) ?? [];
        assert.deepEqual([item.index, item.timestamp, item.plots], [n, (time as number) * 1_000, values]);
        for (const [plot, title] of TITLES.entries()) assert.equal(item.values[title], values[plot]);
        assert.deepEqual(item.alerts, []);
      }
    });
  }
});

/** The study's points as they went over the wire, those of the warm-up among them. */
function recordedPoints(messages: readonly string[]): { i: number; v: number[] }[] {
  const packets = messages.flatMap((wire) => decodeFrame(wire).packets).map((payload) => JSON.parse(payload));
  return packets.flatMap(({ m, p }) => (m === 'du' ? (p[1].st_1?.st ?? []) : []));
}
