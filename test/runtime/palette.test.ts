import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FastMarket } from '../support/fast-market';
import type { FlowMessage } from '../support/flow-message';
import { MessageSink } from '../support/message-sink';
import { NodeRedProcess } from '../support/node-red-process';
import { PackedPalette } from '../support/packed-palette';
import { recordedServerMessages, recordingPath, replayServer } from '../support/recording';

const TAB = { id: 'f', type: 'tab', label: 'test' };
const NAME = '@livetick/node-red-market-data';
const TYPES = Object.keys(require('../../package.json')['node-red'].nodes);

const connection = (url: string) => ({ id: 'c', type: 'tv-connection', server: 'custom', url });
const ohlc = (id: string, more: object = {}) => ({
  id,
  z: 'f',
  type: 'tv-ohlc',
  connection: 'c',
  symbols: ['BINANCE:BTCUSDT'],
  timeframe: '5s',
  history: 2,
  x: 200,
  y: 100,
  wires: [['sink'], ['sink'], ['sink']],
  ...more,
});
const count = (messages: FlowMessage[], event: string, symbol?: string) =>
  messages.filter((message) => message.event === event && (!symbol || message.symbol === symbol)).length;

describe('the packed palette in a real Node-RED', function () {
  this.timeout(120_000);
  let palette: PackedPalette;
  let red: NodeRedProcess;

  before(async () => {
    palette = new PackedPalette();
    red = await NodeRedProcess.start(palette.userDir);
  });

  after(async () => {
    await red?.stop();
    palette?.remove();
  });

  it('is loaded without an error, with its node types', async () => {
    const sets = (await (await red.get('/nodes', { accept: 'application/json' })).json()) as Record<string, unknown>[];
    const own = sets.filter((set) => set.module === NAME);
    assert.deepEqual(
      own.map(({ types, enabled, err }) => ({ types, enabled, err })),
      TYPES.map((type) => ({ types: [type], enabled: true, err: undefined })),
    );
  });

  it('gives its own icons, not the editor’s stand-in', async () => {
    for (const icon of TYPES.map((type) => `${type}.svg`)) {
      const served = await (await red.get(`/icons/${NAME}/${icon}`)).text();
      assert.equal(served, readFileSync(join(__dirname, '../../icons', icon), 'utf8'));
    }
  });

  it('gives what its forms have in common, which each of them names itself', async () => {
    for (const file of readdirSync(join(__dirname, '../../resources'))) {
      const served = await (await red.get(`/resources/${NAME}/${file}`)).text();
      assert.equal(served, readFileSync(join(__dirname, '../../resources', file), 'utf8'), file);
    }
    for (const type of TYPES) {
      const html = await (await red.get(`/nodes/${NAME}/${type}`, { accept: 'text/html' })).text();
      assert.ok(html.includes(`<script type="module" src="resources/${NAME}/livetick.js">`), type);
    }
  });

  it('gives help and texts', async () => {
    const html = await (await red.get('/nodes', { accept: 'text/html', 'accept-language': 'en-US' })).text();
    for (const type of TYPES) {
      assert.ok(html.includes(`data-help-name="${type}"`), type);
      const texts = (await (await red.get(`/nodes/${NAME}/${type}/messages?lng=en-US`)).json()) as Record<
        string,
        object
      >;
      assert.ok('label' in (texts[type] ?? {}), type);
    }
  });

  it('gives its examples', async () => {
    const examples = await (await red.get(`/library/examples/flows/${NAME}`)).text();
    const names = readdirSync(join(__dirname, '../../examples')).map((file) => basename(file, '.json'));
    assert.ok(names.length > 0);
    for (const example of names) {
      assert.ok(examples.includes(example), example);
      const flow = await (await red.get(`/library/examples/flows/${NAME}/${example}`)).json();
      assert.ok(Array.isArray(flow));
    }
  });

  it('replays a recorded session: 299 closed candles and the forming one, times in milliseconds', async function () {
    const path = recordingPath('chart-frames-rsi.txt');
    if (!path) {
      console.log('      the recordings are not here: skipped');
      return this.skip();
    }
    const messages = recordedServerMessages(path);
    const bars = recordedBars(messages);
    assert.equal(bars.length, 300);
    const server = await replayServer(messages);
    const sink = await MessageSink.open();
    try {
      const node = ohlc('n', { symbols: ['BYBIT:BTCUSDT.P'], timeframe: '15m', history: 299 });
      await red.deploy([TAB, connection(server.url), node, ...sink.nodes('f')]);
      const [history, forming] = await sink.until((all) => all.length >= 2);
      assert.equal(history?.event, 'history');
      assert.equal(history?.topic, 'BYBIT:BTCUSDT.P');
      assert.deepEqual(history?.payload, bars.slice(0, 299).map(toCandle(true)));
      assert.equal(forming?.event, 'forming');
      assert.deepEqual(forming?.payload, toCandle(false)(bars[299] as number[], 299));
    } finally {
      await red.deploy([TAB]);
      sink.close();
      server.close();
    }
  });

  it('serves three nodes, two on the same series, over one socket; a partial deploy opens no other; deleting all closes it', async () => {
    const market = await FastMarket.open();
    const sink = await MessageSink.open();
    const eth = 'BINANCE:ETHUSDT';
    const flows = (history: number) => [
      TAB,
      connection(market.url),
      ohlc('a'),
      ohlc('b'),
      ohlc('d', { symbols: [eth], history }),
      ...sink.nodes('f'),
    ];
    try {
      await red.deploy(flows(2));
      await sink.until((all) => count(all, 'closed', eth) >= 2 && count(all, 'closed', 'BINANCE:BTCUSDT') >= 4);
      const { sockets, series, connectionsEver } = market.market.stats();
      assert.deepEqual({ sockets, series, connectionsEver }, { sockets: 1, series: 2, connectionsEver: 1 });

      await red.deploy(flows(7), 'nodes');
      await sink.until((all) => all.some(({ event, payload }) => event === 'history' && payload.length === 7));
      assert.equal(market.market.stats().connectionsEver, 1);
      assert.equal(market.market.stats().series, 2);

      const asked = performance.now();
      await red.deploy([TAB], 'nodes');
      while (market.market.stats().sockets > 0) await new Promise((resolve) => setTimeout(resolve, 10));
      assert.ok(performance.now() - asked < 2_000, 'closed in under two seconds');
      assert.doesNotMatch(red.output, /Close timed out|MaxListenersExceeded/);
    } finally {
      sink.close();
      await market.close();
    }
  });
});

/** The bars of the recorded `timescale_update`, as upstream wrote them: seconds first. */
function recordedBars(messages: string[]): number[][] {
  const update = /"s":(\[\{"i":0,.*?\}\]),"ns"/.exec(messages.join(''))?.[1] ?? '[]';
  return (JSON.parse(update) as { v: number[] }[]).map(({ v }) => v);
}

const toCandle =
  (closed: boolean) =>
  ([time = 0, open, high, low, close, volume]: number[], index: number) => ({
    index,
    timestamp: time * 1000,
    open,
    high,
    low,
    close,
    volume,
    closed,
  });
