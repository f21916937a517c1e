import assert from 'node:assert/strict';
import type { Editor } from './browser';
import { TAB, useEditor, variable } from './opened';

const SYMBOLS = ['BINANCE:BTCUSDT', 'BINANCE:ETHUSDT'];

describe('the editor: quotes', function () {
  this.timeout(60_000);
  let editor: Editor;
  let trades: string;

  useEditor({ flow: [TAB] }, (opened) => {
    editor = opened;
  });

  it('are had from the palette with a few clicks', async () => {
    const { page } = editor;
    trades = await editor.drag('tv-trades', 300, 150);
    const debug = await editor.drag('debug', 700, 150);
    await editor.wire(trades, 0, debug);
    await editor.edit(trades);
    await editor.editConnection('add');
    await editor.chooseMarket('practice');
    await editor.end('node-config-dialog-ok');
    await page.locator('#node-input-symbols-list input').click();
    await editor.paste('binance:btcusdt, BINANCE:ETHUSDT');
    assert.deepEqual(await editor.rows(), SYMBOLS);
    assert.equal(await page.locator('#node-input-throttle').inputValue(), '0');
    await page.locator('#node-input-throttle').fill('500');
    await editor.screenshot('quotes');
    assert.doesNotMatch((await page.locator('#dialog-form').textContent()) ?? '', /tv-(trades|connection)\./);
    await editor.end('node-dialog-ok');
    await editor.node(trades).locator('.red-ui-flow-node-label', { hasText: 'BTCUSDT, ETHUSDT' }).waitFor();

    await page.evaluate(`RED.sidebar.show('debug')`);
    await editor.deploy();
    await editor.status(trades).filter({ hasText: '2/2' }).waitFor();
    const quote = page.locator('.red-ui-debug-msg', { hasText: SYMBOLS[0] ?? '' }).first();
    await quote.locator('.red-ui-debug-msg-object-handle').first().click();
    await quote.locator('.red-ui-debug-msg-object-entry', { hasText: 'marketSession: "market"' }).waitFor();
    await editor.screenshot('quotes-live');
  });

  it('are stored exactly as they were entered, and shown again', async () => {
    const { page } = editor;
    const flows = await (await page.request.get(`${editor.url}flows`)).json();
    const { id: connection } = flows.find(({ type }: { type: string }) => type === 'tv-connection');
    const { x, y, z, wires, ...stored } = flows.find(({ id }: { id: string }) => id === trades);
    assert.deepEqual(stored, { id: trades, type: 'tv-trades', name: '', connection, symbols: SYMBOLS, throttle: 500 });
    assert.equal(wires.length, 2);

    await editor.reload();
    await editor.edit(trades);
    assert.deepEqual(await editor.rows(), SYMBOLS);
    assert.equal(await page.locator('#node-input-connection').inputValue(), connection);
    assert.equal(await page.locator('#node-input-throttle').inputValue(), '500');
    assert.equal(await page.locator('#dialog-form .input-error').count(), 0);
    await editor.end('node-dialog-cancel');
  });

  it('mark a throttle that is none, and take a variable', async () => {
    const { page } = editor;
    await editor.edit(trades);
    const throttle = page.locator('#node-input-throttle');
    for (const [value, valid] of [
      ['-1', false],
      ['often', false],
      ['0.5', true],
      ['', true],
      [variable('THROTTLE'), true],
    ] as const) {
      await throttle.fill(value);
      await throttle.press('Tab');
      await page.locator(`#node-input-throttle${valid ? ':not(.input-error)' : '.input-error'}`).waitFor();
    }
    await editor.end('node-dialog-ok');
    assert.equal(await page.evaluate(`RED.nodes.node('${trades}').throttle`), variable('THROTTLE'));
    assert.equal(await page.evaluate(`RED.nodes.node('${trades}').valid`), true);
  });
});
