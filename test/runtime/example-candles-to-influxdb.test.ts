import assert from 'node:assert/strict';
import { ExampleStage } from '../support/example-stage';
import { changed, type ExampleNode, FOLDER_FOR_OTHERS, injects } from '../support/examples';
import { InfluxServer, type Point } from '../support/influx-server';
import { PracticeProcess } from '../support/practice-process';

const NAME = 'candles-to-influxdb';
const SYMBOLS = ['BINANCE:BTCUSDT', 'BINANCE:ETHUSDT'];
const HISTORY = 20;

describe(`the example ${NAME}, with the real palette and an InfluxDB of our own`, function () {
  this.timeout(60_000);
  let stage: ExampleStage;
  let influx: InfluxServer;

  before(async () => {
    stage = await ExampleStage.open();
  });

  after(() => stage?.close());

  beforeEach(async () => {
    await stage.begin();
    influx = await InfluxServer.open();
  });

  afterEach(async () => {
    await stage.end();
    await influx.close();
  });

  /** The settings of the connection as a user has them for each version of InfluxDB; the token or password is never looked at. */
  const versions: Record<string, () => { settings: object; path: string; query: Record<string, string> }> = {
    '2.0': () => ({
      settings: { influxdbVersion: '2.0', url: `http://${influx.host}`, credentials: { token: 'a token' } },
      path: '/api/v2/write',
      query: { org: 'home', bucket: 'market', precision: 'ms' },
    }),
    '1.x': () => ({
      settings: {
        influxdbVersion: '1.x',
        port: influx.host.split(':')[1],
        credentials: { username: 'u', password: 'p' },
      },
      path: '/write',
      query: { db: 'market', precision: 'ms', rp: '', u: 'u', p: 'p' },
    }),
  };

  /** The example with that connection, quicker to try again. */
  async function example(settings: object, more: Record<string, object> = {}): Promise<ExampleNode[]> {
    const flow = await stage.imported(FOLDER_FOR_OTHERS + NAME);
    return changed(flow, { influxdb: settings, delay: { timeout: '200', timeoutUnits: 'milliseconds' }, ...more });
  }

  const of = (symbol: string) => influx.points.filter(({ tags }) => tags.symbol === symbol).sort(byTime);

  for (const [version, described] of Object.entries(versions)) {
    it(`writes each candle once into InfluxDB ${version}, also what closed while it was away`, async () => {
      const { settings, path, query } = described();
      const market = await PracticeProcess.start();
      try {
        const flow = await example(settings, {
          'tv-connection': { server: 'custom', url: market.url, httpUrl: market.httpUrl },
          'tv-ohlc': { timeframe: '1s', history: HISTORY },
        });
        const written = (count: number) => influx.until(() => SYMBOLS.every((symbol) => of(symbol).length >= count));
        await stage.play(flow);
        await written(HISTORY + 2);
        influx.away = true;
        await influx.until(({ refused }) => refused >= 4);
        influx.away = false;
        await written(HISTORY + 6);
        const whole = () => SYMBOLS.every((symbol) => isWhole(of(symbol)));
        await influx.until(whole);
        for (const one of influx.writes) assert.deepEqual([one.path, one.query], [path, query]);
        for (const symbol of SYMBOLS) {
          const points = of(symbol);
          const [first, last] = [points[0], points.at(-1)] as [Point, Point];
          const truth = await market.candles(symbol, '1s', first.time, last.time + 1);
          assert.deepEqual(
            points,
            truth.map(({ time, ...fields }) => ({
              measurement: 'candles',
              tags: { symbol, timeframe: '1s' },
              fields,
              time,
            })),
          );
        }
      } finally {
        await stage.red.deploy([]);
        await market.end();
      }
    });

    it(`keeps any symbol whole in a tag of InfluxDB ${version}, replaces what was corrected, leaves out what is no candle`, async () => {
      const flow = await example(described().settings);
      const symbol = 'A, B=C:"D" \u00e9';
      const item = (timestamp: number, close: number, volume: number | null) => ({
        ...{ index: 0, timestamp, open: 1, high: 2.5, low: -1e-8, close, volume, closed: true },
      });
      const message = (event: string, payload: unknown) => ({ symbol, timeframe: '1M', event, payload });
      const buttons = injects(flow, 'points', [
        message('history', []),
        message('history', [item(1000, 1, 5), item(2000, 2, null)]),
        message('closed', item(3000, 3, 0)),
        message('gap', { from: 1, to: 2 }),
        message('list', [{ symbol, state: 'live' }]),
        message('correction', item(2000, 2.25, null)),
        message('closed', item(4000, 4, 1)),
      ]);
      await stage.play([...flow.filter(({ type }) => !type.startsWith('tv-')), ...buttons]);
      for (const { id } of buttons) await stage.press(id);
      await influx.until(() => of(symbol).length === 4);
      const values = { open: 1, high: 2.5, low: -1e-8 };
      const point = (time: number, fields: object) => ({
        ...{ measurement: 'candles', tags: { symbol, timeframe: '1M' }, fields: { ...values, ...fields }, time },
      });
      assert.deepEqual(of(symbol), [
        point(1000, { close: 1, volume: 5 }),
        point(2000, { close: 2.25 }),
        point(3000, { close: 3, volume: 0 }),
        point(4000, { close: 4, volume: 1 }),
      ]);
      assert.deepEqual(influx.points.length, 4);
    });
  }
});

const byTime = (a: Point, b: Point) => a.time - b.time;

/** A point for each second from the first to the last. */
function isWhole(points: readonly Point[]): boolean {
  const [first, last] = [points[0], points.at(-1)];
  return first !== undefined && last !== undefined && (last.time - first.time) / 1000 === points.length - 1;
}
