import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Editor } from './browser';
import { PACKAGE, useEditor } from './opened';

const ICONS = resolve(__dirname, '../../icons');
const CONTROL = 'subscribe, unsubscribe, list, reconnect';

const CONNECTIONS = ['tv-connection', 'news-connection'];

/** What the ports of each type are called. */
const PORTS: Record<string, [input: string, ...outputs: string[]]> = {
  'tv-ohlc': [CONTROL, 'closed candles', 'forming candles', 'history and events'],
  'tv-indicator': [CONTROL, 'values of closed candles', 'values of forming candles', 'history and events'],
  'tv-trades': [CONTROL, 'quotes', 'events'],
  'tv-history': ['request: symbol, timeframe, count, from, to', 'answer'],
  'tv-packets': ['list, reconnect', 'packets'],
  'news-articles': ['set, list, reconnect', 'articles', 'events'],
  'news-prices': [CONTROL, 'prices', 'events'],
};

describe('the editor: the palette', function () {
  this.timeout(60_000);
  let editor: Editor;

  useEditor({}, (opened) => {
    editor = opened;
  });

  const icon = async (type: string) =>
    (await editor.page.request.get(`${editor.url}icons/${PACKAGE}/${type}.svg`)).text();

  it('has a category of its own, one colour, and an icon of each node', async () => {
    const { page } = editor;
    const category = page.locator('.red-ui-palette-category', { hasText: 'market data' });
    const types = await category
      .locator('.red-ui-palette-node')
      .evaluateAll((nodes) => nodes.map((node) => node.getAttribute('data-palette-type')));
    assert.deepEqual(
      types,
      Object.keys(PORTS).sort((a, b) => order(a) - order(b)),
    );
    const colours = new Set<string>();
    for (const type of Object.keys(PORTS)) {
      const shown = editor.palette(type).locator('.red-ui-palette-icon-container');
      assert.equal(await shown.getAttribute('data-palette-icon'), `icons/${PACKAGE}/${type}.svg`);
      assert.equal(await icon(type), readFileSync(join(ICONS, `${type}.svg`), 'utf8'), type);
      colours.add(await page.evaluate(`RED.nodes.getType('${type}').color`));
    }
    for (const type of CONNECTIONS) {
      assert.equal(await icon(type), readFileSync(join(ICONS, `${type}.svg`), 'utf8'));
    }
    assert.equal(colours.size, 1);
  });

  for (const type of [...CONNECTIONS, ...Object.keys(PORTS)]) {
    it(`explains ${type} in the help sidebar, leaving no text out`, async () => {
      await editor.page.evaluate(`RED.sidebar.help.show('${type}')`);
      const title = editor.page.locator('.red-ui-help-title', { hasText: new RegExp(type.replace('-', '.')) });
      const help = title.locator('xpath=..');
      await help.locator('h3', { hasText: 'Properties' }).waitFor();
      assert.doesNotMatch((await help.textContent()) ?? '', /(tv|news)-[a-z]+\.\w/);
    });
  }

  it('says what each port of a node is for', async () => {
    for (const [type, [input, ...outputs]] of Object.entries(PORTS)) {
      const labels = await editor.page.evaluate(`(() => {
        const { _, inputLabels, outputLabels, outputs } = RED.nodes.getType('${type}');
        const node = { _, type: '${type}' };
        return [inputLabels.call(node, 0), ...Array.from({ length: outputs }, (_one, n) => outputLabels.call(node, n))];
      })()`);
      assert.deepEqual(labels, [input, ...outputs]);
    }
  });

  it('says so under the mouse', async () => {
    const [id = ''] = await editor.ids('tv-ohlc');
    const [, ...outputs] = PORTS['tv-ohlc'] ?? [];
    for (const [n, label] of outputs.entries()) {
      await editor.node(id).locator('.red-ui-flow-port-output .red-ui-flow-port').nth(n).hover();
      await editor.page.locator('.red-ui-flow-port-tooltip', { hasText: label }).waitFor();
    }
    await editor.screenshot('ports');
  });

  it('says what a node is for when the mouse rests on it in the palette', async () => {
    await editor.palette('tv-ohlc').hover();
    await editor.page.locator('.red-ui-popover', { hasText: /candles/i }).waitFor();
    await editor.screenshot('palette-tooltip');
  });
});

/** As package.json lists them. */
function order(type: string): number {
  return Object.keys(require('../../package.json')['node-red'].nodes).indexOf(type);
}
