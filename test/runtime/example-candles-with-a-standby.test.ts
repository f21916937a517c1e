import assert from 'node:assert/strict';
import { takesSymbol } from '../../src/tradingview/shard';
import type { ExampleStage } from '../support/example-stage';
import { tapped } from '../support/examples';
import { MqttStage } from '../support/mqtt-stage';
import type { MqttMessage } from '../support/mqtt-watch';
import { PracticeProcess } from '../support/practice-process';

const NAME = 'candles-with-a-standby';
const TOPICS: Record<string, string> = {
  'BINANCE:BTCUSDT': 'market/candle/binance-btcusdt/1s',
  'BINANCE:ETHUSDT': 'market/candle/binance-ethusdt/1s',
  'COINBASE:LTCUSD': 'market/candle/coinbase-ltcusd/1s',
};
const SYMBOLS = Object.keys(TOPICS);
const [BTC = ''] = SYMBOLS;
const FIRST = 'market/instance/1/1/1';
const SECOND = 'market/instance/1/1/2';
/** How long an instance waits for the one before it, milliseconds. */
const PATIENCE = 10_000;
/** How often each of them is killed. */
const TAKE_OVERS = Number(process.env.TAKE_OVERS ?? 1);

/** Needs a mosquitto on the machine; without one these tests are skipped. */
describe(`the example ${NAME}, with two Node-REDs and a real broker`, function () {
  this.timeout(120_000 * Math.max(1, TAKE_OVERS));
  let mqtt: MqttStage;
  let first: ExampleStage;
  let second: ExampleStage;
  let market: PracticeProcess;

  before(async function () {
    const opened = await MqttStage.open({ persistence: true }, { INSTANCE: '1' });
    if (!opened) return this.skip();
    mqtt = opened;
    first = mqtt.stage;
    second = await mqtt.another({ INSTANCE: '2' });
  });

  after(async () => {
    await second?.close();
    await mqtt?.close();
  });

  beforeEach(async () => {
    market = await PracticeProcess.start();
    await mqtt.begin();
    await second.begin();
  });

  afterEach(async () => {
    await second.end();
    await mqtt.end();
    await market.end();
  });

  const timeOf = ({ payload }: MqttMessage) => JSON.parse(payload).timestamp as number;

  /** When the published candles of a symbol opened, as they came. */
  const times = (symbol: string, from = 0) =>
    mqtt.watch.messages
      .slice(from)
      .filter(({ topic, retain }) => topic === TOPICS[symbol] && !retain)
      .map(timeOf);

  /** Waits for candles of each symbol that open from now on. */
  async function more(count = 2): Promise<void> {
    const now = Date.now();
    const from = mqtt.watch.messages.length;
    for (const topic of Object.values(TOPICS)) {
      const fresh = new Set<number>();
      await mqtt.watch.until((message) => {
        if (message.topic === topic && timeOf(message) > now) fresh.add(timeOf(message));
        return fresh.size >= count;
      }, from);
    }
  }

  /** Waits until so many candles have closed. */
  async function closing(count: number): Promise<void> {
    const from = Date.now();
    while ((await market.candles(BTC, '1s', from, Date.now())).length <= count) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Waits until an instance has said that it is there, or until the broker has said that it is not. */
  const says = (topic: string, payload: 'online' | 'offline', from: number) =>
    mqtt.watch.until((one) => one.topic === topic && one.payload === payload && !one.retain, from);

  /**
   * Kills an instance when the other has closed a candle that it has not: it has stood still for that long.
   * @returns how old the next candle is when it comes, by its open time
   */
  async function kill(stage: ExampleStage, topic: string): Promise<number> {
    const [other] = [first, second].filter((one) => one !== stage) as [ExampleStage];
    const from = mqtt.watch.messages.length;
    const now = Date.now();
    stage.red.freeze();
    await other.find(({ event, symbol, payload }) => event === 'closed' && symbol === BTC && payload.timestamp > now);
    await stage.cutPower();
    const gone = await says(topic, 'offline', from);
    const next = await mqtt.watch.until((one) => one.topic === TOPICS[BTC], mqtt.watch.messages.indexOf(gone));
    return Date.now() - timeOf(next);
  }

  async function start(stage: ExampleStage, topic: string, env: object): Promise<void> {
    const from = mqtt.watch.messages.length;
    await stage.powerUp(env);
    await says(topic, 'online', from);
  }

  /** The example on the market of this test, in both. */
  async function play(): Promise<void> {
    const own = { server: 'custom', url: market.url, httpUrl: market.httpUrl };
    const candles = { timeframe: '1s', symbols: SYMBOLS };
    const flow = await mqtt.example(NAME, { 'tv-connection': own, 'tv-ohlc': candles });
    const from = mqtt.watch.messages.length;
    await first.play(tapped(flow, 'tv-ohlc'));
    await says(FIRST, 'online', from);
    await second.play(tapped(flow, 'tv-ohlc', 'each candle once'));
    await says(SECOND, 'online', from);
    await more();
  }

  /** No candle is published twice while all is well. */
  async function assertOneSpeaks(): Promise<void> {
    const from = mqtt.watch.messages.length;
    await more(5);
    for (const symbol of SYMBOLS) assert.deepEqual(times(symbol, from), [...new Set(times(symbol, from))]);
  }

  /** Every candle has come, and after what is not newer than the last has been left out, once and in order, with its true values. */
  async function assertExactlyOnce(): Promise<void> {
    for (const symbol of SYMBOLS) {
      let last = 0;
      const once: number[] = [];
      for (const time of times(symbol)) {
        if (time <= last) continue;
        once.push(time);
        last = time;
      }
      const truth = await market.candles(symbol, '1s', once[0] as number, last + 1);
      assert.deepEqual(
        once,
        truth.map(({ time }) => time),
        symbol,
      );
      assert.ok(truth.length > 5);
      for (const { payload } of mqtt.watch.messages.filter(({ topic }) => topic === TOPICS[symbol])) {
        const { timestamp, ...told } = JSON.parse(payload);
        const bar = truth.find(({ time }) => time === timestamp);
        if (bar) assert.deepEqual({ time: timestamp, ...told }, { ...bar, symbol, timeframe: '1s' });
      }
    }
  }

  it('publishes each candle once; whichever of them is killed, the other goes on at once and nothing is lost', async () => {
    await play();
    await assertOneSpeaks();

    for (let round = 0; round < TAKE_OVERS; round++) {
      const age = await kill(first, FIRST);
      assert.ok(age < PATIENCE, `the second has not waited for the one that is gone: ${age} ms`);
      await more();
      await start(first, FIRST, { INSTANCE: '1' });
      await more();
      await kill(second, SECOND);
      await more();
      await start(second, SECOND, { INSTANCE: '2' });
    }
    await assertOneSpeaks();
    await assertExactlyOnce();
  });

  it('lets the consumer leave out what comes twice', async () => {
    await play();
    await kill(first, FIRST);
    await start(first, FIRST, { INSTANCE: '1' });
    // A candle that is published once more, such as by one that did not know better.
    const again = await mqtt.watch.until(({ topic }) => topic === TOPICS[BTC]);
    await mqtt.watch.publish(again.topic, again.payload, true);
    await more();
    await first.red.deploy([]);
    await second.red.deploy([]);
    for (const symbol of SYMBOLS) {
      const got = second.sink.messages
        .filter(({ topic }) => topic === TOPICS[symbol])
        .map(({ payload }) => payload.timestamp as number);
      const truth = await market.candles(symbol, '1s', got[0] as number, (got.at(-1) as number) + 1);
      assert.deepEqual(
        got,
        truth.map(({ time }) => time),
      );
    }
  });

  it('publishes in place of one that is there and says nothing, and bears both at once', async () => {
    await play();
    const from = mqtt.watch.messages.length;
    first.red.freeze();
    try {
      await more();
      assert.ok(!mqtt.watch.messages.slice(from).some(({ topic }) => topic === FIRST), 'the broker has not noticed');
    } finally {
      first.red.thaw();
    }
    await more(6);
    await assertExactlyOnce();
  });

  it('makes good what closed while the broker and the first were away, and while both were', async () => {
    await play();
    await mqtt.broker.stop();
    await first.cutPower();
    await closing(4);
    await mqtt.broker.start();
    await more();
    await second.cutPower();
    await closing(4);
    await start(second, SECOND, { INSTANCE: '2' });
    await more();
    await assertExactlyOnce();
    assert.doesNotMatch(second.red.output, /may be missing/);
    await start(first, FIRST, { INSTANCE: '1' });
  });

  it('says so when the history does not reach back to the last candle published', async () => {
    await play();
    await second.cutPower();
    await first.cutPower();
    const lost = Date.now() - 86_400_000;
    const candle = { symbol: BTC, timeframe: '1s', timestamp: lost };
    await mqtt.watch.publish(TOPICS[BTC] as string, JSON.stringify(candle), true);
    await start(second, SECOND, { INSTANCE: '2' });
    await second.red.until(`Candles of ${TOPICS[BTC]} may be missing`);
    assert.ok(!second.red.output.includes(`Candles of ${TOPICS['BINANCE:ETHUSDT']} may be missing`));
    await start(first, FIRST, { INSTANCE: '1' });
  });

  it('splits the symbols by the shard, and loses nothing when they move', async () => {
    await play();
    await second.cutPower();
    await first.cutPower();
    const from = mqtt.watch.messages.length;
    const heard = [first, second].map(({ sink }) => sink.messages.length);
    await start(first, 'market/instance/1/2/1', { SHARD: '1/2' });
    await start(second, 'market/instance/2/2/1', { SHARD: '2/2' });
    await more(5);
    const taken = [first, second].map(({ sink }, n) => [
      ...new Set(sink.messages.slice(heard[n]).flatMap(({ symbol }) => symbol ?? [])),
    ]);
    for (const [n, symbols] of taken.entries()) {
      const own = SYMBOLS.filter((symbol) => takesSymbol(symbol, { index: n + 1, count: 2 }));
      assert.deepEqual(symbols.sort(), own.sort());
      assert.ok(own.length > 0);
    }
    for (const symbol of SYMBOLS) assert.deepEqual(times(symbol, from), [...new Set(times(symbol, from))]);
    await assertExactlyOnce();
    await first.cutPower();
    await second.cutPower();
    await start(first, FIRST, { INSTANCE: '1' });
    await start(second, SECOND, { INSTANCE: '2' });
    await more();
    await assertExactlyOnce();
  });
});
