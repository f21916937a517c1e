import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { EXAMPLES, linkOtherPalettes } from '../support/examples';
import type { Editor } from './browser';
import { PACKAGE, TAB, useEditor } from './opened';

interface Imported {
  id: string;
  type: string;
  valid: boolean;
  known: boolean;
  disabled: boolean;
  wires: string[];
}

const isOurs = (type: string) => /^(tv|news)-/.test(type);

/** Whether it becomes visible within a second. */
async function isShown(locator: Locator): Promise<boolean> {
  return locator.waitFor({ timeout: 1_000 }).then(
    () => true,
    () => false,
  );
}

describe('the editor: examples', function () {
  this.timeout(60_000);
  let editor: Editor;
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'livetick-examples-'));
    process.env.MARKET_DATA_DIR = folder; // for those that write files
  });

  after(() => {
    delete process.env.MARKET_DATA_DIR;
    rmSync(folder, { recursive: true, force: true });
  });

  useEditor({ flow: [TAB], prepare: linkOtherPalettes }, (opened) => {
    editor = opened;
  });

  /** By the menu, as a person does it. */
  async function importExample(path: string[]): Promise<void> {
    const { page } = editor;
    await page.locator('#red-ui-header-button-sidemenu').click();
    await page.locator('#menu-item-import').click();
    const dialog = page.locator('#red-ui-clipboard-dialog');
    const examples = dialog.locator('#red-ui-clipboard-dialog-import-tab-examples');
    const entry = (name: string) => examples.locator('.red-ui-treeList-label').filter({ hasText: name }).last();
    // While the dialog is still opening or a list unfolding, a click may go astray.
    do await dialog.locator('#red-ui-clipboard-dialog-import-tabs').getByText('Examples').click();
    while (!(await isShown(examples)));
    const [leaf = '', ...folders] = [PACKAGE, ...path].reverse();
    for (const folder of folders.reverse()) await entry(folder).click();
    do await entry(leaf).click();
    while (!(await entry(leaf).evaluate(({ classList }) => classList.contains('selected'))));
    await page.locator('#red-ui-clipboard-dialog-ok').click();
    await dialog.waitFor({ state: 'hidden' });
  }

  /** What the import has brought to the canvas. */
  const imported = (): Promise<Imported[]> =>
    editor.page.evaluate(`RED.nodes.filterNodes({ z: RED.workspaces.active() }).map((node) => ({
      id: node.id,
      type: node.type,
      valid: node.valid,
      disabled: Boolean(node.d),
      known: Boolean(RED.nodes.getType(node.type)),
      wires: RED.nodes.filterLinks({ source: node }).map(({ target }) => target.id),
    }))`);

  async function assertApart(nodes: Imported[]): Promise<void> {
    const boxOf = ({ id }: Imported) => editor.node(id).locator('.red-ui-flow-node').first().boundingBox();
    const boxes = await Promise.all(nodes.map(boxOf));
    boxes.forEach((box, n) => {
      for (const [m, other] of boxes.entries()) {
        if (!box || !other || m <= n) continue;
        const apart =
          box.x + box.width <= other.x ||
          other.x + other.width <= box.x ||
          box.y + box.height <= other.y ||
          other.y + other.height <= box.y;
        assert.ok(apart, `${nodes[n]?.type} and ${nodes[m]?.type} overlap`);
      }
    });
  }

  /** Runs it, with one more debug node behind each node of ours. */
  async function run(nodes: Imported[]): Promise<void> {
    const { page } = editor;
    const ours = nodes.filter(({ type, disabled }) => isOurs(type) && !disabled);
    const debug = await editor.drag('debug', 120, 720);
    for (const { id } of ours) await editor.wire(id, 0, debug);
    await page.evaluate(`RED.sidebar.show('debug')`);
    await editor.deploy();
    for (const { id, wires } of nodes.filter(({ type }) => type === 'inject')) {
      const asks = ours.some((node) => node.type === 'tv-history' && wires.includes(node.id));
      if (asks) await editor.node(id).locator('.red-ui-flow-node-button-button').click();
    }
    const number = await page.evaluate<string>(`RED.nodes.node('${debug}').name`);
    await page
      .locator('.red-ui-debug-msg', { hasText: `node: ${number}` })
      .first()
      .waitFor();
    for (const { id, type } of ours) {
      await editor
        .status(id)
        .filter({ hasText: /live|idle|\d+\/\d+/ })
        .waitFor();
      assert.equal(await editor.node(id).locator('[class*="-status-"][class*="-red"]').count(), 0, `${type} is red`);
    }
  }

  for (const name of EXAMPLES) {
    const path = name.split('/');
    const needsOthers = path.length > 1; // and servers that are not there, so it is not deployed here

    it(`imports ${name}: valid, clear of each other, and ${needsOthers ? 'complete' : 'running'}`, async () => {
      const { page } = editor;
      const tabs = page.locator('#red-ui-workspace-tabs > .red-ui-tab');
      const before = await tabs.count();
      await importExample(path);
      const tab = tabs.nth(before);
      do await tab.click();
      while (!(await isShown(tab.and(page.locator('.active')))));
      const nodes = await imported();
      await editor.node(nodes.at(-1)?.id ?? '').waitFor();
      assert.deepEqual(
        nodes.filter(({ type, valid }) => !valid && (isOurs(type) || !needsOthers)),
        [],
      );
      assert.ok(nodes.every(({ known }) => known));
      await editor.screenshot(`example-${path.at(-1)}`);
      await assertApart(nodes);
      if (!needsOthers) await run(nodes);
      await editor.screenshot(`example-${path.at(-1)}-running`);
    });
  }
});
