import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FlowMessage } from '../support/flow-message';
import { MessageSink } from '../support/message-sink';
import { NodeRedProcess } from '../support/node-red-process';
import { PackedPalette } from '../support/packed-palette';

const SYMBOLS = ['BINANCE:BTCUSDT', 'BINANCE:ETHUSDT', 'NASDAQ:AAPL'];
const [BTC = ''] = SYMBOLS;

interface ExampleNode {
  id: string;
  type: string;
  z?: string;
  wires?: string[][];
}

/** The example, with the sink behind each output of the nodes of these types as well. */
function tapped(example: ExampleNode[], types: string[]): ExampleNode[] {
  return example.map((node) =>
    types.includes(node.type) ? { ...node, wires: (node.wires ?? []).map((wires) => [...wires, 'sink']) } : node,
  );
}

describe('the example of live quotes, in a real Node-RED', function () {
  this.timeout(120_000);
  let palette: PackedPalette;
  let red: NodeRedProcess;
  let sink: MessageSink;

  before(async () => {
    palette = new PackedPalette();
    red = await NodeRedProcess.start(palette.userDir);
    sink = await MessageSink.open();
  });

  after(async () => {
    await red?.stop();
    sink?.close();
    palette?.remove();
  });

  const quotes = (messages: FlowMessage[], symbol: string) =>
    messages.filter(
      ({ event, topic, payload }) => event === 'quote' && topic === symbol && typeof payload === 'object',
    );

  it('gives the newest quote of each symbol every two seconds, and the spread between bid and ask', async () => {
    const example: ExampleNode[] = JSON.parse(readFileSync(join(palette.dir, 'examples/live-quotes.json'), 'utf8'));
    const tab = example.find(({ type }) => type === 'tab')?.id ?? '';
    const arrivals: number[] = [];
    await red.deploy([...tapped(example, ['tv-trades', 'function']), ...sink.nodes(tab)]);
    await sink.until((messages) => {
      while (arrivals.length < quotes(messages, BTC).length) arrivals.push(performance.now());
      return arrivals.length >= 4 && SYMBOLS.every((symbol) => quotes(messages, symbol).length > 0);
    });
    const [first = 0, ...later] = arrivals;
    assert.ok((later.at(-1) ?? 0) - first > 1_950 * later.length, 'at most once in two seconds');
    const [whole, second] = quotes(sink.messages, BTC);
    assert.deepEqual(whole?.changed, Object.keys(whole?.payload).slice(1));
    assert.ok(second?.changed?.includes('bid'));
    assert.ok(second?.payload.bid < second?.payload.ask);

    const spread = sink.messages.find(({ topic, payload }) => topic === BTC && typeof payload === 'string');
    assert.match(spread?.payload, /^BINANCE:BTCUSDT: [\d.]+ \/ [\d.]+ USDT, \d+\.\d\d basis points$/);

    const [inject] = example.filter(({ type }) => type === 'inject');
    await fetch(`${red.url}/inject/${inject?.id}`, { method: 'POST' });
    const messages = await sink.until((all) => all.some(({ event }) => event === 'list'));
    const list = messages.find(({ event }) => event === 'list');
    assert.deepEqual(
      list?.payload.map(({ symbol }: { symbol: string }) => symbol),
      SYMBOLS,
    );
    assert.doesNotMatch(red.output, /error/i);
  });
});
