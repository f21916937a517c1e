import assert from 'node:assert/strict';
import { changed, injects } from '../support/examples';
import { MqttStage } from '../support/mqtt-stage';
import { type MqttMessage, MqttWatch } from '../support/mqtt-watch';

const NAME = 'trades-to-home-assistant';
const STATUS = 'market/status';
const SLUGS = { 'BINANCE:BTCUSDT': 'binance-btcusdt', 'BINANCE:ETHUSDT': 'binance-ethusdt' };
const configOf = (slug: string) => `homeassistant/sensor/${slug}/config`;
const priceOf = (slug: string) => `market/price/${slug}`;

/** Needs a mosquitto on the machine; without one these tests are skipped. */
describe(`the example ${NAME}, with a real broker`, function () {
  this.timeout(60_000);
  let mqtt: MqttStage;

  before(async function () {
    const opened = await MqttStage.open({ persistence: false });
    if (!opened) return this.skip();
    mqtt = opened;
  });

  after(() => mqtt?.close());

  beforeEach(() => mqtt.begin());

  afterEach(() => mqtt.end());

  /** The example with prices as they come. */
  const example = () => mqtt.example(NAME, { 'tv-trades': { symbols: Object.keys(SLUGS), throttle: 0 } });

  const count = (topic: string, from = 0) =>
    mqtt.watch.messages.slice(from).filter((one) => one.topic === topic).length;
  const slugs = Object.values(SLUGS);

  /** Waits for some more prices of each symbol. */
  const prices = (from = mqtt.watch.messages.length) =>
    mqtt.watch.until(() => slugs.every((slug) => count(priceOf(slug), from) >= 3));

  /** Waits until each sensor has been told anew, with a price after it. */
  const toldAnew = (from: number) =>
    mqtt.watch.until(() =>
      slugs.every((slug) => {
        const later = mqtt.watch.messages.slice(from);
        const config = later.findIndex(({ topic }) => topic === configOf(slug));
        return config >= 0 && later.slice(config).some(({ topic }) => topic === priceOf(slug));
      }),
    );

  /** Plays the function nodes on quotes of our own. */
  async function quoted(quotes: object[]): Promise<void> {
    const flow = await example();
    const messages = quotes.map((payload) => ({ event: 'quote', payload }));
    const buttons = injects(flow, 'sensor and price', messages);
    await mqtt.stage.play([...flow.filter(({ type }) => !type.startsWith('tv-')), ...buttons]);
    await mqtt.watch.until(({ topic, payload }) => topic === STATUS && payload === 'online');
    for (const { id } of buttons) await mqtt.stage.press(id);
  }

  it('announces each symbol once, as a sensor that Home Assistant takes, and then its prices', async () => {
    await mqtt.stage.play(await example());
    await prices();
    const from = mqtt.watch.messages.length;
    await prices();
    const kept = await MqttWatch.retained(mqtt.broker.port, (topic) => topic === priceOf('binance-ethusdt'));
    for (const [symbol, slug] of Object.entries(SLUGS)) {
      assert.equal(count(configOf(slug), from), 0);
      const config = JSON.parse((kept.get(configOf(slug)) as MqttMessage).payload);
      const entity = slug.replace('-', '_');
      assert.equal(config.name, symbol === 'BINANCE:BTCUSDT' ? 'Bitcoin / TetherUS' : 'Ethereum / TetherUS');
      assert.deepEqual([config.unique_id, config.object_id], [`market-${slug}`, entity]);
      assert.equal(config.default_entity_id, `sensor.${entity}`);
      assert.deepEqual([config.state_class, config.device_class], ['measurement', undefined]);
      assert.equal(config.unit_of_measurement, 'USDT');
      assert.deepEqual(config.availability, [{ topic: STATUS }]);
      assert.deepEqual(config.device.identifiers, ['livetick-market-data']);
      const price = kept.get(config.state_topic) as MqttMessage;
      assert.ok(Number(price.payload) > 0);
      assert.equal(kept.get(STATUS)?.payload, 'online');
    }
    for (const { topic, qos } of mqtt.watch.messages) assert.equal(qos, 1, topic);
  });

  it('announces everything again when Home Assistant starts, and when the broker has forgotten it', async () => {
    await mqtt.stage.play(await example());
    await prices();
    let from = mqtt.watch.messages.length;
    await mqtt.watch.publish('homeassistant/status', 'online');
    await toldAnew(from);
    await mqtt.watch.publish('homeassistant/status', 'offline');
    await prices();
    for (const slug of slugs) assert.equal(count(configOf(slug), from), 1);

    await mqtt.broker.stop();
    from = mqtt.watch.messages.length;
    await mqtt.broker.start();
    await toldAnew(from);
    await mqtt.watch.until(({ topic, payload }) => topic === STATUS && payload === 'online', from);
    const kept = await MqttWatch.retained(mqtt.broker.port, (topic) => topic === priceOf('binance-ethusdt'));
    for (const slug of slugs) assert.ok(kept.has(configOf(slug)));
  });

  it('does not announce again what has been taken out', async () => {
    const flow = await example();
    await mqtt.stage.play(flow);
    await prices();
    const [gone, stays] = ['binance-btcusdt', 'binance-ethusdt'];
    await mqtt.stage.redeploy(changed(flow, { 'tv-trades': { symbols: ['BINANCE:ETHUSDT'] } }), 'nodes');
    const from = mqtt.watch.messages.length;
    await mqtt.watch.publish('homeassistant/status', 'online');
    await mqtt.watch.until(({ topic }) => topic === configOf(stays), from);
    await mqtt.watch.until(({ topic }) => topic === priceOf(stays), mqtt.watch.messages.length);
    assert.equal(count(configOf(gone), from), 0);
  });

  it('announces a symbol again when its name or currency has changed, not when its price has', async () => {
    const quote = { symbol: 'FX:EURUSD', price: 1.1, currency: null, description: 'Euro' };
    await quoted([
      { symbol: 'FX:EURUSD', price: null, currency: 'USD' },
      quote,
      { ...quote, price: 1.2 },
      { ...quote, price: 0, currency: 'USD' },
      { ...quote, price: -0.5, currency: 'USD', description: 'Euro "+/#' },
      { ...quote, price: 1e-8, currency: 'USD', description: 'Euro "+/#' },
    ]);
    await mqtt.watch.until(({ payload }) => payload === '1e-8');
    const fresh = mqtt.watch.messages.filter(({ retain, topic }) => !retain && topic.includes('fx-eurusd'));
    const told = fresh.map(({ topic, payload }) => {
      if (topic === priceOf('fx-eurusd')) return payload;
      const { name, unit_of_measurement } = JSON.parse(payload);
      return [name, unit_of_measurement];
    });
    assert.deepEqual(told, [
      ['Euro', undefined],
      '1.1',
      '1.2',
      ['Euro', 'USD'],
      '0',
      ['Euro "+/#', 'USD'],
      '-0.5',
      '1e-8',
    ]);
  });

  it('makes ids out of any symbol that Home Assistant and every topic can have, and no two the same', async () => {
    const symbols = ['A:B+', 'A:#', 'A:B/C:D', 'A:B-C:D', 'A:B_C', 'A_B:C', 'A:ES1!', 'KRX:삼성', '+/#:$', 'Z:LAST'];
    await quoted(symbols.map((symbol) => ({ symbol, price: 1, currency: '+/#', description: null })));
    await mqtt.watch.until(({ topic }) => topic === priceOf('z-last'));
    const fresh = mqtt.watch.messages.filter(({ retain, topic }) => !retain && topic.endsWith('/config'));
    const configs = fresh.map(({ topic, payload }) => ({ topic, ...JSON.parse(payload) }));
    assert.deepEqual(
      configs.map(({ name }) => name),
      symbols,
    );
    for (const { topic, unique_id, object_id, default_entity_id, state_topic } of configs) {
      assert.match(topic, /^homeassistant\/sensor\/[a-z0-9_-]+\/config$/);
      assert.match(state_topic, /^market\/price\/[a-z0-9_-]+$/);
      assert.match(unique_id, /^[a-z0-9_-]+$/);
      assert.match(object_id, /^[a-z0-9]+(_[a-z0-9]+)*$/);
      assert.equal(default_entity_id, `sensor.${object_id}`);
    }
    assert.equal(new Set(configs.map(({ unique_id }) => unique_id)).size, symbols.length);
    assert.equal(new Set(configs.map(({ topic }) => topic)).size, symbols.length);
  });

  it('is unavailable when its flow or all of Node-RED is gone', async () => {
    const status = async (payload: string, from: number) => {
      await mqtt.watch.until((one) => one.topic === STATUS && one.payload === payload, from);
      const kept = await MqttWatch.retained(mqtt.broker.port, (topic) => topic === STATUS);
      assert.equal(kept.get(STATUS)?.payload, payload);
    };
    let from = mqtt.watch.messages.length;
    await mqtt.stage.play(await example());
    await status('online', from);
    from = mqtt.watch.messages.length;
    await mqtt.stage.red.deploy([]);
    await status('offline', from);
    from = mqtt.watch.messages.length;
    await mqtt.stage.redeploy(await example());
    await status('online', from);
    from = mqtt.watch.messages.length;
    await mqtt.stage.cutPower();
    await status('offline', from);
  });
});
