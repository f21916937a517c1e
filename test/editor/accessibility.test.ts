import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cutOff, dangling, description, faint, nameless, reachable, reached } from './audit';
import type { Editor } from './browser';
import { TAB, useEditor } from './opened';

const ROOT = resolve(__dirname, '../..');
const CONNECTION = 'c0a0000000000001';
const NEWS = 'c0a0000000000002';
const OUTPUTS = {
  ...{ 'tv-ohlc': 3, 'tv-indicator': 3, 'tv-history': 1, 'tv-trades': 2, 'tv-packets': 1 },
  ...{ 'news-articles': 2, 'news-prices': 2 },
};
const TYPES = Object.keys(OUTPUTS);
// An id must be no value that a property has: Node-RED would take it for the node.
const idOf = (type: string) => `id-of-${type}`;

const FLOW = [
  TAB,
  { id: CONNECTION, type: 'tv-connection', server: 'practice' },
  { id: NEWS, type: 'news-connection', server: 'practice' },
  ...Object.entries(OUTPUTS).map(([type, outputs], index) => ({
    id: idOf(type),
    type,
    z: TAB.id,
    connection: type.startsWith('news-') ? NEWS : CONNECTION,
    symbols: [type === 'news-prices' ? 'bitcoin' : 'BINANCE:BTCUSDT'],
    x: 300,
    y: 80 * (index + 1),
    wires: Array.from({ length: outputs }, () => []),
  })),
];

/** What is wrong in which field, and what its sentence says. */
const WRONG: Record<string, [field: string, value: string, sentence: RegExp][]> = {
  'tv-ohlc': [['history', '-1', /whole number of at least 0/]],
  'tv-indicator': [
    ['history', '1.5', /whole number of at least 0/],
    ['version', 'newest', /version is last, or a number/],
    ['indicator', 'rsi', /no indicator/],
  ],
  'tv-history': [
    ['symbol', 'BTCUSDT', /EXCHANGE:SYMBOL/],
    ['count', '0', /whole number of at least 1/],
    ['from', 'yesterday', /Enter a date/],
    ['to', 'now', /Enter a date/],
  ],
  'tv-trades': [['throttle', 'often', /number of at least 0/]],
  'tv-packets': [['methods-text', 'qsd, <b>', /one word/]],
  'news-articles': [
    ['sources-text', 'coindesk, The Block', /names without blanks/],
    ['categories-text', 'a&b', /names without blanks/],
  ],
  'news-prices': [
    ['symbols-text', 'BINANCE:BTCUSDT', /ids of coins/],
    ['throttle', 'often', /number of at least 0/],
  ],
};

describe('the editor: the forms are for everybody', function () {
  this.timeout(60_000);
  let editor: Editor;

  useEditor({ flow: FLOW }, (opened) => {
    editor = opened;
  });

  const form = () => editor.page.locator('.livetick-form').last();

  /** Opens each form in its turn, those of the connections with every server. */
  async function eachForm(look: (name: string) => Promise<void>): Promise<void> {
    for (const type of TYPES) {
      await editor.edit(idOf(type));
      await look(type);
      await editor.end('node-dialog-cancel');
    }
    await editor.edit(idOf('tv-packets'));
    await editor.editConnection('edit');
    for (const market of ['live', 'practice', 'custom', 'variable'] as const) {
      await editor.chooseMarket(market);
      await look(`tv-connection, ${market}`);
    }
    await editor.end('node-config-dialog-cancel');
    await editor.end('node-dialog-cancel');
    await editor.edit(idOf('news-prices'));
    await editor.editConnection('edit');
    for (const server of ['live', 'practice', 'custom']) {
      await editor.page.locator('#node-config-input-server').selectOption(server);
      await look(`news-connection, ${server}`);
    }
    await editor.end('node-config-dialog-cancel');
    await editor.end('node-dialog-cancel');
  }

  it('has names for all controls, and the Tab key comes to each in the order in which they stand, and goes on', async () => {
    await eachForm(async (name) => {
      assert.deepEqual([name, await nameless(form())], [name, []]);
      assert.deepEqual([name, await dangling(form())], [name, []]);
      assert.deepEqual([name, await reached(form())], [name, await reachable(form())]);
    });
  });

  it('makes a connection, and opens one, by keyboard', async () => {
    const { page } = editor;
    await editor.edit(idOf('tv-trades'));
    for (const [button, key] of [
      ['edit', 'Enter'],
      ['add', ' '],
    ] as const) {
      await editor.tabTo(page.locator(`#node-input-btn-connection-${button}`));
      await page.keyboard.press(key);
      await page.locator('#node-config-dialog-cancel').waitFor();
      await editor.end('node-config-dialog-cancel');
    }
    await editor.end('node-dialog-cancel');
  });

  for (const type of TYPES) {
    it(`says in a sentence what is wrong in the form of ${type}, also to a screen reader`, async () => {
      const { page } = editor;
      await editor.edit(idOf(type));
      for (const [name, value, sentence] of WRONG[type] ?? []) {
        const field = page.locator(`#node-input-${name}`);
        const right = await field.inputValue();
        assert.equal(await field.getAttribute('aria-invalid'), 'false');
        assert.doesNotMatch(await description(field), sentence);
        await field.fill(value);
        await page.locator(`#node-input-${name}[aria-invalid="true"]`).waitFor();
        assert.match(await description(field), sentence);
        await field.fill(right);
        await page.locator(`#node-input-${name}[aria-invalid="false"]`).waitFor();
        assert.doesNotMatch(await description(field), sentence);
      }
      const connection = page.locator('#node-input-connection');
      await connection.selectOption('_ADD_');
      assert.equal(await connection.getAttribute('aria-invalid'), 'true');
      assert.match(await description(connection), /Choose a connection/);
      await editor.screenshot(`wrong-${type}`);
      assert.deepEqual(await cutOff(form()), []);
      await editor.end('node-dialog-cancel');
    });
  }

  it('says so in the form of the connection, too', async () => {
    const { page } = editor;
    await editor.edit(idOf('tv-packets'));
    await editor.editConnection('edit');
    await editor.chooseMarket('custom');
    for (const [name, value, sentence] of [
      ['url', 'http://127.0.0.1', /begin with ws:/],
      ['httpUrl', 'ws://127.0.0.1', /begin with http:/],
      ['token', 'two words', /one line/],
      ['sessionId', 'sessionid=x; y', /cookie alone/],
      ['sessionSign', 'sessionid=x; y', /cookie alone/],
      ['maxStudies', '0', /whole number of at least 1/],
      ['maxCandles', 'many', /whole number of at least 1/],
      ['grace', '-1', /number of at least 0/],
      ['shard', '4/3', /i\/N/],
    ] as const) {
      const field = page.locator(`#node-config-input-${name}`);
      await field.fill(value);
      await page.locator(`#node-config-input-${name}[aria-invalid="true"]`).waitFor();
      assert.match(await description(field), sentence, name);
    }
    await editor.screenshot('wrong-connection');
    assert.deepEqual(await cutOff(form()), []);
    await editor.chooseMarket('practice');
    await page.locator('#node-config-input-url[aria-invalid="false"]').waitFor({ state: 'attached' });
    await editor.end('node-config-dialog-cancel');
    await editor.end('node-dialog-cancel');
  });

  for (const theme of ['light', 'dark']) {
    it(`can be read in the ${theme} theme`, async function () {
      const { page } = editor;
      await page.evaluate(`RED.settings.setLocal('view-dark-theme', '${theme}')`);
      await editor.reload();
      const isDark = await page.evaluate(`document.documentElement.classList.contains('nr-theme-dark')`);
      if (theme === 'dark' && !isDark) this.skip(); // Node-RED 4 has none
      await eachForm(async (name) => {
        await editor.screenshot(`${theme}-${name.replace(', ', '-')}`);
        assert.deepEqual([name, await faint(form())], [name, []]);
      });
      await editor.edit(idOf('tv-history'));
      await page.locator('#node-input-symbol').fill('bitcoin');
      await page.locator('.livetick-found').getByRole('option').first().waitFor();
      assert.deepEqual(await faint(page.locator('.livetick-found')), []);
      await editor.screenshot(`${theme}-search`);
      await page.locator('#node-input-symbol').fill('none such');
      await page.locator('#node-input-count').fill('0');
      assert.deepEqual(await faint(form()), []);
      await editor.end('node-dialog-cancel');
      await editor.edit(idOf('news-articles'));
      await page.locator('#node-input-sources-text').click();
      await page.locator('.livetick-found').getByRole('option').first().waitFor();
      assert.deepEqual(await faint(page.locator('.livetick-found')), []);
      await editor.screenshot(`${theme}-sources`);
      await editor.end('node-dialog-cancel');
      await editor.screenshot(`${theme}-canvas`);
    });
  }

  it('takes its colours from the theme, except for that of its nodes', () => {
    const files = ['nodes', 'nodes/editor'].flatMap((folder) =>
      readdirSync(join(ROOT, folder))
        .filter((name) => /\.(html|js|css)$/.test(name))
        .map((name) => join(ROOT, folder, name)),
    );
    assert.ok(files.some((file) => file.endsWith('livetick.css')));
    const PROPERTY = /\b(?:color|background|border|outline|fill|stroke|shadow)[\w-]*['"]?\s*:\s*([^;,}\n]+)/g;
    const LITERAL =
      /#[\da-f]{3,8}\b|\b(?:rgba?|hsla?|lab|lch|oklab|oklch|color)\(|\b(?:white|black|red|green|blue|gr[ae]y|yellow|orange)\b/i;
    const own = files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(PROPERTY)]
        .map(([, value = '']) => value.replace(/var\(--red-ui-[\w-]+\)|RED\.[\w.]+/g, ''))
        .filter((value) => LITERAL.test(value))
        .map((value) => `${file}: ${value}`),
    );
    assert.deepEqual(own, []);
  });
});
