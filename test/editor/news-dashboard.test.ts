import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { changed, type ExampleNode, injects } from '../support/examples';
import { FastNews } from '../support/fast-news';
import { HOSTILE_TITLES, INVISIBLE } from '../support/hostile-titles';
import { Editor, findChromium, launch } from './browser';
import { contrast } from './contrast';
import { makeUserDir, type RunningNodeRed, startNodeRed } from './node-red';

const EXAMPLE = resolve(__dirname, '../../examples/with-other-palettes/news-on-a-dashboard.json');
const HEBREW = 'ביטקוין עולה';

/** Needs a Chromium on the machine; without one these tests are skipped. */
describe('news on the dashboard', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let server: FastNews;
  let userDir: ReturnType<typeof makeUserDir>;
  let nodeRed: RunningNodeRed;
  let editor: Editor | undefined;
  let page: Page;

  before(async function () {
    const chromium = findChromium();
    if (!chromium) {
      console.log('      skipped: no Chromium found; CHROMIUM_PATH may name one');
      return this.skip();
    }
    server = await FastNews.open({ lasts: 86_400 });
    userDir = makeUserDir();
    const example: ExampleNode[] = JSON.parse(readFileSync(EXAMPLE, 'utf8'));
    const flow = changed(example, { 'news-connection': { server: 'custom', url: server.url } });
    const strange = [...HOSTILE_TITLES, HEBREW].map((title, n) => ({
      payload: {
        title,
        link: `https://example.com/${n}`,
        source: title,
        category: title,
        timestamp: null,
        breaking: n < 2,
      },
    }));
    const program = { payload: { ...strange[0]?.payload, title: 'A program', link: 'javascript:alert(1)//https://x' } };
    const buttons = injects(flow, 'articles', [
      { payload: [...strange, program].map(({ payload }) => ({ ...payload, timestamp: 0 })) },
    ]);
    const direct = injects(flow, 'keep the newest 50', strange).map((one) => ({ ...one, id: `own-${one.id}` }));
    writeFileSync(join(userDir.path, 'flows.json'), JSON.stringify([...flow, ...buttons, ...direct]));
    nodeRed = await startNodeRed(userDir.path);
    browser = await launch(chromium);
    page = await open();
    editor = new Editor(page);
  });

  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
    await server?.close();
    userDir?.remove();
  });

  afterEach(() => assert.deepEqual(editor?.problems ?? [], []));

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    assert.ok(browser);
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const opened = await context.newPage();
    await opened.goto(`${nodeRed.url}dashboard/news`);
    return opened;
  }

  const article = (text: string, on = page) => on.locator('.lt-news li', { hasText: text }).first();
  const press = async (id: string) =>
    assert.equal((await fetch(`${nodeRed.url}inject/${id}`, { method: 'POST' })).status, 200);

  it('shows articles as they come, breaking news with a mark, and the state of the connection', async () => {
    const { faults } = server.news;
    await page.locator('.nrdb-ui-text-value', { hasText: /^Live$/ }).waitFor();
    const given = { source: 'The Source', category: 'general' };
    const { link } = faults.publish({ ...given, title: 'An alarm', breaking: true });
    faults.publish({ ...given, title: 'No alarm', breaking: false });
    await article('No alarm').waitFor();
    await article('An alarm').getByText('Breaking', { exact: true }).waitFor();
    assert.equal(await article('No alarm').getByText('Breaking').count(), 0);
    assert.match(await article('An alarm').innerText(), /^Breaking An alarm\nThe Source · general · /);
    const anchor = article('An alarm').locator('a');
    assert.equal(await anchor.getAttribute('href'), link);
    assert.match((await anchor.getAttribute('rel')) ?? '', /noopener/);
    await page.locator('.lt-news li').nth(49).waitFor();
    faults.refuse();
    faults.drop();
    await page.locator('.nrdb-ui-text-value', { hasText: 'Waiting to retry' }).waitFor();
    assert.equal(await page.locator('.lt-news li').count(), 50);
  });

  it('is complete at once on a second screen', async () => {
    const second = await open({ locale: 'de-DE' });
    await second.locator('.lt-news li').nth(49).waitFor();
    await second.locator('.nrdb-ui-text-value', { hasText: 'Waiting to retry' }).waitFor();
    await second.context().close();
  });

  it('shows what strangers have written as text, and opens nothing but pages of the web', async () => {
    for (const n of [...HOSTILE_TITLES, HEBREW].keys()) await press(`own-inject-${n}`);
    for (const [n, title] of HOSTILE_TITLES.entries()) {
      const shown = page.locator(`[data-link="https://example.com/${n}"] a`);
      const text = title.replace(INVISIBLE, ' ').trim();
      await shown.waitFor();
      // The browser shows blanks in a row as one.
      assert.equal((await shown.textContent())?.replace(/^Breaking/, '').trim(), text);
    }
    const hebrew = article(HEBREW).locator('a');
    assert.equal(await hebrew.evaluate((element) => getComputedStyle(element).direction), 'rtl');
    // As they came, past the function that cleans them.
    await press('inject-0');
    const program = article('A program').locator('a');
    await program.waitFor();
    assert.equal(await program.getAttribute('href'), null);
    assert.equal(await page.locator('.lt-news :is(img, script, pre, code)').count(), 0);
    assert.notEqual(await page.title(), 'evil');
    await editor?.screenshot('news-dashboard-hostile');
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [device, width, height] of [
      ['tablet', 1280, 800],
      ['phone', 390, 844],
    ] as const) {
      it(`can be read on a ${device} that is set to ${colorScheme}`, async () => {
        const other = await open({ colorScheme, viewport: { width, height } });
        const problems = new Editor(other);
        await article('Breaking', other).waitFor();
        assert.equal(await other.evaluate(`document.documentElement.scrollWidth <= ${width}`), true);
        for (const selector of ['.lt-news a', '.lt-news b', '.lt-news small', '.nrdb-ui-text-value']) {
          const ratio = await contrast(other, selector);
          assert.ok(ratio >= 4.5, `${selector}: ${ratio}`);
        }
        await problems.screenshot(`news-dashboard-${device}-${colorScheme}`);
        assert.deepEqual(problems.problems, []);
        await other.context().close();
      });
    }
  }
});
