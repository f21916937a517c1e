import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { normaliseSymbol } from '../../src/market/symbol';
import { TIMEFRAMES } from '../../src/market/timeframe';
import type { Editor } from './browser';
import { TAB, useEditor, variable } from './opened';

const SYMBOLS = ['BINANCE:BTCUSDT', 'BINANCE:ETHUSDT', 'BINANCE:SOLUSDT'];

/** As a person does it: Node-RED looks at a field when it is left. */
async function enter(field: Locator, value: string): Promise<void> {
  await field.fill(value);
  await field.press('Tab');
}

describe('the editor: candles', function () {
  this.timeout(60_000);
  let editor: Editor;
  const use = (opened: Editor) => {
    editor = opened;
  };

  describe('from an empty flow', () => {
    let ohlc: string;

    useEditor({ flow: [TAB] }, use);

    it('takes a node from the palette to live candles', async () => {
      const { page } = editor;
      ohlc = await editor.drag('tv-ohlc', 300, 150);
      const debug = await editor.drag('debug', 700, 150);
      await editor.wire(ohlc, 0, debug);

      await editor.edit(ohlc);
      await editor.editConnection('add');
      await editor.chooseMarket('practice');
      await page.locator('#node-config-input-url').waitFor({ state: 'hidden' });
      await editor.screenshot('connection');
      await editor.end('node-config-dialog-ok');
      await page
        .locator('#node-input-connection option:checked', { hasText: 'Practice market' })
        .waitFor({ state: 'attached' });

      await page.locator('#node-input-symbols-list input').click();
      await editor.paste('binance:btcusdt, BINANCE:ETHUSDT\nBINANCE:SOLUSDT\n');
      assert.deepEqual(await editor.rows(), SYMBOLS);
      await page.locator('#node-input-timeframe').selectOption('5s');
      await page.locator('#node-input-history').fill('3');
      await editor.screenshot('candles');
      await editor.end('node-dialog-ok');
      await editor
        .node(ohlc)
        .locator('.red-ui-flow-node-label', { hasText: 'BTCUSDT, ETHUSDT, SOLUSDT · 5s' })
        .waitFor();

      await page.evaluate(`RED.sidebar.show('debug')`);
      await editor.deploy();
      await editor.status(ohlc).filter({ hasText: '3/3' }).waitFor();
      const candle = page.locator('.red-ui-debug-msg', { hasText: SYMBOLS[0] ?? '' }).first();
      await candle.locator('.red-ui-debug-msg-object-handle').first().click();
      await candle.locator('.red-ui-debug-msg-object-entry', { hasText: 'closed: true' }).waitFor();
      await editor.screenshot('live');
    });

    it('stores exactly what was entered, and shows it again', async () => {
      const { page } = editor;
      const flows = await (await page.request.get(`${editor.url}flows`)).json();
      const { id: connection } = flows.find(({ type }: { type: string }) => type === 'tv-connection');
      const { x, y, z, wires, ...stored } = flows.find(({ id }: { id: string }) => id === ohlc);
      assert.deepEqual(stored, {
        id: ohlc,
        type: 'tv-ohlc',
        name: '',
        connection,
        symbols: SYMBOLS,
        timeframe: '5s',
        history: 3,
        session: 'regular',
        adjustment: 'splits',
        remember: false,
      });

      await editor.reload();
      await editor.edit(ohlc);
      assert.deepEqual(await editor.rows(), SYMBOLS);
      assert.equal(await page.locator('#node-input-connection').inputValue(), connection);
      assert.equal(await page.locator('#node-input-timeframe').inputValue(), '5s');
      assert.equal(await page.locator('#node-input-history').inputValue(), '3');
      assert.doesNotMatch((await page.locator('#dialog-form').textContent()) ?? '', /tv-(ohlc|connection)\./);
      assert.equal(await page.locator('#dialog-form .input-error').count(), 0);
      await editor.end('node-dialog-cancel');
    });

    it('gives a new node the only connection there is, at once', async () => {
      const { page } = editor;
      const connection = await page.evaluate(`RED.nodes.node('${ohlc}').connection`);
      const id = await editor.drag('tv-ohlc', 300, 300);
      assert.equal(await page.evaluate(`RED.nodes.node('${id}').connection`), connection);
      assert.equal(await page.evaluate(`RED.nodes.node('${id}').valid`), true);
      const users = `RED.nodes.node('${connection}').users.map(({ id }) => id)`;
      assert.deepEqual(await page.evaluate(users), [ohlc, id]);
      await page.keyboard.press('Control+Z');
      assert.deepEqual(await page.evaluate(users), [ohlc]);
    });

    it('takes the connection of a node that is imported as it is', async () => {
      const { page } = editor;
      const node = { id: 'imported', type: 'tv-ohlc', z: TAB.id, connection: '', symbols: [], x: 300, y: 400 };
      const flow = [{ ...node, wires: [[], [], []] }];
      await page.evaluate(`RED.view.importNodes(${JSON.stringify(flow)}, { generateIds: false })`);
      assert.equal(await page.evaluate(`RED.nodes.node('imported').connection`), '');
      await page.keyboard.press('Escape'); // it still hangs on the mouse
    });

    it('lets symbols be entered and sorted by keyboard', async () => {
      const { page } = editor;
      await editor.edit(ohlc);
      await page.locator('#node-input-symbols-list input').last().press('Enter');
      await page.keyboard.type('nasdaq:aapl');
      await page.keyboard.press('Alt+ArrowUp');
      await page.keyboard.press('Tab');
      const [first, second, third] = SYMBOLS;
      assert.deepEqual(await editor.rows(), [first, second, 'NASDAQ:AAPL', third]);
      await editor.end('node-dialog-cancel');
      assert.deepEqual(await page.evaluate(`RED.nodes.node('${ohlc}').symbols`), SYMBOLS);
    });

    it('forgets a symbol at once when it is removed', async () => {
      const { page } = editor;
      await editor.edit(ohlc);
      await page.getByLabel('Remove this symbol').first().click();
      await editor.end('node-dialog-ok');
      assert.deepEqual(await page.evaluate(`RED.nodes.node('${ohlc}').symbols`), SYMBOLS.slice(1));
    });

    it('accepts the timeframes and symbols that the runtime accepts', async () => {
      const { page } = editor;
      await editor.edit(ohlc);
      const offered = await page.evaluate(
        `$('#node-input-timeframe optgroup option').toArray().map(({ value }) => value)`,
      );
      assert.deepEqual(offered, TIMEFRAMES);
      await editor.end('node-dialog-cancel');
      const texts = [
        'BINANCE:BTCUSDT',
        'bybit:btcusdt.p',
        'CME_MINI:ES1!',
        'NSE:M&M',
        'KRX:005930',
        'A:B/C:D',
        '1/A:B',
        '2*A:B-C:D',
        'NSE:BAJAJ-AUTO/NSE:TCS',
      ];
      texts.push('BTCUSDT', ':', 'A:', ':B', 'A B:C', 'A:B C', 'A:B/C', 'A:B//C:D', 'A:<b>', `A:${'B'.repeat(300)}`);
      for (const text of texts) {
        const answer = await page.evaluate(`RED.livetick.symbols()([${JSON.stringify(text)}])`);
        assert.equal(answer === true, normaliseSymbol(text) !== undefined, text);
      }
    });

    it('says where seconds need a paid plan, and not on the practice market', async () => {
      const { page } = editor;
      const timeframe = page.locator('#node-input-timeframe');
      const paid = timeframe.locator('optgroup[label="Seconds (paid plans)"]');
      const hint = page.getByRole('status').filter({ hasText: 'seconds to paid plans only' });
      await editor.edit(ohlc);
      await timeframe.selectOption('5s');
      assert.equal(await paid.count(), 0);
      await hint.waitFor({ state: 'hidden' });
      await page.locator('#node-input-connection').selectOption('_ADD_');
      await editor.editConnection('add');
      await editor.end('node-config-dialog-ok');
      await paid.waitFor({ state: 'attached' });
      await hint.waitFor();
      await editor.screenshot('timeframe');
      await timeframe.selectOption('1m');
      await hint.waitFor({ state: 'hidden' });
      await timeframe.selectOption('5s');
      await editor.editConnection('edit');
      await page.locator('#node-config-input-plan').selectOption('premium');
      await editor.end('node-config-dialog-ok');
      await hint.waitFor({ state: 'hidden' });
      await editor.end('node-dialog-cancel');
    });

    it('marks what is wrong in the form of the candles, with a sentence', async () => {
      const { page } = editor;
      await editor.edit(ohlc);
      const wrong = (selector: string) => page.locator(`${selector}.input-error`).waitFor();
      const right = (selector: string) => page.locator(`${selector}:not(.input-error)`).waitFor();

      const symbol = page.locator('#node-input-symbols-list input').first();
      const sentence = page.getByRole('alert').filter({ hasText: 'EXCHANGE:SYMBOL' });
      await enter(symbol, 'BTCUSDT');
      await wrong('#node-input-symbols-list input[aria-invalid="true"]');
      await sentence.waitFor();
      await enter(page.locator('#node-input-history'), '-1');
      await wrong('#node-input-history');
      await page.locator('#node-input-timeframe').selectOption({ label: 'Environment variable…' });
      await wrong('#node-input-timeframe');
      await editor.screenshot('candles-invalid');

      await symbol.fill('BINANCE:BTCUSDT/BINANCE:ETHUSDT');
      await sentence.waitFor({ state: 'hidden' });
      await enter(symbol, variable('SYMBOLS'));
      await enter(page.locator('#node-input-history'), variable('HISTORY'));
      await right('#node-input-history');
      await enter(page.locator('#node-input-timeframe + input'), variable('TIMEFRAME'));
      await right('#node-input-timeframe');
      await editor.end('node-dialog-ok');
      const saved = (property: string) => page.evaluate(`RED.nodes.node('${ohlc}').${property}`);
      assert.deepEqual(await saved('symbols'), [variable('SYMBOLS'), ...SYMBOLS.slice(2)]);
      assert.equal(await saved('timeframe'), variable('TIMEFRAME'));
      assert.equal(await saved('history'), variable('HISTORY'));
      assert.equal(await saved('valid'), true);
    });

    it('marks what is wrong in the form of the connection', async () => {
      const { page } = editor;
      await editor.edit(ohlc);
      await editor.editConnection('edit');
      await editor.chooseMarket('custom');
      const cases: [string, string, string[]][] = [
        ['url', 'ws://127.0.0.1:8123/#a', ['ws://127.0.0.1:8123']],
        ['url', 'http://127.0.0.1:8123', ['ws://127.0.0.1:8123/socket.io/websocket', variable('URL')]],
        ['httpUrl', 'ws://127.0.0.1:8123', ['http://127.0.0.1:8123', '']],
        ['maxStudies', '1.5', ['3', '']],
        ['maxCandles', 'many', ['500', '']],
        ['grace', '-1', ['0.5', variable('GRACE')]],
        ['shard', '4/3', ['3/3', '']],
        ['token', 'two words', ['one', '']],
      ];
      for (const [property, wrong, right] of cases) {
        const field = page.locator(`#node-config-input-${property}`);
        const error = page.locator(`#node-config-input-${property}.input-error`);
        await enter(field, wrong);
        await error.waitFor();
        if (property === 'shard') await editor.screenshot('connection-invalid');
        for (const value of right) {
          await enter(field, value);
          await error.waitFor({ state: 'detached' });
        }
      }
      await editor.end('node-config-dialog-cancel');
      await editor.end('node-dialog-cancel');
    });
  });

  describe('with a proxy in the flow', () => {
    const proxy = {
      id: 'f10a000000000001',
      type: 'http proxy',
      name: 'Office',
      url: 'http://127.0.0.1:3128',
      noproxy: [],
    };
    const ohlc = { id: 'f10a000000000002', type: 'tv-ohlc', z: TAB.id, connection: '', symbols: [], x: 300, y: 100 };
    const ENTERED = {
      name: 'Everything',
      server: 'custom',
      url: 'ws://127.0.0.1:8123/socket.io/websocket',
      httpUrl: 'http://127.0.0.1:8123',
      plan: 'pro',
      maxStudies: 3,
      maxCandles: 500,
      grace: 0.5,
      shard: '2/3',
      proxy: proxy.id,
    };

    useEditor({ flow: [TAB, proxy, { ...ohlc, wires: [[], [], []] }] }, use);

    it('stores every property of the connection, and shows it again', async () => {
      const { page } = editor;
      const field = (property: string) => page.locator(`#node-config-input-${property}`);
      await editor.edit(ohlc.id);
      await editor.editConnection('add');
      for (const [property, value] of Object.entries(ENTERED)) {
        const isSelect = await field(property).evaluate((element) => element.nodeName === 'SELECT');
        if (property === 'server') await editor.chooseMarket('custom');
        else if (isSelect) await field(property).selectOption(String(value));
        else await enter(field(property), String(value));
      }
      await enter(field('token'), 'a.secret.token');
      await editor.screenshot('connection-complete');
      await editor.end('node-config-dialog-ok');
      await editor.end('node-dialog-ok');
      await editor.deploy();

      const flows = await (await page.request.get(`${editor.url}flows`)).json();
      const { id, ...stored } = flows.find(({ type }: { type: string }) => type === 'tv-connection');
      assert.deepEqual(stored, { type: 'tv-connection', ...ENTERED });
      assert.equal(flows.find(({ type }: { type: string }) => type === 'tv-ohlc').connection, id);

      await editor.reload();
      await editor.edit(ohlc.id);
      await editor.editConnection('edit');
      for (const [property, value] of Object.entries(ENTERED)) {
        assert.equal(await field(property).inputValue(), String(value), property);
      }
      assert.notEqual(await field('token').inputValue(), '');
      assert.equal(await page.locator('.red-ui-tray .input-error').count(), 0);
      await editor.end('node-config-dialog-cancel');
      await editor.end('node-dialog-cancel');
    });
  });
});
