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
    await field('sources-text').press('Escape');
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

  it('news-articles offers the sources that are known, by keyboard and mouse, and takes any other', async () => {
    const { page } = editor;
    const sources = field('sources-text');
    const list = page.getByRole('listbox', { name: 'Sources found' });
    const options = list.getByRole('option');
    await editor.edit(articles);
    await sources.pressSequentially('tele');
    await options.filter({ hasText: 'CoinTelegraph' }).waitFor();
    assert.equal(await options.count(), 1);
    await sources.press('Enter');
    assert.equal(await sources.inputValue(), 'cointelegraph');
    await page.getByRole('status').filter({ hasText: 'cointelegraph chosen' }).waitFor({ state: 'attached' });
    await sources.pressSequentially(', the block');
    await options.filter({ hasText: 'theblockresearch' }).waitFor();
    assert.equal(await options.count(), 2);
    await editor.screenshot('news-articles-sources');
    await sources.press('ArrowDown');
    await sources.press('ArrowUp');
    await sources.press('Enter');
    assert.equal(await sources.inputValue(), 'cointelegraph, theblock');
    // The next one, from all but those that are chosen.
    await sources.press('ArrowDown');
    await options.filter({ hasText: 'CoinDesk' }).waitFor();
    assert.equal(await options.filter({ hasText: 'CoinTelegraph' }).count(), 0);
    await sources.press('Enter');
    assert.equal(await sources.inputValue(), 'cointelegraph, theblock', 'nothing is chosen unasked');
    await options.filter({ hasText: 'CoinDesk' }).click();
    assert.equal(await sources.inputValue(), 'cointelegraph, theblock, coindesk');
    await sources.pressSequentially(', my-own');
    await page.getByRole('status').filter({ hasText: 'taken as the key of a source' }).waitFor();
    assert.equal(await wrong(), 0);
    await sources.press('Escape');
    await sources.click();
    await options.filter({ hasText: 'Decrypt' }).click();
    assert.equal(await sources.inputValue(), 'cointelegraph, theblock, coindesk, my-own, decrypt');
    await sources.fill(variable('SOURCES'));
    await sources.press('Tab');
    await list.waitFor({ state: 'hidden' });
    await sources.fill('cointelegraph, theblock, coindesk, my-own');
    await sources.press('Tab');
    await field('categories-text').fill('general, bitcoin');
    await field('keywords-text').fill('"eth", fund');
    await field('breakingOnly').check();
    await editor.end('node-dialog-ok');
    await editor.deploy();
  });

  it('news-articles is stored exactly as it was entered, shown again, and looking changes nothing', async () => {
    const { page } = editor;
    const stored = await (await page.request.get(`${editor.url}flows`)).json();
    const { id: connection } = stored.find(({ type }: { type: string }) => type === 'news-connection');
    const { x, y, wires, ...node } = stored.find(({ id }: { id: string }) => id === articles);
    assert.deepEqual(node, {
      id: articles,
      type: 'news-articles',
      z: TAB.id,
      name: '',
      connection,
      sources: ['cointelegraph', 'theblock', 'coindesk', 'my-own'],
      categories: ['general', 'bitcoin'],
      keywords: ['"eth"', 'fund'],
      breakingOnly: true,
      remember: true,
    });
    await editor.goto(editor.url);
    await editor.edit(articles);
    assert.equal(await field('sources-text').inputValue(), 'cointelegraph, theblock, coindesk, my-own');
    assert.equal(await field('categories-text').inputValue(), 'general, bitcoin');
    assert.equal(await field('keywords-text').inputValue(), '"eth", fund');
    assert.deepEqual([await field('breakingOnly').isChecked(), await field('remember').isChecked()], [true, true]);
    assert.equal(await page.locator('#node-input-connection').inputValue(), connection);
    assert.equal(await wrong(), 0);
    await editor.end('node-dialog-ok');
    assert.notEqual(await property(articles, 'changed'), true);
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
    await field('throttle').fill('often');
    await page.getByRole('alert').filter({ hasText: 'number' }).waitFor();
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
    await editor.goto(editor.url);
    await editor.edit(prices);
    assert.equal(await field('symbols-text').inputValue(), 'bitcoin, solana');
    assert.equal(await field('throttle').inputValue(), '1000');
    assert.equal(await wrong(), 0);
    await editor.end('node-dialog-ok');
    assert.notEqual(await property(prices, 'changed'), true);
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
