import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { Editor, findChromium, launch } from './browser';
import { makeUserDir, type RunningNodeRed, startNodeRed, startWithSettings } from './node-red';

export const PACKAGE = '@livetick/node-red-market-data';
/** A flow with nothing in it. */
export const TAB = { id: 'f10a000000000000', type: 'tab', label: 'Empty', disabled: false, info: '', env: [] };

/** How a text names an environment variable. */
export const variable = (name: string) => `\${${name}}`;

interface Wanted {
  /** What Node-RED has deployed; the example of the first start unless given. */
  flow?: object[] | (() => object[]);
  /** Settings of Node-RED beside the usual ones. */
  settings?: object;
  /** Puts into the user directory what else the flow needs, such as other palettes. */
  prepare?: (userDir: string) => void;
  /** What a person does before the editor shows. */
  enter?: (page: Page) => Promise<void>;
}

/**
 * Opens the editor of a Node-RED of its own for the tests of a suite, and holds after each of them that nothing went wrong
 * in it. Needs a Chromium on the machine; without one the tests are skipped.
 */
export function useEditor(
  { flow, settings, prepare, enter }: Wanted,
  opened: (editor: Editor, userDir: string) => void | Promise<void>,
): void {
  let editor: Editor | undefined;
  let browser: Browser | undefined;
  let userDir: ReturnType<typeof makeUserDir> | undefined;
  let nodeRed: RunningNodeRed | undefined;

  before(async function () {
    const chromium = findChromium();
    if (!chromium) {
      console.log('      skipped: no Chromium found; CHROMIUM_PATH may name one');
      return this.skip();
    }
    this.timeout(60_000);
    userDir = makeUserDir();
    if (flow) {
      const nodes = typeof flow === 'function' ? flow() : flow;
      writeFileSync(join(userDir.path, 'flows.json'), JSON.stringify(nodes));
    }
    prepare?.(userDir.path);
    nodeRed = await (settings ? startWithSettings(userDir.path, settings) : startNodeRed(userDir.path));
    browser = await launch(chromium);
    editor = await Editor.open(browser, nodeRed.url, enter);
    await opened(editor, userDir.path);
  });

  afterEach(() => assert.deepEqual(editor?.problems.splice(0) ?? [], []));

  after(async () => {
    await browser?.close();
    const end = await nodeRed?.stop();
    userDir?.remove();
    if (end) assert.equal(end.exitCode, 0);
  });
}
