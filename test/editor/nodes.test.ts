import assert from 'node:assert/strict';
import type { Editor } from './browser';
import { TAB, useEditor } from './opened';

/** A type of node, from the palette to its first message. */
interface Course {
  type: string;
  /** What its form takes beside the connection and the symbol, which is found by its name. */
  fields: Record<string, string>;
  label: string;
  status: string;
  /** What shows in the debug sidebar. */
  message: RegExp;
}

const COURSES: Course[] = [
  {
    type: 'tv-ohlc',
    fields: { timeframe: '5s', history: '3', session: 'extended', adjustment: 'none' },
    label: 'BTCUSDT · 5s',
    status: 'live',
    message: /BINANCE:BTCUSDT.*open:/,
  },
  {
    type: 'tv-indicator',
    fields: { timeframe: '5s', history: '2' },
    label: 'RSI',
    status: 'live',
    message: /BINANCE:BTCUSDT.*values/,
  },
  {
    type: 'tv-trades',
    fields: { throttle: '250' },
    label: 'BTCUSDT',
    status: 'live',
    message: /BINANCE:BTCUSDT.*price:/,
  },
  {
    type: 'tv-history',
    fields: { timeframe: '1h', count: '24' },
    label: 'BTCUSDT · 1h',
    status: 'idle',
    message: /BINANCE:BTCUSDT.*array\[24\]/,
  },
  {
    type: 'tv-packets',
    fields: { 'methods-text': 'du, timescale_update' },
    label: 'du, timescale_update',
    status: 'live',
    message: /m: "(du|timescale_update)"/,
  },
];

describe('the editor: each node, from the palette to a message', function () {
  this.timeout(60_000);
  let editor: Editor;
  const ids = new Map<string, string>();
  const idOf = (type: string) => ids.get(type) ?? '';

  useEditor({ flow: [TAB] }, (opened) => {
    editor = opened;
  });

  const symbol = () => editor.page.locator('#node-input-symbols-list input, #node-input-symbol').first();
  const field = (name: string) => editor.page.locator(`#node-input-${name}`);

  async function fill(name: string, value: string): Promise<void> {
    const isSelect = await field(name).evaluate((element) => element.nodeName === 'SELECT');
    if (isSelect) await field(name).selectOption(value);
    else await field(name).fill(value);
  }

  /** What the form of a node shows. */
  async function shown({ fields }: Course): Promise<Record<string, string>> {
    const values = await Promise.all(Object.keys(fields).map((name) => field(name).inputValue()));
    return Object.fromEntries(Object.keys(fields).map((name, n) => [name, values[n] ?? '']));
  }

  COURSES.forEach((course, row) => {
    const { type, fields, label, status, message } = course;

    it(`${type} is dragged, filled in by the search, deployed, and tells what it does`, async () => {
      const { page } = editor;
      const id = await editor.drag(type, 350, 60 + 100 * row);
      ids.set(type, id);
      await editor.edit(id);
      if (row === 0) await page.getByRole('button', { name: 'Use the practice market' }).click();
      if (await symbol().isVisible()) {
        await symbol().click();
        await page.keyboard.type('bitcoin');
        await page.getByRole('option', { name: 'BINANCE:BTCUSDT' }).waitFor();
        await page.keyboard.press('Enter');
        assert.equal(await symbol().inputValue(), 'BINANCE:BTCUSDT');
      }
      for (const [name, value] of Object.entries(fields)) await fill(name, value);
      await editor.screenshot(`filled-${type}`);
      await editor.end('node-dialog-ok');
      await editor.node(id).locator('.red-ui-flow-node-label', { hasText: label }).waitFor();

      await editor.wire(id, 0, await editor.drag('debug', 700, 60 + 100 * row));
      if (type === 'tv-history') await editor.wire(await editor.drag('inject', 120, 60 + 100 * row), 0, id);
      await page.evaluate(`RED.sidebar.show('debug')`);
      await editor.deploy();
      await editor.status(id).filter({ hasText: status }).waitFor();
      const [inject = ''] = await editor.ids('inject');
      if (type === 'tv-history') await editor.node(inject).locator('.red-ui-flow-node-button-button').click();
      await page.locator('.red-ui-debug-msg').filter({ hasText: message }).first().waitFor();
      await editor.screenshot(`message-${type}`);
    });
  });

  it('show the same values when they are opened again', async () => {
    await editor.reload();
    for (const course of COURSES) {
      await editor.edit(idOf(course.type));
      assert.deepEqual(await shown(course), course.fields);
      if (await symbol().isVisible()) assert.equal(await symbol().inputValue(), 'BINANCE:BTCUSDT');
      const chosen = editor.page.locator('#node-input-connection option:checked');
      assert.equal(await chosen.textContent(), 'Practice market');
      assert.equal(await editor.page.locator('.livetick-form :is(.input-error, [aria-invalid="true"])').count(), 0);
      await editor.end('node-dialog-ok');
      const changed = await editor.page.evaluate(`RED.nodes.node('${idOf(course.type)}').changed`);
      assert.notEqual(changed, true, `nothing of ${course.type} was changed by looking at it`);
    }
  });

  it('go on when the connection is changed: with its new name, and with another one', async () => {
    const { page } = editor;
    const stored = async () => (await page.request.get(`${editor.url}flows`)).json();
    const live = async () => {
      for (const { type, status } of COURSES) await editor.status(idOf(type)).filter({ hasText: status }).waitFor();
    };
    await live();
    await editor.edit(idOf('tv-ohlc'));
    await editor.editConnection('edit');
    await page.locator('#node-config-input-name').fill('Exercise');
    await page.locator('#node-config-input-plan').selectOption('premium');
    await editor.end('node-config-dialog-ok');
    await page.locator('#node-input-connection option:checked', { hasText: 'Exercise' }).waitFor({ state: 'attached' });
    await editor.end('node-dialog-ok');
    await editor.deploy();
    await live();
    const [changed] = (await stored()).filter(({ type }: { type: string }) => type === 'tv-connection');
    assert.deepEqual([changed.name, changed.plan, changed.server], ['Exercise', 'premium', 'practice']);

    await editor.edit(idOf('tv-ohlc'));
    await editor.editConnection('add');
    await editor.chooseMarket('practice');
    await page.locator('#node-config-input-name').fill('Second');
    await editor.end('node-config-dialog-ok');
    await editor.end('node-dialog-ok');
    await editor.deploy();
    await live();
    const flow: { id: string; type: string; name?: string; connection?: string }[] = await stored();
    const named = (id?: string) => flow.find((node) => node.id === id)?.name;
    const users = flow.filter(({ type }) => type.startsWith('tv-') && type !== 'tv-connection');
    assert.deepEqual(
      users.map(({ type, connection }) => `${type}: ${named(connection)}`).sort(),
      COURSES.map(({ type }) => `${type}: ${type === 'tv-ohlc' ? 'Second' : 'Exercise'}`).sort(),
    );
  });
});
