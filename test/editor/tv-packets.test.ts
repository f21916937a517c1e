import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Editor } from './browser';
import { useEditor, variable } from './opened';

const EXAMPLE = join(__dirname, '../../examples/raw-packets.json');
const PACKETS = 'f1a5e40000000004';
const CONNECTION = 'f1a5e40000000001';
const COUNT = 'f1a5e40000000006';

describe('the editor: tv-packets', function () {
  this.timeout(60_000);
  let editor: Editor;
  let userDir: string;

  useEditor({ flow: JSON.parse(readFileSync(EXAMPLE, 'utf8')) }, (opened, directory) => {
    editor = opened;
    userDir = directory;
  });

  const stored = (property: string) => editor.page.evaluate(`RED.nodes.node('${PACKETS}').${property}`);

  it('the example shows packets, and counts them', async () => {
    const { page } = editor;
    await page.evaluate(`RED.sidebar.show('debug')`);
    await editor.status(PACKETS).filter({ hasText: 'live' }).waitFor();
    await editor
      .status(COUNT)
      .filter({ hasText: /du \d+/ })
      .waitFor();
    await page.locator('.red-ui-debug-msg', { hasText: 'packets' }).first().waitFor();
    await editor
      .node(PACKETS)
      .locator('.red-ui-flow-node-label', { hasText: 'symbol_resolved, timescale_update +2' })
      .waitFor();
    await editor.screenshot('packets');
  });

  it('the form takes methods with commas, marks what is none, and keeps a list', async () => {
    const { page } = editor;
    await editor.edit(PACKETS);
    const methods = page.locator('#node-input-methods-text');
    assert.equal(await methods.inputValue(), 'symbol_resolved, timescale_update, series_completed, du');
    const sentence = page.getByRole('alert').filter({ hasText: 'one word' });
    await methods.fill('qsd, <b>');
    await sentence.waitFor();
    await page.locator('#node-input-methods-text.input-error').waitFor();
    await editor.screenshot('packets-invalid');
    await methods.fill(`qsd,${variable('METHODS')}  du`);
    await sentence.waitFor({ state: 'hidden' });
    assert.doesNotMatch((await page.locator('#dialog-form').textContent()) ?? '', /tv-(packets|connection)\./);
    await editor.end('node-dialog-ok');
    assert.deepEqual(await stored('methods'), ['qsd', variable('METHODS'), 'du']);
    assert.equal(await stored('valid'), true);
    await editor.edit(PACKETS);
    await methods.fill('');
    await editor.end('node-dialog-ok');
    assert.deepEqual(await stored('methods'), []);
    await editor.node(PACKETS).locator('.red-ui-flow-node-label', { hasText: 'all packets' }).waitFor();
  });

  it('the form of the connection keeps the session cookies, and gives them back to nobody', async () => {
    const { page } = editor;
    await editor.edit(PACKETS);
    await editor.editConnection('edit');
    await page.locator('#node-config-input-sessionId').waitFor({ state: 'hidden' });
    await editor.chooseMarket('live');
    for (const [field, value] of [
      ['sessionId', 'secret-session-id'],
      ['sessionSign', 'v3:secret-session-sign='],
    ] as const) {
      const input = page.locator(`#node-config-input-${field}`);
      const error = page.locator(`#node-config-input-${field}.input-error`);
      assert.equal(await input.getAttribute('type'), 'password');
      await input.fill(`${field}=x; y`);
      await input.press('Tab');
      await error.waitFor();
      await input.fill(value);
      await input.press('Tab');
      await error.waitFor({ state: 'detached' });
    }
    await editor.chooseMarket('practice');
    await editor.screenshot('connection-cookies');
    await editor.end('node-config-dialog-ok');
    await editor.end('node-dialog-ok');
    await editor.deploy();
    const { url } = editor;
    const kept = await (await page.request.get(`${url}credentials/tv-connection/${CONNECTION}`)).json();
    assert.deepEqual(kept, { has_token: false, has_sessionId: true, has_sessionSign: true });
    assert.doesNotMatch(await (await page.request.get(`${url}flows`)).text(), /secret-session/);
    assert.doesNotMatch(readFileSync(join(userDir, 'flows.json'), 'utf8'), /secret-session/);
  });
});
