import assert from 'node:assert/strict';
import type { Editor } from './browser';
import { TAB, useEditor, variable } from './opened';

describe('the editor: the nodes for news', function () {
  this.timeout(60_000);
  let editor: Editor;
  let articles = '';
  let prices = '';

  useEditor({ flow: [TAB] }, (opened) => {
    editor = opened;
  });

  const field = (name: string) => editor.page.locator(`#node-input-${name}`);
  const property = (id: string, name: string) => editor.page.evaluate(`RED.nodes.node('${id}').${name}`);
  const wrong = () => editor.page.locator('.livetick-form :is(.input-error, [aria-invalid="true"])').count();

  it('news-articles offers the practice news, is filled in, deployed, and sends an article', async () => {
    const { page } = editor;
    articles = await editor.drag('news-articles', 350, 60);
    await editor.edit(articles);
    await page.getByRole('button', { name: 'Use the practice news' }).click();
    await field('sources-text').fill('coindesk, The Block');
    await page.getByRole('alert').filter({ hasText: 'without blanks' }).waitFor();
    await editor.screenshot('news-articles-invalid');
    await field('sources-text').fill('');
    await field('keywords-text').fill('bitcoin, ethereum solana, "XRP", litecoin');
    await field('remember').check();
    assert.equal(await wrong(), 0);
    await editor.screenshot('news-articles');
    await editor.end('node-dialog-ok');
    assert.deepEqual(await property(articles, 'keywords'), ['bitcoin', 'ethereum solana', '"XRP"', 'litecoin']);
    assert.deepEqual(await property(articles, 'sources'), []);
    await editor
      .node(articles)
      .locator('.red-ui-flow-node-label', { hasText: 'bitcoin, ethereum solana +2' })
      .waitFor();
    await editor.edit(articles);
    await field('keywords-text').fill('');
    await editor.end('node-dialog-ok');
    await editor.node(articles).locator('.red-ui-flow-node-label', { hasText: 'all articles' }).waitFor();
    await editor.wire(articles, 0, await editor.drag('debug', 700, 60));
    await page.evaluate(`RED.sidebar.show('debug')`);
    await editor.deploy();
    await editor.status(articles).filter({ hasText: 'live' }).waitFor();
    await page
      .locator('.red-ui-debug-msg')
      .filter({ hasText: /Practice: / })
      .first()
      .waitFor();
  });

  it('news-prices takes the only connection of its kind, marks what is no coin, and sends prices', async () => {
    const { page } = editor;
    prices = await editor.drag('news-prices', 350, 160);
    await editor.edit(prices);
    await page
      .locator('#node-input-connection option:checked', { hasText: 'Practice news' })
      .waitFor({ state: 'attached' });
    await field('symbols-text').fill('BINANCE:BTCUSDT');
    await page.getByRole('alert').filter({ hasText: 'ids of coins' }).waitFor();
    await field('symbols-text').fill(`bitcoin, solana,${variable('COINS')}`);
    assert.equal(await wrong(), 0);
    await field('throttle').fill('1000');
    await editor.screenshot('news-prices');
    await editor.end('node-dialog-ok');
    assert.deepEqual(await property(prices, 'symbols'), ['bitcoin', 'solana', variable('COINS')]);
    assert.equal(await property(prices, 'throttle'), 1000);
    await editor.edit(prices);
    await field('symbols-text').fill('bitcoin, solana');
    await editor.end('node-dialog-ok');
    await editor.node(prices).locator('.red-ui-flow-node-label', { hasText: 'bitcoin, solana' }).waitFor();
    await editor.wire(prices, 0, await editor.drag('debug', 700, 160));
    await editor.deploy();
    await editor.status(prices).filter({ hasText: '2/2' }).waitFor();
    await page
      .locator('.red-ui-debug-msg')
      .filter({ hasText: /change24h/ })
      .first()
      .waitFor();
    await editor.screenshot('news-flow');
  });

  it('news-connection shows what matters to its server, and keeps numbers as numbers', async () => {
    const { page } = editor;
    await editor.edit(prices);
    await editor.editConnection('edit');
    const config = (name: string) => page.locator(`#node-config-input-${name}`);
    assert.equal(await config('url').isVisible(), false);
    await config('server').selectOption('custom');
    await config('url').fill('wss://example.com');
    await page.getByRole('alert').filter({ hasText: 'http://' }).waitFor();
    await editor.screenshot('news-connection');
    await config('server').selectOption('live');
    assert.equal(await config('url').isVisible(), false);
    await config('server').selectOption('practice');
    await config('idleTimeout').fill('120');
    assert.equal(await config('proxy').isVisible(), false);
    await editor.end('node-config-dialog-ok');
    await editor.end('node-dialog-ok');
    const id = String(await property(prices, 'connection'));
    assert.deepEqual([await property(id, 'server'), await property(id, 'idleTimeout')], ['practice', 120]);
    await editor.deploy();
    await editor.status(prices).filter({ hasText: '2/2' }).waitFor();
  });
});
