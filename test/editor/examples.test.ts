import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { NAME as PACKAGE } from '../support/example-stage';
import { EXAMPLES, type ExampleNode, linkOtherPalettes } from '../support/examples';
import { Editor, findChromium, launch } from './browser';
import { makeUserDir, type RunningNodeRed, startNodeRed } from './node-red';

const TAB = { id: 'f10a000000000000', type: 'tab', label: 'Empty', disabled: false, info: '', env: [] };

/** Needs a Chromium on the machine; without one these tests are skipped. */
describe('the editor: examples', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let userDir: ReturnType<typeof makeUserDir>;
  let nodeRed: RunningNodeRed;
  let editor: Editor;

  before(async function () {
    const chromium = findChromium();
    if (!chromium) {
      console.log('      skipped: no Chromium found; CHROMIUM_PATH may name one');
      return this.skip();
    }
    userDir = makeUserDir();
    linkOtherPalettes(userDir.path);
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

  for (const name of EXAMPLES) {
    it(`imports ${name}: every node is valid, and stands clear of the others`, async () => {
      const { page } = editor;
      const served = await page.request.get(`${nodeRed.url}library/examples/flows/${PACKAGE}/${name}`);
      const flow: ExampleNode[] = await served.json();
      await page.evaluate(`RED.view.importNodes(${JSON.stringify(flow)}, { addFlow: false, generateIds: false })`);
      const tab = flow.find(({ type }) => type === 'tab');
      await page.evaluate(`RED.workspaces.show('${tab?.id}')`);
      const ids = flow.filter(({ z }) => z).map(({ id }) => id);
      await editor.node(ids.at(-1) ?? '').waitFor();
      const invalid = await page.evaluate(
        `${JSON.stringify(flow.map(({ id }) => id))}.map(RED.nodes.node).filter((node) => node && !node.valid).map(({ id }) => id)`,
      );
      assert.deepEqual(invalid, []);
      await editor.screenshot(`example-${basename(name)}`);
      const boxes = await Promise.all(
        ids.map((id) => editor.node(id).locator('.red-ui-flow-node').first().boundingBox()),
      );
      boxes.forEach((box, n) => {
        for (const [m, other] of boxes.entries()) {
          if (!box || !other || m <= n) continue;
          const apart =
            box.x + box.width <= other.x ||
            other.x + other.width <= box.x ||
            box.y + box.height <= other.y ||
            other.y + other.height <= box.y;
          assert.ok(apart, `${ids[n]} and ${ids[m]} overlap`);
        }
      });
    });
  }
});
