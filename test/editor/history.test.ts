import assert from 'node:assert/strict';
import type { Editor } from './browser';
import { TAB, useEditor, variable } from './opened';

describe('the editor: history', function () {
  this.timeout(60_000);
  let editor: Editor;
  let history: string;

  useEditor({ flow: [TAB] }, (opened) => {
    editor = opened;
  });

  const stored = (property: string) => editor.page.evaluate(`RED.nodes.node('${history}').${property}`);

  it('is had from the palette with a few clicks, and answers an inject', async () => {
    const { page } = editor;
    const inject = await editor.drag('inject', 150, 150);
    history = await editor.drag('tv-history', 400, 150);
    const debug = await editor.drag('debug', 700, 150);
    await editor.wire(inject, 0, history);
    await editor.wire(history, 0, debug);
    await editor.edit(history);
    await editor.editConnection('add');
    await editor.chooseMarket('practice');
    await editor.end('node-config-dialog-ok');
    await page.locator('#node-input-symbol').fill(' binance:btcusdt ');
    await page.locator('#node-input-symbol').press('Tab');
    await page.locator('#node-input-timeframe').selectOption('1h');
    assert.equal(await page.locator('#node-input-symbol').inputValue(), 'BINANCE:BTCUSDT');
    assert.equal(await page.locator('#node-input-count').inputValue(), '300');
    await page.locator('#node-input-count').fill('24');
    await editor.screenshot('history');
    assert.doesNotMatch((await page.locator('#dialog-form').textContent()) ?? '', /tv-(history|connection)\./);
    await editor.end('node-dialog-ok');
    await editor.node(history).locator('.red-ui-flow-node-label', { hasText: 'BTCUSDT · 1h' }).waitFor();

    await page.evaluate(`RED.sidebar.show('debug')`);
    await editor.deploy();
    await editor.status(history).filter({ hasText: 'idle' }).waitFor();
    await editor.node(inject).locator('.red-ui-flow-node-button-button').click();
    await page.locator('.red-ui-debug-msg', { hasText: 'array[24]' }).waitFor();
    await editor.screenshot('history-answer');
  });

  it('is stored exactly as it was entered, and shown again', async () => {
    const { page } = editor;
    const flows = await (await page.request.get(`${editor.url}flows`)).json();
    const { id: connection } = flows.find(({ type }: { type: string }) => type === 'tv-connection');
    const { x, y, z, wires, ...node } = flows.find(({ id }: { id: string }) => id === history);
    assert.deepEqual(node, {
      id: history,
      type: 'tv-history',
      name: '',
      connection,
      symbol: 'BINANCE:BTCUSDT',
      timeframe: '1h',
      count: 24,
      from: '',
      to: '',
    });
    assert.equal(wires.length, 1);

    await editor.reload();
    await editor.edit(history);
    assert.equal(await page.locator('#node-input-symbol').inputValue(), 'BINANCE:BTCUSDT');
    assert.equal(await page.locator('#node-input-timeframe').inputValue(), '1h');
    assert.equal(await page.locator('#node-input-count').inputValue(), '24');
    assert.equal(await page.locator('#dialog-form .input-error').count(), 0);
    await editor.end('node-dialog-cancel');
  });

  it('marks what is none, and takes variables', async () => {
    const { page } = editor;
    await editor.edit(history);
    for (const [field, values] of Object.entries({
      symbol: [
        ['BTCUSDT', false],
        ['BINANCE:BTCUSDT, BINANCE:ETHUSDT', false],
        ['<b>', false],
        ['', true],
        ['BINANCE:BTCUSDT/BINANCE:ETHUSDT', true],
        [variable('SYMBOL'), true],
      ],
      count: [
        ['0', false],
        ['1.5', false],
        ['many', false],
        ['', true],
        [variable('COUNT'), true],
      ],
      from: [
        ['yesterday', false],
        ['2026-13-01', false],
        ['2026-02-30', false],
        ['31.1.2026', false],
        ['2026-01-31', true],
        ['2026-01-31 14:30', true],
        ['2026-01-31T14:30:00+09:00', true],
        ['1781042400000', true],
        ['', true],
        [variable('FROM'), true],
      ],
      to: [
        ['now', false],
        [variable('TO'), true],
      ],
    } as const)) {
      const input = page.locator(`#node-input-${field}`);
      for (const [value, valid] of values) {
        await input.fill(value);
        await input.press('Tab');
        await page.locator(`#node-input-${field}${valid ? ':not(.input-error)' : '.input-error'}`).waitFor();
      }
    }
    await editor.end('node-dialog-ok');
    assert.deepEqual(
      [await stored('symbol'), await stored('count'), await stored('from'), await stored('to')],
      [variable('SYMBOL'), variable('COUNT'), variable('FROM'), variable('TO')],
    );
    assert.equal(await stored('valid'), true);
  });
});
