import assert from 'node:assert/strict';
import type { Editor } from './browser';
import { TAB, useEditor } from './opened';

const SYMBOLS = ['BINANCE:BTCUSDT', 'BINANCE:ETHUSDT', 'BINANCE:SOLUSDT'];

describe('the editor: a newcomer', function () {
  this.timeout(60_000);
  let editor: Editor;
  const use = (opened: Editor) => {
    editor = opened;
  };
  const message = (text: string) => editor.page.locator('.red-ui-debug-msg', { hasText: text }).first();

  /** By the editor's own keys. */
  async function showMessages(): Promise<void> {
    await editor.page.keyboard.press('Control+g');
    await editor.page.keyboard.press('d');
  }

  describe('at the first start', () => {
    useEditor({}, use);

    it('sees closed candles with nothing typed and nothing clicked but the debug sidebar', async () => {
      await showMessages();
      for (const symbol of SYMBOLS) await message(`${symbol} closed at`).waitFor({ timeout: 20_000 });
      const [id = ''] = await editor.ids('tv-ohlc');
      await editor.status(id).filter({ hasText: '3/3' }).waitFor();
      assert.equal((await editor.effort()).presses, 0);
      await editor.screenshot('first-start');
    });

    it('gets an answer from the button of the action list', async () => {
      const [list = ''] = await editor.ids('inject');
      await editor.node(list).locator('.red-ui-flow-node-button-button').click();
      await message('array[3]').waitFor();
    });
  });

  describe('from an empty flow', () => {
    useEditor({ flow: [TAB] }, use);

    it('comes to an alert of the RSI with fewer than ten clicks', async () => {
      const { page } = editor;
      const { keyboard } = page;
      const rsi = await editor.drag('tv-indicator', 200, 150);
      const debug = await editor.drag('debug', 800, 150);
      await editor.edit(rsi);
      await page.getByRole('button', { name: 'Use the practice market' }).click();
      await keyboard.type('bitcoin');
      await page.getByRole('option', { name: 'BINANCE:BTCUSDT' }).waitFor();
      await keyboard.press('Enter');
      await editor.tabTo(page.locator('#node-input-timeframe'));
      await keyboard.type('5 s');
      await editor.screenshot('newcomer-indicator');
      await editor.end('node-dialog-ok');
      await editor.wire(rsi, 0, debug);
      await editor.dragIntoWire('switch');
      await editor.editSelected();
      await editor.tabTo(page.locator('#node-input-property + .red-ui-typedInput-container .red-ui-typedInput-input'));
      await keyboard.type('payload.values.RSI');
      await editor.tabTo(page.locator('#node-input-rule-container select').first());
      await keyboard.type('<');
      await editor.tabTo(
        page.locator('#node-input-rule-container .red-ui-typedInput-container .red-ui-typedInput-input').first(),
      );
      await keyboard.type('100'); // a person would say 30, and wait for it
      await editor.screenshot('newcomer-switch');
      await keyboard.press('Control+Enter');
      await page.locator('#node-dialog-ok').waitFor({ state: 'detached' });
      await showMessages();
      await editor.deploy();
      const { presses, keys } = await editor.effort();
      await editor.status(rsi).filter({ hasText: 'live' }).waitFor();
      await message('BINANCE:BTCUSDT').locator('.red-ui-debug-msg-object-handle').first().click();
      await message('BINANCE:BTCUSDT').filter({ hasText: 'values' }).waitFor();
      await editor.screenshot('newcomer-alert');
      console.log(`        clicks and drags: ${presses}, keys: ${keys}`);
      assert.ok(presses < 10, `${presses} times the mouse was pressed`);
    });
  });
});
