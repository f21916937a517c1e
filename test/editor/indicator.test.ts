import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { Editor, findChromium, launch } from './browser';
import { makeUserDir, type RunningNodeRed, startNodeRed } from './node-red';

const PACKAGE = '@livetick/node-red-market-data';
const ICON = resolve(__dirname, '../../icons/tv-indicator.svg');
const TAB = { id: 'f10a000000000000', type: 'tab', label: 'Empty', disabled: false, info: '', env: [] };

const variable = (name: string) => `\${${name}}`;

/** Needs a Chromium on the machine; without one these tests are skipped. */
describe('the editor: indicators', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let userDir: ReturnType<typeof makeUserDir>;
  let nodeRed: RunningNodeRed;
  let editor: Editor;
  let indicator: string;

  before(async function () {
    const chromium = findChromium();
    if (!chromium) {
      console.log('      skipped: no Chromium found; CHROMIUM_PATH may name one');
      return this.skip();
    }
    userDir = makeUserDir();
    writeFileSync(join(userDir.path, 'flows.json'), JSON.stringify([TAB]));
    nodeRed = await startNodeRed(userDir.path);
    browser = await launch(chromium);
    editor = await Editor.open(browser, nodeRed.url);
  });

  after(async () => {
    if (!browser) return;
    await browser.close();
    await nodeRed.stop();
    userDir.remove();
  });

  afterEach(() => assert.deepEqual(editor?.problems ?? [], []));

  const stored = (property: string) => editor.page.evaluate(`RED.nodes.node('${indicator}').${property}`);
  const inputs = (call: string) => editor.page.evaluate(`$('#node-input-inputs-value').typedInput(${call})`);
  const label = (text: string) => editor.node(indicator).locator('.red-ui-flow-node-label', { hasText: text });

  it('are had from the palette with a few clicks', async () => {
    const { page } = editor;
    indicator = await editor.drag('tv-indicator', 300, 150);
    const debug = await editor.drag('debug', 700, 150);
    await editor.wire(indicator, 0, debug);
    await editor.edit(indicator);
    await editor.editConnection('add');
    await editor.chooseMarket('practice');
    await editor.end('node-config-dialog-ok');
    await page.locator('#node-input-symbols-list input').fill('binance:btcusdt');
    await page.locator('#node-input-timeframe').selectOption('5s');
    assert.equal(await page.locator('#node-input-indicator').inputValue(), 'STD;RSI');
    assert.equal(await page.locator('#node-input-version').inputValue(), 'last');
    assert.equal(await inputs(`'value'`), '{}');
    assert.equal(await page.locator('#node-input-history').inputValue(), '0');
    const suggested = await page.evaluate(
      `$('#node-input-indicator-suggestions option').toArray().map((o) => o.value)`,
    );
    assert.deepEqual(suggested, [
      'STD;RSI',
      'STD;MACD',
      'STD;EMA',
      'STD;SMA',
      'STD;Bollinger_Bands',
      'Volume@tv-basicstudies-246',
    ]);
    await page.locator('#node-input-indicator').fill('STD;Bollinger_Bands');
    await inputs(`'value', '{"Length": 7}'`);
    await page.locator('#node-input-history').fill('3');
    await editor.screenshot('indicator');
    assert.doesNotMatch((await page.locator('#dialog-form').textContent()) ?? '', /tv-(indicator|connection)\./);
    await editor.end('node-dialog-ok');
    await label('BTCUSDT · 5s · Bollinger Bands').waitFor();

    await page.evaluate(`RED.sidebar.show('debug')`);
    await editor.deploy();
    await editor.status(indicator).filter({ hasText: 'live' }).waitFor();
    const values = page.locator('.red-ui-debug-msg', { hasText: 'BINANCE:BTCUSDT' }).first();
    await values.locator('.red-ui-debug-msg-object-handle').first().click();
    await values.locator('.red-ui-debug-msg-object-entry', { hasText: 'closed: true' }).waitFor();
    await editor.screenshot('indicator-live');
  });

  it('are stored exactly as they were entered, and shown again', async () => {
    const { page } = editor;
    const flows = await (await page.request.get(`${nodeRed.url}flows`)).json();
    const { id: connection } = flows.find(({ type }: { type: string }) => type === 'tv-connection');
    const { x, y, z, wires, ...node } = flows.find(({ id }: { id: string }) => id === indicator);
    assert.deepEqual(node, {
      id: indicator,
      type: 'tv-indicator',
      name: '',
      connection,
      symbols: ['BINANCE:BTCUSDT'],
      timeframe: '5s',
      indicator: 'STD;Bollinger_Bands',
      version: 'last',
      indicatorInputs: { Length: 7 },
      history: 3,
    });
    assert.equal(wires.length, 3);

    await editor.goto(nodeRed.url);
    await editor.edit(indicator);
    assert.deepEqual(await editor.rows(), ['BINANCE:BTCUSDT']);
    assert.equal(await page.locator('#node-input-timeframe').inputValue(), '5s');
    assert.equal(await page.locator('#node-input-indicator').inputValue(), 'STD;Bollinger_Bands');
    assert.equal(await inputs(`'value'`), '{"Length":7}');
    assert.equal(await page.locator('#dialog-form .input-error').count(), 0);
    await editor.end('node-dialog-ok');
    assert.deepEqual(await stored('indicatorInputs'), { Length: 7 });
    assert.notEqual(await stored('changed'), true, 'nothing was changed by looking at it');
  });

  it('mark an id or a version that is none, and take variables', async () => {
    const { page } = editor;
    await editor.edit(indicator);
    for (const [field, values] of Object.entries({
      indicator: [
        ['rsi', false],
        ['STD;', false],
        ['Volume@tv', false],
        ['PUB;abcdef0123456789', true],
        ['Volume@tv-basicstudies-246', true],
        [variable('INDICATOR'), true],
      ],
      version: [
        ['newest', false],
        ['1.2.3', false],
        ['45', true],
        ['45.0', true],
        ['', true],
        [variable('VERSION'), true],
      ],
      history: [
        ['-1', false],
        ['1.5', false],
        ['', true],
        [variable('HISTORY'), true],
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
    assert.equal(await stored('indicator'), variable('INDICATOR'));
    assert.equal(await stored('version'), variable('VERSION'));
    assert.equal(await stored('history'), variable('HISTORY'));
    assert.equal(await stored('valid'), true);
    await label(`BTCUSDT · 5s · ${variable('INDICATOR')}`).waitFor();
  });

  it('mark inputs that are no object, and take a variable for all of them', async () => {
    const { page } = editor;
    await editor.edit(indicator);
    const sentence = page.getByRole('alert').filter({ hasText: 'must be an object' });
    for (const [value, valid] of [
      ['[14]', false],
      ['{in_0: 14}', false],
      ['14', false],
      ['{"in_0": 14}', true],
      ['', true],
    ] as const) {
      await inputs(`'value', ${JSON.stringify(value)}`);
      await sentence.waitFor({ state: valid ? 'hidden' : 'visible' });
    }
    await inputs(`'value', '[14]'`);
    await editor.screenshot('indicator-invalid');
    await editor.end('node-dialog-ok');
    assert.equal(await stored('valid'), false);
    await editor.edit(indicator);
    await inputs(`'type', 'env'`);
    await inputs(`'value', 'INPUTS'`);
    await editor.end('node-dialog-ok');
    assert.equal(await stored('indicatorInputs'), variable('INPUTS'));
    assert.equal(await stored('valid'), true);
    await editor.edit(indicator);
    assert.deepEqual([await inputs(`'type'`), await inputs(`'value'`)], ['env', 'INPUTS']);
    await editor.end('node-dialog-cancel');
  });

  it('have a label that can be read', async () => {
    for (const [id, wanted] of [
      ['STD;RSI', 'BTCUSDT · 5s · RSI'],
      ['STD;24h%1Volume', 'BTCUSDT · 5s · 24h Volume'],
      ['Volume@tv-basicstudies-246', 'BTCUSDT · 5s · Volume'],
      ['PUB;abcdef0123456789', 'BTCUSDT · 5s · PUB;abcdef0…'],
    ]) {
      const node = `{ ...RED.nodes.node('${indicator}'), indicator: ${JSON.stringify(id)} }`;
      assert.equal(await editor.page.evaluate(`RED.nodes.node('${indicator}')._def.label.call(${node})`), wanted);
    }
  });

  it('name their ports', async () => {
    const node = `RED.nodes.node('${indicator}')`;
    const name = (call: string) => editor.page.evaluate(`${node}._def.${call}`);
    assert.equal(await name(`inputLabels.call(${node})`), 'subscribe, unsubscribe, list, reconnect');
    assert.deepEqual(await Promise.all([0, 1, 2].map((n) => name(`outputLabels.call(${node}, ${n})`))), [
      'values of closed candles',
      'values of forming candles',
      'history and events',
    ]);
  });

  it('have an icon, and help that leaves no text out', async () => {
    const { page } = editor;
    const icon = await page.request.get(`${nodeRed.url}icons/${PACKAGE}/tv-indicator.svg`);
    assert.equal(await icon.text(), readFileSync(ICON, 'utf8'));
    await page.evaluate(`RED.sidebar.help.show('tv-indicator')`);
    const help = page.locator('.red-ui-help-title', { hasText: /tv.indicator/ }).locator('xpath=..');
    await help.locator('h3', { hasText: 'Properties' }).waitFor();
    const text = (await help.textContent()) ?? '';
    assert.doesNotMatch(text, /tv-(indicator|connection)\.\w/);
    for (const property of [
      'Name',
      'Connection',
      'Symbols',
      'Timeframe',
      'Indicator',
      'Version',
      'Inputs',
      'History',
    ]) {
      assert.match(text, new RegExp(`${property} \\w`), property);
    }
  });
});
