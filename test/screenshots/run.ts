// Makes pictures of all that users see, in screenshots/: in every language, and in the dark theme where NODE_RED_DIR names a
// Node-RED 5. The pictures of the README are renewed by `npm run screenshots -- --readme`.
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { Editor, findChromium, launch } from '../editor/browser';
import { makeUserDir, type RunningNodeRed, startNodeRed } from '../editor/node-red';
import { REFERENCE, TRANSLATIONS, TYPES } from '../texts/palette';
import { FORMS, galleryFlow, idOf } from './gallery';
import { shrinkPng } from './png';

const ROOT = resolve(__dirname, '../..');
const OUT = join(ROOT, 'screenshots');
const LARGEST = 60_000;
const SIZE = { width: 1440, height: 720 };
/** For a form that is to be read in the README. */
const SMALL = { width: 1280, height: 740 };
/** High enough for the longest form, and the longest help. */
const HIGH = { width: 1440, height: 1000 };
const HIGHEST = { width: 1440, height: 6000 };
/** Of a text that is too long for one picture, how high each is. */
const PIECE = 600;
/** Puts the help on a page of its own, over everything else. */
const WHOLE_HELP = `
  :not(.red-ui-help) > .red-ui-help { position: fixed; inset: 0 auto auto 0; width: 900px; height: auto; padding: 10px; z-index: 1000;
    background: var(--red-ui-primary-background); }`;
/** Pictures of the README, in .github. */
const README = ['first-candle', 'symbol-search', 'dashboard'];

/** A way of looking at everything. The name stands behind that of each picture. */
interface Look {
  name: string;
  locale: string;
  dark: boolean;
}

const version = process.env.NODE_RED_DIR ? require(join(process.env.NODE_RED_DIR, 'package.json')).version : '4';
const LOOKS: Look[] = [
  { name: '', locale: REFERENCE, dark: false },
  ...(Number.parseInt(version, 10) >= 5 ? [{ name: '-dark', locale: REFERENCE, dark: true }] : []),
  ...TRANSLATIONS.map((locale) => ({ name: `-${locale}`, locale, dark: false })),
];

function keep(name: string, picture: Buffer): void {
  const shot = shrinkPng(picture, LARGEST);
  writeFileSync(join(OUT, `${name}.png`), shot);
  console.log(`${name}.png  ${Math.ceil(shot.length / 1000)} kB${shot.length > LARGEST ? '  too large' : ''}`);
  if (shot.length > LARGEST) process.exitCode = 1;
}

const STILL = { animations: 'disabled', caret: 'hide' } as const;
async function save(name: string, what: Page | Locator): Promise<void> {
  const page = 'page' in what ? what.page() : what;
  await page.mouse.move(0, 0); // what it hovers over looks different
  keep(name, await what.screenshot(STILL));
}

/** Takes what is too long for one picture in several. */
async function saveInPieces(name: string, what: Locator): Promise<void> {
  const box = await what.boundingBox();
  if (!box) throw new Error(`There is nothing to be seen for ${name}.`);
  for (let top = 0; top < box.height; top += PIECE) {
    const clip = { ...box, y: box.y + top, height: Math.min(PIECE, box.height - top) };
    keep(`${name}-${top / PIECE + 1}`, await what.page().screenshot({ ...STILL, clip }));
  }
}

async function open(browser: Browser, url: string, { locale, dark }: Look): Promise<Editor> {
  const editor = await Editor.open(browser, url, undefined, { viewport: SIZE, locale });
  if (dark) {
    await editor.page.evaluate(`RED.settings.setLocal('view-dark-theme', 'dark')`);
    await editor.goto(url);
    await editor.page.locator('html.nr-theme-dark').waitFor({ state: 'attached' });
  }
  return editor;
}

async function close(editor: Editor): Promise<void> {
  await editor.page.context().close();
  if (editor.problems.length > 0) throw new Error(editor.problems.join('\n'));
}

/** What `npm start` shows: the first flow with its alerts. */
async function firstCandle(browser: Browser, url: string, look: Look): Promise<void> {
  const editor = await open(browser, url, look);
  const { page } = editor;
  await page.evaluate(`RED.sidebar.show('debug')`);
  for (const symbol of ['BTCUSDT', 'ETHUSDT', 'SOLUSDT']) {
    await page
      .locator('.red-ui-debug-msg', { hasText: `${symbol} closed at` })
      .first()
      .waitFor();
  }
  const [candles = ''] = await editor.ids('tv-ohlc');
  await editor.status(candles).filter({ hasText: '3/3' }).waitFor();
  await save(`first-candle${look.name}`, page);
  await close(editor);
}

/** The page of the dashboard's example, where that is served. It is dark where the device is. */
async function dashboard(browser: Browser, url: string, { name, locale, dark }: Look): Promise<void> {
  const colorScheme = dark ? 'dark' : 'light';
  const context = await browser.newContext({ viewport: SIZE, locale, colorScheme });
  try {
    const page = await context.newPage();
    const answer = await page.goto(`${url}dashboard/candles`);
    if (!answer?.ok()) return console.log('no dashboard is served here');
    await page.locator('.lt-candle').first().waitFor();
    await page.getByText('ETHUSDT').first().waitFor();
    await save(`dashboard${name}`, page);
  } finally {
    await context.close();
  }
}

/** The tray in front, without the canvas behind it. */
const form = (page: Page) => page.locator('.red-ui-tray').last();

async function forms(editor: Editor, { name }: Look): Promise<void> {
  const { page } = editor;
  await page.setViewportSize(HIGH);
  for (const node of FORMS) {
    await editor.edit(idOf(node));
    await save(`form-${node}${name}`, form(page));
    await editor.end('node-dialog-cancel');
  }
  await editor.edit(idOf('candles'));
  await editor.editConnection('edit');
  await page.locator('#livetick-life-line').filter({ hasText: /\S/ }).waitFor();
  await save(`form-connection${name}`, form(page));
  await editor.chooseMarket('live');
  await save(`form-connection-live${name}`, form(page));
  await editor.end('node-config-dialog-cancel');
  await editor.end('node-dialog-cancel');
  await page.setViewportSize(SIZE);
}

/** A symbol that is found by its name. */
async function symbolSearch(editor: Editor, { name }: Look): Promise<void> {
  const { page } = editor;
  await page.setViewportSize(SMALL);
  await editor.edit(idOf('candles'));
  await page.locator('#node-input-symbols-list input').last().press('Enter');
  await page.keyboard.type('bitcoin');
  await page.locator('.livetick-found:popover-open li').first().waitFor();
  await save(`symbol-search${name}`, form(page));
  await page.keyboard.press('Escape');
  await editor.end('node-dialog-cancel');
  await page.setViewportSize(SIZE);
}

/** The help beside the canvas, and then the whole of each text, on a page of its own. */
async function help(editor: Editor, { name }: Look): Promise<void> {
  const { page } = editor;
  const show = async (type: string) => {
    await page.evaluate(`RED.sidebar.help.show('${type}')`);
    const title = page.locator('.red-ui-help-title', { hasText: new RegExp(type.replace('-', '.')) });
    await title.waitFor();
    return title.locator('xpath=..');
  };
  await show('tv-ohlc');
  await save(`help${name}`, page.locator('#red-ui-sidebar'));
  await page.addStyleTag({ content: WHOLE_HELP });
  await page.setViewportSize(HIGHEST);
  for (const type of TYPES) await saveInPieces(`help-${type}${name}`, await show(type));
}

async function examples(editor: Editor, { name }: Look): Promise<void> {
  const { page } = editor;
  await page.evaluate(`RED.actions.invoke('core:show-examples-import-dialog')`);
  const dialog = page.locator('.ui-dialog', { has: page.locator('#red-ui-clipboard-dialog-import-tab-examples') });
  const palette = dialog.getByText('@livetick/node-red-market-data');
  await palette.waitFor();
  await palette.click();
  await dialog.getByText('first-candle').waitFor();
  await save(`examples${name}`, dialog);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
}

/** One node of each type: the canvas, the forms, the help, the examples. */
async function gallery(browser: Browser, url: string, look: Look): Promise<void> {
  const editor = await open(browser, url, look);
  await editor.page.evaluate(`RED.sidebar.show('info')`);
  const live = editor.node(idOf('candles')).locator('.red-ui-flow-node-status-label', { hasText: '3/3' });
  await live.waitFor();
  await editor.node(idOf('refused')).locator('.red-ui-flow-node-status-label').filter({ hasText: /\S/ }).waitFor();
  await save(`all-nodes${look.name}`, editor.page);
  await symbolSearch(editor, look); // first, for the editor keeps the width of a form
  await forms(editor, look);
  await examples(editor, look);
  await help(editor, look);
  await close(editor);
}

/** Runs a Node-RED with a flow, or with that of `npm start`, for as long as it takes. */
async function withNodeRed(flow: object[] | undefined, use: (nodeRed: RunningNodeRed) => Promise<void>): Promise<void> {
  const userDir = makeUserDir();
  if (flow) writeFileSync(join(userDir.path, 'flows.json'), JSON.stringify(flow));
  const nodeRed = await startNodeRed(userDir.path);
  try {
    await use(nodeRed);
  } finally {
    await nodeRed.stop();
    userDir.remove();
  }
}

async function main(): Promise<void> {
  const chromium = findChromium();
  if (!chromium) throw new Error('No Chromium found; CHROMIUM_PATH may name one.');
  mkdirSync(OUT, { recursive: true });
  const browser = await launch(chromium);
  try {
    await withNodeRed(undefined, async ({ url }) => {
      for (const look of LOOKS) await firstCandle(browser, url, look);
      for (const look of LOOKS.filter(({ dark }) => !dark)) await dashboard(browser, url, look);
      await dashboard(browser, url, { name: '-dark', locale: REFERENCE, dark: true });
    });
    await withNodeRed(galleryFlow(), async ({ url }) => {
      for (const look of LOOKS) await gallery(browser, url, look);
    });
  } finally {
    await browser.close();
  }
  if (!process.argv.includes('--readme')) return;
  for (const name of README.filter((picture) => existsSync(join(OUT, `${picture}.png`)))) {
    copyFileSync(join(OUT, `${name}.png`), join(ROOT, `.github/${name}.png`));
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
