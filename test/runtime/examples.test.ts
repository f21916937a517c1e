import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Bar } from '../../src/market/candle';
import { ExampleStage, NAME } from '../support/example-stage';
import { EXAMPLES, type ExampleNode, FOLDER_FOR_OTHERS, injects, node, tapped } from '../support/examples';
import type { FlowMessage } from '../support/flow-message';
import { assertValues, rsi } from '../support/indicator-truth';
import { PracticeProcess } from '../support/practice-process';

const SYMBOLS = ['BINANCE:BTCUSDT', 'BINANCE:ETHUSDT'];
const [BTC = ''] = SYMBOLS;
const CONNECTIONS = ['tv-connection', 'news-connection'];

/** An answer of tv-history, with what the flow had put into the message. */
type Answer = FlowMessage & { title?: string; complete?: boolean };

describe('the examples, in a real Node-RED', function () {
  this.timeout(120_000);
  const { HOME, MARKET_DATA_DIR } = process.env;
  let home: string;
  let folder: string;
  let stage: ExampleStage;

  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'livetick-home-'));
    folder = join(home, 'named', 'folder');
    Object.assign(process.env, { HOME: home, MARKET_DATA_DIR: folder });
    stage = await ExampleStage.open();
  });

  after(async () => {
    for (const [name, value] of Object.entries({ HOME, MARKET_DATA_DIR })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await stage?.close();
    if (home) rmSync(home, { recursive: true, force: true });
  });

  beforeEach(() => stage.begin());

  afterEach(() => stage.end());

  const press = (flow: ExampleNode[], button: string) => stage.press(node(flow, button).id);

  const says = (pattern: RegExp) => (message: FlowMessage) =>
    typeof message.payload === 'string' && pattern.test(message.payload);

  const does: Record<string, () => Promise<void>> = {
    'first-candle': async () => {
      const flow = await stage.run('first-candle', 'tv-ohlc', 'alert', 'ready for MQTT');
      await stage.find(says(/^BINANCE:\w+USDT closed at [\d.]+ \(.* %\), candle of \d\d:\d\d:\d\d UTC$/));
      const mqtt = await stage.find(({ topic }) => /^market\/BINANCE\/\w+USDT\/5s$/.test(topic ?? ''));
      assert.equal(JSON.parse(mqtt.payload).closed, true);
      await press(flow, 'list');
      assert.equal((await stage.find(({ event }) => event === 'list')).payload.length, 3);
    },

    'live-quotes': async () => {
      const flow = await stage.run('live-quotes', 'tv-trades', 'function');
      const quote = await stage.find(
        ({ event, changed }) => event === 'quote' && changed?.includes('description') === true,
      );
      assert.equal(typeof quote.payload.price, 'number');
      await press(flow, 'list');
      assert.equal((await stage.find(({ event }) => event === 'list')).payload.length, 3);
    },

    'raw-packets': async () => {
      const flow = await stage.run('raw-packets', 'tv-packets');
      const update = await stage.find(({ topic, event }) => topic === 'timescale_update' && event === 'packet');
      assert.deepEqual(Object.keys(update.payload), ['m', 'p']);
      const { status } = await stage.find((message) => /\bdu [2-9]/.test(message.status?.text ?? ''));
      assert.match(status?.text ?? '', /symbol_resolved 1\b/);
      await press(flow, 'reconnect');
      await stage.find((message) => /symbol_resolved 2\b/.test(message.status?.text ?? ''));
    },

    indicators: async () => {
      const flow = await stage.run('indicators', 'tv-indicator', 'together', 'catch');
      const line = await stage.find(
        says(/^BINANCE:BTCUSDT \d\d:\d\d:\d\d UTC: RSI [\d.]+, MACD -?[\d.]+, signal -?[\d.]+$/),
      );
      const [, clock, rsiText, macdText] =
        /(\d\d:\d\d:\d\d) UTC: RSI ([\d.]+), MACD (-?[\d.]+)/.exec(line.payload) ?? [];
      const values = (title: string) =>
        stage.sink.messages.find(
          ({ event, payload }) =>
            event === 'closed' &&
            title in (payload.values ?? {}) &&
            new Date(payload.timestamp).toISOString().includes(`${clock}`),
        )?.payload.values;
      assert.equal(values('RSI').RSI.toFixed(2), rsiText);
      assert.equal(values('MACD').MACD.toFixed(2), macdText);
      const deepest = stage.sink.messages
        .filter(({ event }) => event === 'history')
        .map(({ payload }) => payload.length);
      assert.deepEqual(deepest, [10, 10]);

      const without = (disabled: string) =>
        tapped(flow, 'tv-indicator', 'catch').map(({ d, ...one }) =>
          one.indicator === disabled ? { ...one, d: true } : one,
        );
      await stage.redeploy(without('nothing'), 'nodes');
      const refusal = await stage.find(({ error }) => error?.code === 'INDICATOR_LIMIT');
      assert.match(refusal.error?.message ?? '', /STD;EMA.*2 indicators.*STD;RSI.*STD;MACD/);
      await stage.redeploy(without('STD;MACD'), 'nodes');
      await stage.find(({ event, payload }) => event === 'closed' && 'EMA' in (payload.values ?? {}));
    },

    'history-on-request': async () => {
      const flow = await stage.run('history-on-request', 'tv-history', 'summary');
      const answers: Record<string, Answer> = {};
      for (const [button, title] of [
        ['the newest 100', 'the newest 100'],
        ['yesterday, by hours', 'yesterday, by hours'],
        ['Apple, 30 days', 'Apple, 30 days'],
        ['6000: more than the plan gives', '6000'],
      ] as const) {
        await press(flow, button);
        const asked = (message: Answer) => message.title === title && Array.isArray(message.payload);
        answers[title] = await stage.find(asked);
        await stage.find(
          says(new RegExp(`^${title}: \\d+ candles of [A-Z:]+ since .* UTC, from [\\d.]+ to [\\d.]+, -?[\\d.]+ %`)),
        );
      }
      const of = (title: string) => answers[title] as Answer;
      assert.deepEqual([of('the newest 100').payload.length, of('the newest 100').complete], [100, true]);
      const midnight = Math.floor(Date.now() / 86_400_000) * 86_400_000;
      const hours = of('yesterday, by hours').payload.map(({ timestamp }: { timestamp: number }) => timestamp);
      assert.equal(hours.length, 24);
      assert.ok([midnight, midnight - 86_400_000].includes(hours.at(-1) + 3_600_000));
      assert.deepEqual([of('Apple, 30 days').topic, of('Apple, 30 days').payload.length], ['NASDAQ:AAPL', 30]);
      assert.equal(of('6000').complete, false);
      assert.ok(of('6000').payload.length >= 4_999);
      await stage.find(says(/^6000: .*\(Upstream gives no more than 5000 candles back from now\.\)$/));
    },

    'save-to-files': saveToFiles,
  };

  async function saveToFiles(): Promise<void> {
    const market = await PracticeProcess.start();
    try {
      const example = await stage.imported('save-to-files');
      const own = { server: 'custom', url: market.url, httpUrl: market.httpUrl };
      /** The example on that market and with faster candles. */
      const flow = (name = '') =>
        tapped(example, 'tv-ohlc', 'tv-indicator').map((one) => {
          if (one.type === 'tv-connection') return { ...one, ...own };
          return 'timeframe' in one ? { ...one, name, timeframe: '1s' } : one;
        });
      const closed = (messages: FlowMessage[], title: 'close' | 'values', symbol: string) =>
        messages.filter(({ event, topic, payload }) => event === 'closed' && topic === symbol && title in payload);
      /** Waits for some more candles and values of each symbol that closed in the ordinary way. */
      const more = async () => {
        const from = stage.sink.messages.length;
        await stage.sink.until((all) =>
          SYMBOLS.every((symbol) =>
            (['close', 'values'] as const).every(
              (title) => closed(all.slice(from), title, symbol).filter(({ backfilled }) => !backfilled).length >= 3,
            ),
          ),
        );
      };

      await stage.play(flow());
      await more();
      await market.fault('drop', 1006);
      await market.fault('refuse', 'connection');
      const dropped = Date.now();
      while ((await market.candles(BTC, '1s', dropped, Date.now())).length < 5) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await market.fault('accept');
      await more();
      assert.ok(stage.sink.messages.some(({ backfilled }) => backfilled));
      await stage.redeploy(flow());
      await more();
      await stage.redeploy(flow('changed'), 'nodes');
      await more();
      await stage.red.deploy([]);

      for (const symbol of SYMBOLS) {
        const name = symbol.replace(':', '_');
        const candles = rowsOf(folder, `${name}_1s_2`);
        const values = rowsOf(folder, `${name}_1s_RSI_2`);
        for (const [rows, title] of [[candles, 'close'] as const, [values, 'values'] as const]) {
          const times = rows.map(({ timestamp }) => Number(timestamp));
          const truth = await market.candles(symbol, '1s', (times[0] ?? 0) - 700_000, (times.at(-1) ?? 0) + 1);
          const from = truth.findIndex(({ time }) => time === times[0]);
          assert.deepEqual(
            times,
            truth.slice(from).map(({ time }) => time),
            `each ${title} of ${symbol} once, in order, none left out`,
          );
          rows.forEach((row, n) => {
            if (title === 'close') assertCandle(row, truth[from + n] as Bar);
            else assertRsi(row, truth.slice(0, from + n + 1));
          });
          const emitted = closed(stage.sink.messages, title, symbol);
          assert.ok(emitted.length > 12);
          for (const { payload } of emitted) assertWritten(payload, rows);
        }
      }
      assert.equal(readdirSync(folder).filter((file) => !/\.(csv|jsonl)$/.test(file)).length, 0);
    } finally {
      await market.end();
    }
  }

  for (const [name, doAsSaid] of Object.entries(does)) {
    it(`${name} does what its comment says`, async () => {
      const from = stage.red.output.length;
      await doAsSaid();
      // What is refused on purpose is an error of ours, by its own name.
      assert.doesNotMatch(
        stage.red.output.slice(from).replace(/.*STD;EMA has to wait.*/g, ''),
        /\[error\]|\[warn\]|missing types/,
      );
    });
  }

  it('are all played, here or in a test of their own', () => {
    const own = /^example-(.*)\.test\.ts$/;
    const elsewhere = readdirSync(__dirname).map((file) => own.exec(file)?.[1]);
    const played = [...Object.keys(does), ...elsewhere.filter((name) => name !== undefined)];
    assert.deepEqual(played.sort(), EXAMPLES.map((name) => basename(name)).sort());
  });

  it('explain themselves, and need no other palette unless they lie in the folder for that and say so first', async () => {
    const sets = (await (await stage.red.get('/nodes', { accept: 'application/json' })).json()) as NodeSet[];
    const module = new Map(sets.flatMap(({ module, types }) => types.map((type) => [type, module])));
    for (const type of ['tab', 'comment', 'group']) module.set(type, 'node-red');
    const ids = new Set<string>();
    for (const name of EXAMPLES) {
      const flow = await stage.imported(name);
      const others = new Set<string | undefined>();
      for (const { id, type } of flow) {
        if (module.get(type) !== 'node-red' && module.get(type) !== NAME) others.add(module.get(type) ?? type);
        assert.ok(!ids.has(id), `${name}: the id ${id} is its own`);
        ids.add(id);
      }
      const comment = flow.find(({ type }) => type === 'comment');
      assert.ok(comment?.info, name);
      assert.equal(others.size, name.startsWith(FOLDER_FOR_OTHERS) ? 1 : 0, `${name}: ${[...others]}`);
      const [first = ''] = String(comment.info).split('. ');
      for (const palette of others) assert.ok(first.includes(String(palette)), `${name}: ${first}`);
      assert.ok(flow.every(({ type, server }) => !CONNECTIONS.includes(type) || server === 'practice'));
    }
  });

  describe('save-to-files', () => {
    const DAY = Date.UTC(2026, 0, 31, 23, 59, 59);

    /** Sends candles to the function that names files, as the candle node would. @param env of the flow */
    async function write(series: { symbol: string; timeframe: string }[], env: object[] = []): Promise<void> {
      const example = await stage.imported('save-to-files');
      const values = { open: 1, high: 2.5, low: 0.5, close: 2, volume: null, closed: true };
      const messages = series.flatMap((of) =>
        [DAY, DAY + 1_000, DAY + 2_000].map((timestamp, index) => ({
          ...of,
          payload: { index, timestamp, ...values },
        })),
      );
      const quiet = example.filter(({ type }) => !type.startsWith('tv-'));
      const flow = tapped(quiet, 'file').map((one) => (one.type === 'tab' ? { ...one, env } : one));
      const buttons = injects(example, 'rows and file names', messages);
      await stage.play([...flow, ...buttons]);
      for (const { id } of buttons) await stage.press(id);
      await stage.sink.until((written) => written.length === 2 * messages.length);
    }

    it('begins a file for each day, by the open time in UTC, each with its header', async () => {
      await write([{ symbol: 'BINANCE:BTCUSDT', timeframe: '1s' }]);
      assert.equal(
        readFileSync(join(folder, 'BINANCE_BTCUSDT_1s_2026-01-31.csv'), 'utf8'),
        'time,timestamp,symbol,timeframe,open,high,low,close,volume\n' +
          `2026-01-31T23:59:59.000Z,${DAY},BINANCE:BTCUSDT,1s,1,2.5,0.5,2,\n`,
      );
      assert.equal(
        readFileSync(join(folder, 'BINANCE_BTCUSDT_1s_2026-02-01.csv'), 'utf8').match(/^.*$/gm)?.[0],
        'time,timestamp,symbol,timeframe,open,high,low,close,volume',
      );
      assert.equal(rowsOf(folder, 'BINANCE_BTCUSDT_1s_2026-02').length, 2);
    });

    it('names files so that every system can have them, and no two symbols or timeframes the same', async () => {
      await write([
        { symbol: 'BINANCE:BTCUSDT/BINANCE:ETHUSDT', timeframe: '1M' },
        { symbol: 'CME:ES1!*2', timeframe: '1m' },
      ]);
      const names = readdirSync(folder).filter((file) => /2026-01-31\.csv$/.test(file));
      assert.ok(names.includes('BINANCE_BTCUSDT%2fBINANCE%3aETHUSDT_1mo_2026-01-31.csv'), names.join());
      assert.ok(names.includes('CME_ES1%21%2a2_1m_2026-01-31.csv'), names.join());
    });

    it('puts the folder into the home directory unless a variable names another', async () => {
      await write([{ symbol: 'FX:EURUSD', timeframe: '1d' }], [{ name: 'MARKET_DATA_DIR', value: '', type: 'str' }]);
      assert.ok(readdirSync(join(home, 'market-data')).includes('FX_EURUSD_1d_2026-01-31.csv'));
    });
  });
});

/** As the admin API lists the node types. */
interface NodeSet {
  module: string;
  types: string[];
}

type Row = Record<string, string>;

/** The rows of all files with a name that begins so, by days; the lines of JSON say the same. */
function rowsOf(folder: string, beginning: string): Row[] {
  const files = readdirSync(folder)
    .filter((file) => file.startsWith(beginning))
    .sort();
  const rows = files.filter((file) => file.endsWith('.csv')).flatMap((file) => readCsv(join(folder, file)));
  const lines = files
    .filter((file) => file.endsWith('.jsonl'))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').trimEnd().split('\n'))
    .map((line) => JSON.parse(line));
  assert.ok(rows.length > 0);
  assert.deepEqual(
    rows,
    lines.map((line) => Object.fromEntries(Object.entries(line).map(([title, value]) => [title, String(value ?? '')]))),
  );
  return rows;
}

/** One header, then rows; no cell of these files needs quotes. */
function readCsv(path: string): Row[] {
  const [header = '', ...lines] = readFileSync(path, 'utf8').split('\n');
  assert.equal(lines.pop(), '', 'the last line is complete');
  assert.equal(lines.filter((line) => line === header).length, 0, 'one header');
  const titles = header.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, n) => [titles[n], cell])));
}

function assertCandle(row: Row, { time, ...values }: Bar): void {
  assert.equal(row.time, new Date(time).toISOString());
  for (const [title, value] of Object.entries(values)) assert.equal(row[title], String(value ?? ''), title);
}

/** @param candles up to the one in question */
function assertRsi(row: Row, candles: readonly Bar[]): void {
  const truth = rsi(candles.map(({ close }) => close)).at(-1) ?? null;
  const values = { RSI: Number(row.RSI) };
  assertValues(
    { index: 0, timestamp: Number(row.timestamp), closed: true, values, plots: [], alerts: [] },
    { RSI: truth },
  );
}

/** What a node has told stands in the file as it was told. */
function assertWritten({ timestamp, values, index, closed, ...candle }: FlowMessage['payload'], rows: Row[]): void {
  const row = rows.find((one) => one.timestamp === String(timestamp));
  assert.ok(row, `the row of ${new Date(timestamp).toISOString()}`);
  for (const [title, value] of Object.entries(values ?? candle)) assert.equal(row[title], String(value ?? ''), title);
}
