import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Editor } from './browser';
import { PACKAGE, TAB, useEditor, variable } from './opened';

const ICON = resolve(__dirname, '../../icons/tv-indicator.svg');

describe('the editor: indicators', function () {
  this.timeout(60_000);
  let editor: Editor;
  let indicator: string;

  useEditor({ flow: [TAB] }, (opened) => {
    editor = opened;
  });

  const stored = (property: string) => editor.page.evaluate(`RED.nodes.node('${indicator}').${property}`);
  const raw = (call: string) => editor.page.evaluate(`$('#node-input-inputs-value').typedInput(${call})`);
  const label = (text: string) => editor.node(indicator).locator('.red-ui-flow-node-label', { hasText: text });
  const field = () => editor.page.locator('#node-input-indicator');
  const option = (name: string) =>
    editor.page.getByRole('listbox', { name: 'Indicators found' }).getByRole('option', { name });
  const about = (text: string) => editor.page.locator('#node-input-indicator-about', { hasText: text }).waitFor();
  const input = (name: string) => editor.page.getByLabel(name, { exact: true });
  const button = (name: string) => editor.page.getByRole('button', { name, exact: true });
  const titles = (list: 'values' | 'alerts') => editor.page.locator(`#node-input-plots-${list} li`).allTextContents();

  /** The browser itself logs it when the look-up says that there is no such indicator. */
  function forgetUnknown() {
    const logged = editor.problems.splice(0);
    assert.ok(
      logged.every((problem) => /404/.test(problem)),
      logged.join(),
    );
  }

  it('are found by name, set in a form, and live with a few clicks', async () => {
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
    assert.equal(await field().inputValue(), 'STD;RSI');
    assert.equal(await page.locator('#node-input-version').inputValue(), 'last');
    assert.equal(await page.locator('#node-input-history').inputValue(), '0');
    await about('Relative Strength Index, version 45.0');

    await field().click();
    await option('Relative Strength Index').waitFor();
    await field().pressSequentially('bollinger');
    await option('Bollinger Bands').waitFor();
    await editor.screenshot('indicator-search');
    const questions: string[] = [];
    page.on('request', (request) => questions.push(request.url()));
    await field().press('Enter');
    assert.equal(await field().inputValue(), 'STD;Bollinger_Bands');
    await about('Bollinger Bands, version 33.0');
    // To leave the field is a change, too: what is shown already must not be made anew under the fingers of one who types.
    await field().dispatchEvent('change');
    assert.deepEqual(await titles('values'), ['Basis', 'Upper', 'Lower']);
    assert.equal(await input('Length').inputValue(), '20');
    await input('Length').fill('7');
    await input('Basis MA Type').selectOption('EMA');
    await page.locator('#node-input-history').fill('3');
    await editor.screenshot('indicator');
    assert.equal(
      questions.filter((url) => url.includes('Bollinger_Bands')).length,
      1,
      'it is asked once what it takes',
    );
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
    const flows = await (await page.request.get(`${editor.url}flows`)).json();
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
      indicatorInputs: { in_0: 7, in_1: 'EMA' },
      history: 3,
    });
    assert.equal(wires.length, 3);

    await editor.goto(editor.url);
    await editor.edit(indicator);
    assert.deepEqual(await editor.rows(), ['BINANCE:BTCUSDT']);
    assert.equal(await page.locator('#node-input-timeframe').inputValue(), '5s');
    assert.equal(await field().inputValue(), 'STD;Bollinger_Bands');
    await about('Bollinger Bands');
    assert.equal(await input('Length').inputValue(), '7');
    assert.equal(await input('Basis MA Type').inputValue(), 'EMA');
    assert.equal(await page.locator('#dialog-form .input-error').count(), 0);
    await editor.end('node-dialog-ok');
    assert.deepEqual(await stored('indicatorInputs'), { in_0: 7, in_1: 'EMA' });
    assert.notEqual(await stored('changed'), true, 'nothing was changed by looking at it');
  });

  it('take a number in its bounds, a variable, and the default back', async () => {
    await editor.edit(indicator);
    await about('Bollinger Bands');
    await input('Length').fill('0');
    const sentence = editor.page.getByRole('alert').filter({ hasText: 'This must be a whole number, 1 or more.' });
    await sentence.waitFor();
    assert.equal(await input('Length').getAttribute('aria-invalid'), 'true');
    await editor.screenshot('indicator-input-invalid');
    await button('Length back to 20').click();
    await sentence.waitFor({ state: 'hidden' });
    assert.equal(await input('Length').inputValue(), '20');
    await button('StdDev from an environment variable').click();
    await input('StdDev').fill(variable('DEVIATION'));
    await editor.end('node-dialog-ok');
    assert.deepEqual(await stored('indicatorInputs'), { in_1: 'EMA', in_3: variable('DEVIATION') });
    await editor.edit(indicator);
    await about('Bollinger Bands');
    assert.equal(await input('StdDev').inputValue(), variable('DEVIATION'));
    await editor.end('node-dialog-cancel');
  });

  it('begin with their own defaults, for those of another mean something else; the first ones come back', async () => {
    await editor.edit(indicator);
    await about('Bollinger Bands');
    await field().fill('STD;RSI');
    await field().press('Tab');
    await about('Relative Strength Index');
    assert.equal(await input('RSI Length').inputValue(), '14');
    assert.deepEqual((await titles('values')).slice(0, 3), ['RSI', 'Plot', 'RSI-based MA']);
    assert.deepEqual(await titles('alerts'), ['Regular Bullish Divergence', 'Regular Bearish Divergence']);
    await field().fill('STD;Bollinger_Bands');
    await field().press('Tab');
    await about('Bollinger Bands');
    assert.equal(await input('Basis MA Type').inputValue(), 'EMA');
    await field().fill('STD;RSI');
    await field().press('Tab');
    await about('Relative Strength Index');
    await editor.end('node-dialog-ok');
    assert.deepEqual(await stored('indicatorInputs'), {});
  });

  it('stay with a version, and follow the last again', async () => {
    await editor.edit(indicator);
    await about('version 45.0');
    await button('Stay with 45.0').click();
    assert.equal(await editor.page.locator('#node-input-version').inputValue(), '45.0');
    await button('Follow the last').click();
    assert.equal(await editor.page.locator('#node-input-version').inputValue(), 'last');
    await editor.page.locator('#node-input-version').fill('37.0');
    await editor.page.locator('#node-input-version').press('Tab');
    await about('version 37.0');
    await editor.page.locator('#node-input-version').fill('99.0');
    await editor.page.locator('#node-input-version').press('Tab');
    await editor.page.locator('#node-input-indicator-about.livetick-problem').waitFor();
    await editor.screenshot('indicator-version-unknown');
    forgetUnknown();
    await editor.end('node-dialog-cancel');
  });

  it('keep what was given by name, and show what there is not', async () => {
    await editor.page.evaluate(`RED.nodes.node('${indicator}').indicatorInputs = { 'rsi length': 21, wrong: 3 }`);
    await editor.edit(indicator);
    await about('Relative Strength Index');
    assert.equal(await input('RSI Length').inputValue(), '21');
    await editor.page.getByRole('alert').filter({ hasText: 'It has no input “wrong” (3).' }).waitFor();
    await input('RSI Length').fill('9');
    await editor.end('node-dialog-ok');
    assert.deepEqual(await stored('indicatorInputs'), { 'rsi length': 9, wrong: 3 });
    await editor.edit(indicator);
    await about('Relative Strength Index');
    await button('Remove wrong').click();
    await editor.end('node-dialog-ok');
    assert.deepEqual(await stored('indicatorInputs'), { 'rsi length': 9 });
  });

  it('are offered from the catalogue where nothing can be asked, and their inputs taken as JSON', async () => {
    const { page } = editor;
    const lone = await editor.drag('tv-indicator', 300, 300);
    await editor.edit(lone);
    await page.locator('#node-input-connection').selectOption('_ADD_');
    await about('Choose a connection');
    await field().click();
    await field().pressSequentially('atr');
    await option('Average True Range').waitFor();
    await page.keyboard.press('Enter');
    assert.equal(await field().inputValue(), 'STD;Average_True_Range');
    await raw(`'value', '{"Length": 7}'`);
    await editor.end('node-dialog-ok');
    assert.deepEqual(await page.evaluate(`RED.nodes.node('${lone}').indicatorInputs`), { Length: 7 });
    await page.evaluate(`RED.nodes.remove('${lone}'); RED.view.redraw(true)`);
  });

  it('of a built-in study take any inputs', async () => {
    await editor.edit(indicator);
    await about('Relative Strength Index');
    await field().click();
    await field().pressSequentially('volume');
    await option('Volume').first().click();
    await about('passed on as it is');
    assert.deepEqual(await titles('values'), ['Volume', 'Volume MA']);
    await raw(`'value', '{"length": 7}'`);
    await editor.screenshot('indicator-built-in');
    await editor.end('node-dialog-ok');
    assert.deepEqual(await stored('indicatorInputs'), { length: 7 });
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
    forgetUnknown();
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
      await raw(`'value', ${JSON.stringify(value)}`);
      await sentence.waitFor({ state: valid ? 'hidden' : 'visible' });
    }
    await raw(`'value', '[14]'`);
    await editor.screenshot('indicator-invalid');
    await editor.end('node-dialog-ok');
    assert.equal(await stored('valid'), false);
    await editor.edit(indicator);
    await raw(`'type', 'env'`);
    await raw(`'value', 'INPUTS'`);
    await editor.end('node-dialog-ok');
    assert.equal(await stored('indicatorInputs'), variable('INPUTS'));
    assert.equal(await stored('valid'), true);
    await editor.edit(indicator);
    assert.deepEqual([await raw(`'type'`), await raw(`'value'`)], ['env', 'INPUTS']);
    await editor.end('node-dialog-cancel');
  });

  it('can be edited as JSON where there are fields, and in fields again', async () => {
    await editor.page.evaluate(
      `Object.assign(RED.nodes.node('${indicator}'), { indicator: 'STD;RSI', version: 'last', indicatorInputs: { in_0: 21 } })`,
    );
    await editor.edit(indicator);
    await about('Relative Strength Index');
    await button('Edit as JSON').click();
    assert.equal(await raw(`'value'`), '{"in_0":21}');
    await raw(`'value', '{"in_0":9}'`);
    await button('Edit in fields').click();
    assert.equal(await input('RSI Length').inputValue(), '9');
    await editor.end('node-dialog-ok');
    assert.deepEqual(await stored('indicatorInputs'), { in_0: 9 });
  });

  it('have a label that can be read', async () => {
    for (const [id, wanted] of [
      ['STD;RSI', 'BTCUSDT · 5s · RSI'],
      ['STD;24h%1Volume', 'BTCUSDT · 5s · 24h Volume'],
      ['Volume@tv-basicstudies-246', 'BTCUSDT · 5s · Volume'],
      ['STD;Willams_R', 'BTCUSDT · 5s · Williams Percent Range'],
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
    const icon = await page.request.get(`${editor.url}icons/${PACKAGE}/tv-indicator.svg`);
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
