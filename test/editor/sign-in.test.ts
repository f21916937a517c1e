import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Editor } from './browser';
import { TAB, useEditor } from './opened';

const PASSWORD = 'practice';
/** bcrypt of it. */
const HASH = '$2b$04$gXWoP5BsIWxZiwqoq9hLWuujMLeEA68ht4mHAAy8umYQvOa11aGhe';
const NODE = 'f10a000000000001';
const CONNECTION = 'f10a000000000002';

describe('the editor: of a Node-RED that asks for a password', function () {
  this.timeout(60_000);
  let editor: Editor;

  const node = { id: NODE, type: 'tv-history', z: TAB.id, connection: CONNECTION, x: 300, y: 100, wires: [[]] };
  const flow = [TAB, { id: CONNECTION, type: 'tv-connection', server: 'practice' }, node];
  const users = [{ username: 'admin', password: HASH, permissions: '*' }];

  async function signIn(page: Page): Promise<void> {
    await page.locator('#node-dialog-login-username').fill('admin');
    await page.locator('#node-dialog-login-password').fill(PASSWORD);
    await page.locator('#node-dialog-login-submit').click();
  }

  useEditor({ flow, settings: { adminAuth: { type: 'credentials', users } }, enter: signIn }, (opened) => {
    editor = opened;
    // By this refusal the editor learns that it has to ask for a password.
    const refused = editor.problems.splice(0).map((problem) => problem.replace(/\?.*/, ''));
    assert.deepEqual(refused, [`answer 401: ${editor.url}settings`]);
  });

  it('searches, watches and tests as the one who has signed in', async () => {
    const { page } = editor;
    const refused = await fetch(`${editor.url}livetick/tradingview/connections/${CONNECTION}`);
    assert.equal(refused.status, 401);
    await editor.edit(NODE);
    await page.locator('#node-input-symbol').fill('bitcoin');
    await page.getByRole('option', { name: 'BINANCE:BTCUSDT' }).click();
    await editor.editConnection('edit');
    await page.locator('#livetick-life-line').filter({ hasText: 'nodes: 1' }).waitFor();
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.locator('#livetick-test-words').filter({ hasText: 'It works.' }).waitFor();
  });
});
