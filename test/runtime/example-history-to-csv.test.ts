import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExampleStage } from '../support/example-stage';
import { type ExampleNode, injects, node, tapped } from '../support/examples';

const NAME = 'history-to-csv';
const HEADER = 'time,timestamp,symbol,timeframe,open,high,low,close,volume';

describe(`the example ${NAME}, in a real Node-RED`, function () {
  this.timeout(60_000);
  const { MARKET_DATA_DIR } = process.env;
  let folder: string;
  let stage: ExampleStage;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'livetick-csv-'));
    process.env.MARKET_DATA_DIR = join(folder, 'new');
    stage = await ExampleStage.open();
  });

  after(async () => {
    if (MARKET_DATA_DIR === undefined) delete process.env.MARKET_DATA_DIR;
    else process.env.MARKET_DATA_DIR = MARKET_DATA_DIR;
    await stage?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => stage.begin());

  afterEach(() => stage.end());

  const linesOf = (file: string) => readFileSync(file, 'utf8').split('\n');

  it('writes what a button asks for, anew each time, and says when a limit has cut it', async () => {
    const flow = await stage.imported(NAME);
    await stage.play([...tapped(flow, 'CSV file', 'tv-history')]);
    const from = stage.red.output.length;
    for (const [button, file, count] of [
      ['Bitcoin, 500 hours', 'BINANCE_BTCUSDT_1h_history.csv', 500],
      ['Bitcoin, 500 hours', 'BINANCE_BTCUSDT_1h_history.csv', 500],
      ['Apple, 250 days', 'NASDAQ_AAPL_1d_history.csv', 250],
      ['euro, 6000 minutes', 'FX_EURUSD_1m_history.csv', 4_999],
    ] as const) {
      const before = stage.sink.messages.length;
      await stage.press(node(flow, button).id);
      await stage.sink.until((all) => all.length >= before + 2);
      const [answer, written] = stage.sink.messages.slice(before);
      const path = join(folder, 'new', file);
      assert.equal(written?.filename, path);
      const [header, ...rows] = linesOf(path);
      assert.equal(header, HEADER);
      assert.equal(rows.pop(), '', 'the last line is complete');
      assert.ok(rows.length >= count);
      const { topic, timeframe } = answer ?? {};
      const candles = answer?.payload as Record<string, number | null>[];
      assert.deepEqual(
        rows,
        candles.map(({ timestamp, open, high, low, close, volume }) =>
          [
            new Date(timestamp as number).toISOString(),
            timestamp,
            topic,
            timeframe,
            open,
            high,
            low,
            close,
            volume,
          ].join(),
        ),
      );
    }
    const warnings = stage.red.output.slice(from).match(/\[warn\].*/g) ?? [];
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /FX:EURUSD: \d+ candles\. Upstream gives no more than 500[01] candles/);
  });

  /** Writes answers of our own. @returns the names of the files, by symbol */
  async function write(
    answers: { symbol: string; timeframe: string; payload: object[] }[],
  ): Promise<Map<string, string>> {
    const flow: ExampleNode[] = await stage.imported(NAME);
    const end = { symbol: 'X:END', timeframe: '1s', payload: [candle(0)] };
    const buttons = injects(flow, 'rows', [...answers, end]);
    await stage.play([...tapped(flow, 'CSV file').filter(({ type }) => !type.startsWith('tv-')), ...buttons]);
    for (const { id } of buttons) await stage.press(id);
    await stage.find(({ symbol }) => symbol === 'X:END');
    return new Map(stage.sink.messages.map(({ symbol, filename }) => [symbol as string, filename as string]));
  }

  const candle = (timestamp: number, more: object = {}) => ({
    ...{ index: 0, timestamp, open: -1, high: 2.5, low: -1e-8, close: 2, volume: null, closed: true, ...more },
  });

  it('lets no text become a formula or leave its cell', async () => {
    const symbols = [
      '=1+1',
      '+A:B',
      '-A:B',
      '@A:B',
      '\t=A:B',
      '=HYPERLINK("http://x","y")',
      'A:"B",C',
      '../../A:B\n=C',
    ];
    const files = await write(symbols.map((symbol) => ({ symbol, timeframe: '1d', payload: [candle(0)] })));
    assert.deepEqual([...files.keys()], [...symbols, 'X:END']);
    for (const symbol of symbols) {
      const path = files.get(symbol) as string;
      assert.ok(readdirSync(join(folder, 'new')).includes(path.slice(join(folder, 'new').length + 1)), path);
      const [, ...rows] = linesOf(path);
      const cells = /^([^,]*),(\d+),("(?:[^"]|"")*"|[^",]*),1d,(-1,2\.5,-1e-8,2,)$/.exec(rows.join('\n').trimEnd());
      assert.ok(cells, rows.join('\n'));
      const text = (cells[3] as string).replace(/^"(.*)"$/s, '$1').replaceAll('""', '"');
      assert.equal(text.replace(/^'/, ''), symbol);
      assert.match(text, /^[^=+\-@\t\r\n]/);
    }
    assert.equal(new Set(files.values()).size, symbols.length + 1);
  });

  it('writes no file where there are no candles', async () => {
    const files = await write([{ symbol: 'A:NONE', timeframe: '1M', payload: [] }]);
    assert.deepEqual([...files.keys()], ['X:END']);
    assert.ok(!readdirSync(join(folder, 'new')).some((file) => file.includes('NONE')));
  });
});
