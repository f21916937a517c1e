import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Editor } from './browser';
import { PACKAGE, TAB, useEditor } from './opened';

const EXAMPLES = readdirSync(resolve(__dirname, '../../examples'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length));

describe('the editor: examples', function () {
  this.timeout(60_000);
  let editor: Editor;

  useEditor({ flow: [TAB] }, (opened) => {
    editor = opened;
  });

  for (const name of EXAMPLES) {
    it(`imports ${name}: every node is valid, and stands clear of the others`, async () => {
      const { page } = editor;
      const served = await page.request.get(`${editor.url}library/examples/flows/${PACKAGE}/${name}`);
      const flow: { id: string; type: string; z?: string }[] = await served.json();
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
