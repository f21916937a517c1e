import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { NodeRedProcess } from '../support/node-red-process';
import { Editor, findChromium, launch } from './browser';
import { makeUserDir } from './node-red';

const PASSWORD = 'practice';
/** bcrypt of it. */
const HASH = '$2b$04$gXWoP5BsIWxZiwqoq9hLWuujMLeEA68ht4mHAAy8umYQvOa11aGhe';
const NODE = 'f10a000000000001';
const CONNECTION = 'f10a000000000002';

/** Needs a Chromium on the machine; without one these tests are skipped. */
describe('the editor: of a Node-RED that asks for a password', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let userDir: ReturnType<typeof makeUserDir>;
  let nodeRed: NodeRedProcess;

  before(async function () {
    const chromium = findChromium();
    if (!chromium) {
      console.log('      skipped: no Chromium found; CHROMIUM_PATH may name one');
      return this.skip();
    }
    userDir = makeUserDir();
    const palette = join(userDir.path, 'node_modules/@livetick/node-red-market-data');
    mkdirSync(dirname(palette), { recursive: true });
    symlinkSync(resolve(__dirname, '../..'), palette, 'junction');
    const node = { id: NODE, type: 'tv-history', z: 'f10a000000000000', connection: CONNECTION, x: 300, y: 100 };
    writeFileSync(
      join(userDir.path, 'flows.json'),
      JSON.stringify([
        { id: 'f10a000000000000', type: 'tab', label: 'Guarded' },
        { id: CONNECTION, type: 'tv-connection', server: 'practice' },
        { ...node, wires: [[]] },
      ]),
    );
    nodeRed = await NodeRedProcess.start(userDir.path, {
      adminAuth: { type: 'credentials', users: [{ username: 'admin', password: HASH, permissions: '*' }] },
      externalModules: { autoInstall: false, palette: { allowInstall: false } },
    });
    browser = await launch(chromium);
  });

  after(async () => {
    if (!browser) return;
    await browser.close();
    await nodeRed.stop();
    userDir.remove();
  });

  it('searches, watches and tests as the one who has signed in', async () => {
    assert.equal((await nodeRed.get(`/livetick/tradingview/connections/${CONNECTION}`)).status, 401);
    assert.ok(browser);
    const page = await browser.newPage();
    await page.goto(nodeRed.url);
    await page.locator('#node-dialog-login-username').fill('admin');
    await page.locator('#node-dialog-login-password').fill(PASSWORD);
    await page.locator('#node-dialog-login-submit').click();
    const editor = new Editor(page);
    await editor.palette('tv-history').waitFor();
    await page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' });
    await editor.edit(NODE);
    await page.locator('#node-input-symbol').fill('bitcoin');
    await page.getByRole('option', { name: 'BINANCE:BTCUSDT' }).click();
    await editor.editConnection('edit');
    await page.locator('#livetick-life-line').filter({ hasText: 'nodes: 1' }).waitFor();
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.locator('#livetick-test-words').filter({ hasText: 'It works.' }).waitFor();
    assert.deepEqual(editor.problems, []);
  });
});
