import assert from 'node:assert/strict';
import { injects } from '../support/examples';
import { MqttStage } from '../support/mqtt-stage';
import { type MqttMessage, MqttWatch } from '../support/mqtt-watch';
import { PracticeProcess } from '../support/practice-process';

const NAME = 'closed-candles-to-mqtt';
const BTC = 'BINANCE:BTCUSDT';
const TOPICS = {
  'BINANCE:BTCUSDT': 'market/candle/binance-btcusdt/1s',
  'BINANCE:ETHUSDT': 'market/candle/binance-ethusdt/1s',
};

/** Needs a mosquitto on the machine; without one these tests are skipped. */
describe(`the example ${NAME}, with a real broker`, function () {
  this.timeout(60_000);
  let mqtt: MqttStage;

  before(async function () {
    const opened = await MqttStage.open({ persistence: true });
    if (!opened) return this.skip();
    mqtt = opened;
  });

  after(() => mqtt?.close());

  beforeEach(() => mqtt.begin());

  afterEach(() => mqtt.end());

  const timeOf = ({ payload }: MqttMessage) => JSON.parse(payload).timestamp as number;
  const times = (topic: string, from = 0) =>
    mqtt.watch.messages
      .slice(from)
      .filter((message) => message.topic === topic)
      .map(timeOf);

  /** Waits for some more candles of each topic. */
  async function more(): Promise<void> {
    const from = mqtt.watch.messages.length;
    await mqtt.watch.until(() => Object.values(TOPICS).every((topic) => times(topic, from).length >= 3));
  }

  it('publishes every candle, also those that closed while the market or the broker was away', async () => {
    const market = await PracticeProcess.start();
    try {
      const own = { server: 'custom', url: market.url, httpUrl: market.httpUrl };
      const flow = await mqtt.example(NAME, { 'tv-connection': own, 'tv-ohlc': { timeframe: '1s' } });
      const closing = async (count: number) => {
        const from = Date.now();
        while ((await market.candles(BTC, '1s', from, Date.now())).length <= count) {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      };
      await mqtt.stage.play(flow);
      await more();
      for (const topic of Object.values(TOPICS)) assert.deepEqual(times(topic), [...new Set(times(topic))]);

      await market.fault('drop', 1006);
      await more();
      await mqtt.broker.stop();
      await closing(4);
      await mqtt.broker.start();
      await more();
      await mqtt.stage.redeploy(flow);
      await more();
      await mqtt.broker.stop();
      await closing(2);
      await mqtt.stage.redeploy(flow);
      await closing(2);
      await mqtt.broker.start();
      await more();
      await mqtt.stage.red.deploy([]);

      for (const [symbol, topic] of Object.entries(TOPICS)) {
        const told = [...new Set(times(topic))];
        const truth = await market.candles(symbol, '1s', told[0] as number, (told.at(-1) as number) + 1);
        assert.deepEqual(
          told,
          truth.map(({ time }) => time),
          `each candle of ${symbol}, in order, none left out`,
        );
        for (const message of mqtt.watch.messages.filter((one) => one.topic === topic)) {
          const bar = truth.find(({ time }) => time === timeOf(message));
          const { time, ...values } = bar as NonNullable<typeof bar>;
          assert.deepEqual(JSON.parse(message.payload), { symbol, timeframe: '1s', timestamp: time, ...values });
          assert.equal(message.qos, 1);
        }
        const kept = (await MqttWatch.retained(mqtt.broker.port, (one) => one === topic)).get(topic) as MqttMessage;
        assert.equal(timeOf(kept), told.at(-1));
      }
    } finally {
      await market.end();
    }
  });

  it('makes a topic level out of any symbol, and no two the same', async () => {
    const symbols = ['A:B+', 'A:#', 'A:B/C:D', 'A:B-C:D', 'A:B_C', 'A_B:C', 'A:ES1!', 'KRX:삼성', '+/#:$', 'A:B\u0000'];
    const flow = await mqtt.example(NAME);
    const candle = { index: 0, timestamp: 1, open: 1, high: 2, low: 1, close: 2, volume: null, closed: true };
    const messages = [...symbols, BTC].map((symbol) => ({ symbol, timeframe: '1M', event: 'closed', payload: candle }));
    const buttons = injects(flow, 'topic and candle', messages);
    await mqtt.stage.play([...flow.filter(({ type }) => !type.startsWith('tv-')), ...buttons]);
    for (const { id } of buttons) await mqtt.stage.press(id);
    await mqtt.watch.until(({ topic }) => topic === 'market/candle/binance-btcusdt/1M');
    const fresh = mqtt.watch.messages.filter(({ retain }) => !retain);
    const topics = new Map(fresh.map(({ topic, payload }) => [JSON.parse(payload).symbol, topic]));
    assert.deepEqual([...topics.keys()], [...symbols, BTC]);
    assert.equal(new Set(topics.values()).size, topics.size);
    for (const topic of topics.values()) assert.match(topic, /^market\/candle\/[a-z0-9_-]+\/1M$/);
    assert.equal(topics.get('A:ES1!'), 'market/candle/a-es1-x21-/1M');
  });
});
