import assert from 'node:assert/strict';
import { node } from '../support/examples';
import { FastNews } from '../support/fast-news';
import { HOSTILE_TITLES } from '../support/hostile-titles';
import { MqttStage } from '../support/mqtt-stage';
import { MqttWatch } from '../support/mqtt-watch';

const NAME = 'coin-prices-to-mqtt';
const COINS = ['bitcoin', 'ethereum', 'solana'];
const topicOf = (coin: string) => `market/coin/${coin}`;

/** Needs a mosquitto on the machine; without one these tests are skipped. */
describe(`the example ${NAME}, with a real broker`, function () {
  this.timeout(60_000);
  let mqtt: MqttStage;
  let server: FastNews;

  before(async function () {
    const opened = await MqttStage.open({ persistence: false });
    if (!opened) return this.skip();
    mqtt = opened;
    server = await FastNews.open({ lasts: 86_400 });
  });

  after(async () => {
    await mqtt?.close();
    await server?.close();
  });

  beforeEach(() => mqtt.begin());

  afterEach(() => mqtt.end());

  /** The example with prices as they come. */
  const example = () =>
    mqtt.example(NAME, {
      'news-connection': { server: 'custom', url: server.url },
      'news-prices': { symbols: COINS, throttle: 0 },
    });

  const ofEach = (from: number) =>
    mqtt.watch.until(() =>
      COINS.every((coin) => mqtt.watch.messages.slice(from).filter(({ topic }) => topic === topicOf(coin)).length >= 3),
    );

  it('keeps the newest price of each coin at the broker, and goes on after it was away', async () => {
    await mqtt.stage.play(await example());
    await ofEach(0);
    await mqtt.broker.stop();
    const from = mqtt.watch.messages.length;
    await mqtt.broker.start();
    await ofEach(from);
    const kept = await MqttWatch.retained(mqtt.broker.port, (topic) => topic === topicOf('solana'));
    for (const { topic, payload, qos } of mqtt.watch.messages) {
      const price = JSON.parse(payload);
      assert.equal(topic, topicOf(price.symbol));
      assert.equal(qos, 1);
      assert.deepEqual(Object.keys(price), ['symbol', 'price', 'change24h', 'timestamp']);
      assert.ok(price.price > 0 && price.timestamp > 0);
    }
    assert.ok(JSON.parse(kept.get(topicOf('solana'))?.payload ?? '').price > 0);
    for (const coin of COINS) {
      const told = mqtt.watch.messages.filter(({ topic }) => topic === topicOf(coin)).map(({ payload }) => payload);
      assert.ok(new Set(told).size >= 6, 'prices move');
    }
  });

  it('takes the topics of articles too, whatever a source is called', async () => {
    const flow = await example();
    const { id: z } = node(flow, 'tab');
    const news = { id: 'articles', z, type: 'news-articles', connection: node(flow, 'news-connection').id, x: 1, y: 1 };
    const out = node(flow, 'mqtt out').id;
    const keys = [...HOSTILE_TITLES, 'x'.repeat(100_000), '\ud800', '', '$SYS', '삼성'];
    await mqtt.stage.play([...flow.filter(({ type }) => type !== 'news-prices'), { ...news, wires: [[out], []] }]);
    for (const [n, sourceKey] of keys.entries()) {
      const { link } = server.news.faults.publish({ link: `https://example.com/${n}`, sourceKey });
      const { topic, payload } = await mqtt.watch.until(({ payload }) => payload.includes(`"${link}"`));
      assert.match(topic, /^news\/[\p{L}\p{N}._-]{1,100}$/u);
      assert.equal(JSON.parse(payload).sourceKey, sourceKey);
    }
  });
});
