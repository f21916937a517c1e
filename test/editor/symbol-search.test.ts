import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Editor } from './browser';
import { TAB, useEditor } from './opened';

const NAUGHTY = '<img src="nothing" onerror="document.body.remove()">';
const STREAMS = ['tv-ohlc', 'tv-indicator', 'tv-trades'];
const PRACTICE = 'c0a0000000000001';
// An id must be no value that a property has: Node-RED would take it for the node.
const idOf = (type: string) => `id-of-${type}`;

describe('the editor: symbols are found by name', function () {
  this.timeout(60_000);
  let stranger: Server;
  let editor: Editor;
  let searches: URL[];

  before(async () => {
    // The look-ups of a server that means harm, or has none of what was asked for.
    stranger = createServer((request, response) => {
      const found = { symbol: 'EVIL', prefix: 'BAD', description: NAUGHTY, type: NAUGHTY, exchange: NAUGHTY };
      response.end(JSON.stringify({ symbols: /text=evil/.test(request.url ?? '') ? [found] : [] }));
    }).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
  });

  after(() => stranger.close());

  function flow(): object[] {
    const { port } = stranger.address() as AddressInfo;
    const own = { type: 'tv-connection', server: 'custom', url: 'ws://127.0.0.1:9/' };
    const nodes = [...STREAMS, 'tv-history'].map((type, index) => {
      const outputs = { 'tv-ohlc': 3, 'tv-indicator': 3, 'tv-trades': 2 }[type] ?? 1;
      const wires = Array.from({ length: outputs }, () => []);
      return { id: idOf(type), type, z: TAB.id, connection: PRACTICE, symbols: [], x: 300, y: 80 * (index + 1), wires };
    });
    return [
      TAB,
      { id: PRACTICE, type: 'tv-connection', name: 'Practice', server: 'practice' },
      { ...own, id: 'c0a0000000000002', name: 'Strange', httpUrl: `http://127.0.0.1:${port}` },
      { ...own, id: 'c0a0000000000003', name: 'Dead', httpUrl: 'http://127.0.0.1:9' },
      ...nodes,
    ];
  }

  useEditor({ flow }, (opened) => {
    editor = opened;
    editor.page.on('request', (request) => {
      if (request.url().includes('livetick/tradingview/symbols')) searches.push(new URL(request.url()));
    });
  });

  beforeEach(() => {
    searches = [];
  });

  const field = () => editor.page.getByRole('combobox', { name: 'Symbol', exact: true }).first();
  const list = () => editor.page.getByRole('listbox', { name: 'Symbols found' });
  const option = (name: string) => editor.page.getByRole('option', { name });
  const hint = (text: string) => editor.page.getByRole('status').filter({ hasText: text });
  const asked = () => searches.map(({ searchParams }) => Object.fromEntries(searchParams));
  const connectTo = (name: string) => editor.page.locator('#node-input-connection').selectOption({ label: name });

  for (const type of STREAMS) {
    it(`by keyboard, and kept by ${type}`, async () => {
      const { page } = editor;
      await editor.edit(idOf(type));
      await field().pressSequentially('bitcoin');
      await list().waitFor();
      await option('BINANCE:BTCUSDT').waitFor();
      assert.deepEqual(asked(), [{ connection: PRACTICE, q: 'bitcoin' }], 'asked once, when the typing has paused');
      await editor.screenshot(`symbol-search-${type}`);
      assert.equal(await field().getAttribute('aria-expanded'), 'true');
      const active = (await field().getAttribute('aria-activedescendant')) ?? '';
      assert.equal(await page.locator(`[id="${active}"]`).getAttribute('aria-selected'), 'true');
      await field().press('Enter');
      assert.deepEqual(await editor.rows(), ['BINANCE:BTCUSDT']);
      await list().waitFor({ state: 'hidden' });
      assert.equal(await field().getAttribute('aria-expanded'), 'false');
      await field().press('Enter');
      await page.keyboard.type('ethereum');
      await option('BINANCE:ETHUSDT').waitFor();
      await page.keyboard.press('Enter');
      assert.deepEqual(await editor.rows(), ['BINANCE:BTCUSDT', 'BINANCE:ETHUSDT']);
      await editor.end('node-dialog-ok');
      const stored = await page.evaluate(`RED.nodes.node('${idOf(type)}').symbols`);
      assert.deepEqual(stored, ['BINANCE:BTCUSDT', 'BINANCE:ETHUSDT']);
    });
  }

  it('with the mouse, and kept by tv-history', async () => {
    await editor.edit(idOf('tv-history'));
    await editor.page.locator('#node-input-symbol').pressSequentially('apple');
    await option('NASDAQ:AAPL').click();
    assert.equal(await editor.page.locator('#node-input-symbol').inputValue(), 'NASDAQ:AAPL');
    await editor.end('node-dialog-ok');
    assert.equal(await editor.page.evaluate(`RED.nodes.node('${idOf('tv-history')}').symbol`), 'NASDAQ:AAPL');
  });

  it('with the arrow keys; Escape closes the list, not the form, and what was typed stays', async () => {
    await editor.edit(idOf('tv-history'));
    const symbol = editor.page.locator('#node-input-symbol');
    await symbol.fill('binance');
    await list().waitFor();
    const names = await list().getByRole('option').locator('.livetick-found-title').allTextContents();
    assert.ok(names.length > 2);
    const selected = () => list().locator('[aria-selected="true"] .livetick-found-title').textContent();
    assert.equal(await selected(), names[0]);
    await symbol.press('ArrowDown');
    assert.equal(await selected(), names[1]);
    await symbol.press('ArrowUp');
    await symbol.press('ArrowUp');
    assert.equal(await selected(), names.at(-1));
    await symbol.press('Escape');
    await list().waitFor({ state: 'hidden' });
    assert.equal(await symbol.inputValue(), 'binance');
    await symbol.press('ArrowDown');
    await list().waitFor();
    await symbol.press('Enter');
    assert.equal(await symbol.inputValue(), names[0]);
    await editor.end('node-dialog-cancel');
  });

  it('without taking the place of a symbol that is complete', async () => {
    await editor.edit(idOf('tv-ohlc'));
    await field().fill('binance:btc');
    await list().waitFor();
    assert.equal(await list().locator('[aria-selected="true"]').count(), 0);
    await field().press('Enter');
    assert.equal((await editor.rows())[0], 'BINANCE:BTC');
    await editor.end('node-dialog-cancel');
  });

  it('by the newest of several questions', async () => {
    const { page } = editor;
    let release = () => {};
    const shown = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route(/symbols\?.*q=bitcoin/, async (route) => {
      await shown;
      await route.continue();
    });
    await editor.edit(idOf('tv-history'));
    const symbol = page.locator('#node-input-symbol');
    const slow = page.waitForEvent('requestfailed', (request) => request.url().includes('q=bitcoin'));
    await symbol.fill('bitcoin');
    await symbol.press('ArrowDown');
    await symbol.fill('ethereum');
    await option('BINANCE:ETHUSDT').waitFor();
    release();
    await slow;
    assert.equal(await option('BINANCE:BTCUSDT').count(), 0);
    await page.unrouteAll();
    await editor.end('node-dialog-cancel');
    await list().waitFor({ state: 'detached' });
  });

  it('but variables, expressions and lists are not looked up', async () => {
    await editor.edit(idOf('tv-history'));
    const symbol = editor.page.locator('#node-input-symbol');
    for (const text of ['', `$\{SYMBOL}`, '$', 'BINANCE:BTCUSDT/BINANCE:ETHUSDT', 'A:B, C:D', 'x'.repeat(300)]) {
      await symbol.fill(text);
      await symbol.press('ArrowDown');
    }
    assert.deepEqual(asked(), []);
    await editor.end('node-dialog-cancel');
  });

  it('before the connection is deployed, and as it has been changed since', async () => {
    const { page } = editor;
    await editor.edit(idOf('tv-history'));
    await page.locator('#node-input-connection').selectOption('_ADD_');
    await editor.editConnection('add');
    await page.locator('#node-config-input-name').fill('New');
    await editor.chooseMarket('practice');
    await editor.end('node-config-dialog-ok');
    await page.locator('#node-input-symbol').fill('bitcoin');
    await option('BINANCE:BTCUSDT').waitFor();
    assert.deepEqual(asked(), [{ server: 'practice', q: 'bitcoin' }]);

    await editor.editConnection('edit');
    await editor.chooseMarket('custom');
    await page.locator('#node-config-input-url').fill('ws://127.0.0.1:9/');
    await editor.end('node-config-dialog-ok');
    await page.locator('#node-input-symbol').fill('bitcoins');
    await hint('once its connection is deployed').waitFor();
    await page.locator('#node-input-connection').selectOption('_ADD_');
    await page.locator('#node-input-symbol').fill('bitcoin');
    await hint('Choose a connection').waitFor();
    assert.equal(asked().length, 1);
    await editor.end('node-dialog-cancel');
  });

  it('and what a server sends stays text', async () => {
    await editor.edit(idOf('tv-history'));
    await connectTo('Strange');
    const symbol = editor.page.locator('#node-input-symbol');
    await symbol.fill('evil');
    await option('BAD:EVIL').filter({ hasText: NAUGHTY }).waitFor();
    assert.equal(await list().locator('img').count(), 0);
    await symbol.fill('nothing');
    await hint('No symbol found').waitFor();
    await editor.end('node-dialog-cancel');
  });

  it('and can be typed when nobody can be asked', async () => {
    const { page } = editor;
    await editor.edit(idOf('tv-ohlc'));
    await connectTo('Dead');
    await field().fill('KRX:005930');
    await hint('Symbols cannot be searched now').waitFor();
    await editor.screenshot('symbol-search-unreachable');
    const logged = editor.problems.splice(0);
    assert.deepEqual(logged.length, 1);
    assert.match(logged[0] ?? '', /502/);
    await field().press('Tab');
    await editor.end('node-dialog-ok');
    assert.deepEqual(await page.evaluate(`RED.nodes.node('${idOf('tv-ohlc')}').symbols`), [
      'KRX:005930',
      'BINANCE:ETHUSDT',
    ]);
  });
});
