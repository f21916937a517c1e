import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';

/** Where Chromium is on this machine; undefined when there is none. CHROMIUM_PATH names one that is elsewhere. */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH ? [process.env.CHROMIUM_PATH] : [];
  const directories = (process.env.PATH ?? '').split(delimiter);
  const onPath = directories.flatMap((path) => [join(path, 'google-chrome'), join(path, 'google-chrome-stable')]);
  return [...named, '/usr/bin/chromium', '/usr/bin/chromium-browser', ...onPath].find((path) => existsSync(path));
}

export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Counts, in the page, what its mouse and its keyboard really did. */
const COUNT_EFFORT = `
  window.effort = { presses: 0, keys: 0 };
  addEventListener('pointerdown', ({ isTrusted }) => { effort.presses += isTrusted; }, true);
  addEventListener('keydown', ({ isTrusted }) => { effort.keys += isTrusted; }, true);
`;

const isOutside = (url: string) => {
  const { protocol, hostname } = new URL(url);
  return /^(http|ws)/.test(protocol) && hostname !== '127.0.0.1';
};

/** A page of the Node-RED editor. */
export class Editor {
  readonly page: Page;
  /** Whatever must not happen: errors of the page or its console, failed requests, requests to other machines. */
  readonly problems: string[] = [];
  /** Where its Node-RED is. */
  url = '';

  constructor(page: Page) {
    this.page = page;
    const note = (what: string, of: string) => this.problems.push(`${what}: ${of}`);
    page.on('pageerror', ({ message }) => note('page error', message));
    page.on('console', (message) => {
      // A refused request is noted below, by its address.
      const known = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !known) note('console error', message.text());
    });
    page.on('request', (request) => {
      if (isOutside(request.url())) note('request off the machine', request.url());
    });
    page.on('websocket', (socket) => {
      if (isOutside(socket.url())) note('request off the machine', socket.url());
    });
    page.on('response', (response) => {
      if (response.status() >= 400) note(`answer ${response.status()}`, response.url());
    });
    page.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? '';
      if (why !== 'net::ERR_ABORTED') note(`request failed, ${why}`, request.url()); // aborted by the page itself
    });
  }

  /**
   * @param enter what a person does before the editor shows
   * @param look how the browser shows it: the language, the size of the window
   */
  static async open(
    browser: Browser,
    url: string,
    enter?: (page: Page) => Promise<void>,
    look: BrowserContextOptions = {},
  ): Promise<Editor> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...look });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(url).origin });
    await context.addInitScript(COUNT_EFFORT);
    const editor = new Editor(await context.newPage());
    await editor.goto(url, enter);
    return editor;
  }

  async goto(url: string, enter?: (page: Page) => Promise<void>): Promise<void> {
    this.url = url;
    await this.page.goto(url);
    await enter?.(this.page);
    await this.palette('tv-ohlc').waitFor();
    await this.page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' });
  }

  /** Shows what Node-RED has stored. */
  reload(): Promise<void> {
    return this.goto(this.url);
  }

  /** How often the mouse was pressed since the page was loaded, for a click (twice for a double-click) or to drag; and keys. */
  effort(): Promise<{ presses: number; keys: number }> {
    return this.page.evaluate('effort');
  }

  palette(type: string) {
    return this.page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
  }

  /** The node's group on the canvas. Ids may begin with a digit, so `#id` would be no selector. */
  node(id: string) {
    return this.page.locator(`#red-ui-workspace-chart g[id="${id}"]`);
  }

  status(id: string) {
    return this.node(id).locator('.red-ui-flow-node-status-label');
  }

  ids(type: string): Promise<string[]> {
    return this.page.evaluate(`RED.nodes.filterNodes({ type: '${type}' }).map((node) => node.id)`);
  }

  /** Drags a node from the palette to a place on the canvas. @returns its id */
  async drag(type: string, x: number, y: number): Promise<string> {
    const canvas = await this.#box('#red-ui-workspace-chart');
    return this.#drag(type, canvas.x + x, canvas.y + y);
  }

  /** Drags a node from the palette into the only wire. @returns its id */
  async dragIntoWire(type: string): Promise<string> {
    const wire = await this.#box('.red-ui-flow-link-line');
    const spliced = this.page.locator('.red-ui-flow-link-splice');
    return this.#drag(type, wire.x + wire.width / 2, wire.y + wire.height / 2, () => spliced.waitFor());
  }

  async #drag(type: string, x: number, y: number, ready?: () => Promise<void>): Promise<string> {
    const before = await this.ids(type);
    await this.palette(type).scrollIntoViewIfNeeded();
    await this.palette(type).hover();
    await this.page.mouse.down();
    await this.page.mouse.move(x, y, { steps: 10 });
    await ready?.();
    await this.page.mouse.up();
    const [id] = (await this.ids(type)).filter((known) => !before.includes(known));
    if (!id) throw new Error(`No ${type} node appeared on the canvas.`);
    return id;
  }

  /** Draws a wire with the mouse. @param output counted from 0 */
  async wire(from: string, output: number, to: string): Promise<void> {
    await this.node(from).locator('.red-ui-flow-port-output .red-ui-flow-port').nth(output).hover();
    await this.page.mouse.down();
    await this.node(to).locator('.red-ui-flow-port-input .red-ui-flow-port').hover();
    await this.page.mouse.up();
  }

  async edit(id: string): Promise<void> {
    await this.node(id).locator('.red-ui-flow-node').first().dblclick();
    await this.#opened('node-dialog-ok');
  }

  /** By keyboard. */
  async editSelected(): Promise<void> {
    await this.page.keyboard.press('Enter');
    await this.#opened('node-dialog-ok');
  }

  /** Opens the dialog of a new connection, or of the chosen one. */
  async editConnection(which: 'add' | 'edit'): Promise<void> {
    await this.page.locator(`#node-input-btn-connection-${which}`).click();
    await this.#opened('node-config-dialog-ok');
  }

  /** In the dialog of a connection. */
  async chooseMarket(market: 'live' | 'practice' | 'custom' | 'variable'): Promise<void> {
    await this.page.locator(`input[name="livetick-market"][value="${market}"]`).check();
  }

  /** A dialog slides in and then takes the focus, away from whoever types too early. */
  async #opened(button: string): Promise<void> {
    await this.page
      .locator('.red-ui-tray', { has: this.page.locator(`#${button}`) })
      .locator(':focus')
      .waitFor({ state: 'attached' });
    await this.page.locator(`#${button}`).hover(); // waits until it stands still
  }

  /** Ends the dialog in front. */
  async end(button: 'node-dialog-ok' | 'node-dialog-cancel' | 'node-config-dialog-ok' | 'node-config-dialog-cancel') {
    await this.page.locator(`#${button}`).click();
    await this.page.locator(`#${button}`).waitFor({ state: 'detached' });
  }

  /** Goes on with the Tab key until a field has the focus. */
  async tabTo(field: Locator): Promise<void> {
    await this.page.locator(':focus').waitFor({ state: 'attached' });
    const isThere = () => field.evaluate((element) => element === element.ownerDocument.activeElement);
    for (let presses = 0; !(await isThere()); presses++) {
      if (presses > 60) throw new Error(`The Tab key never came to ${field}.`);
      await this.page.keyboard.press('Tab');
    }
  }

  async paste(text: string): Promise<void> {
    await this.page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
    await this.page.keyboard.press('ControlOrMeta+V');
  }

  async deploy(): Promise<void> {
    const deployed = this.page.waitForResponse((response) => response.request().method() === 'POST' && response.ok());
    await this.page.locator('#red-ui-header-button-deploy').click();
    await deployed;
  }

  /** Values of a list's rows. */
  rows(): Promise<string[]> {
    return this.page.evaluate(`$('#node-input-symbols-list input').toArray().map((input) => input.value)`);
  }

  /** Keeps a picture in the directory that SCREENSHOTS names, if it is set. */
  async screenshot(name: string): Promise<void> {
    const directory = process.env.SCREENSHOTS;
    if (directory) await this.page.screenshot({ path: join(directory, `${name}.png`) });
  }

  async #box(selector: string) {
    const box = await this.page.locator(selector).boundingBox();
    if (!box) throw new Error(`${selector} is not to be seen.`);
    return box;
  }
}
