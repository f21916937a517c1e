import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { DASHBOARD_PAGE, dashboardFlow, inject } from '../support/dashboard';
import { rsi } from '../support/indicator-truth';
import { PracticeProcess } from '../support/practice-process';
import { findChromium, launch } from './browser';
import { DashboardPage, type DrawnCandle } from './dashboard-page';
import { makeUserDir, type RunningNodeRed, restartNodeRed, startNodeRed } from './node-red';

const BTC = 'BINANCE:BTCUSDT';
const EVIL = `<img src=x onerror="document.title='evil'">`;
const KEEP = 'f1a5eda5b0a4d014';
const ROWS = 'f1a5eda5b0a4d018';
const FLAT = { open: 1.5, high: 1.5, low: 1.5, close: 1.5, volume: null, closed: true };

/** Needs a Chromium on the machine; without one these tests are skipped. */
describe('the dashboard', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let market: PracticeProcess;
  let userDir: ReturnType<typeof makeUserDir>;
  let nodeRed: RunningNodeRed;
  let dashboard: DashboardPage;

  before(async function () {
    const chromium = findChromium();
    if (!chromium) {
      console.log('      skipped: no Chromium found; CHROMIUM_PATH may name one');
      return this.skip();
    }
    market = await PracticeProcess.start();
    userDir = makeUserDir();
    const strange = {
      event: 'history',
      symbol: EVIL,
      timeframe: '5s',
      payload: [0, 1, 2, 10, 11].map((second) => ({ timestamp: second * 1000, ...FLAT })),
    };
    const flow = [
      ...dashboardFlow(market),
      inject('strange-candles', strange, KEEP),
      inject('strange-gap', { event: 'gap', symbol: EVIL, payload: { from: 3_000, to: 10_000 } }, KEEP),
      inject('strange-quote', { event: 'quote', symbol: EVIL, payload: { price: null, currency: EVIL } }, ROWS),
    ];
    writeFileSync(join(userDir.path, 'flows.json'), JSON.stringify(flow));
    nodeRed = await startNodeRed(userDir.path);
    browser = await launch(chromium);
    dashboard = await open();
  });

  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
    await market?.end();
    userDir?.remove();
  });

  afterEach(() => assert.deepEqual(dashboard?.problems ?? [], []));

  async function open(options: BrowserContextOptions = {}): Promise<DashboardPage> {
    assert.ok(browser);
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    return DashboardPage.open(await context.newPage(), nodeRed.url + DASHBOARD_PAGE);
  }

  /** What is drawn of candles that have closed is what the market knows. */
  async function assertTrue(drawn: readonly DrawnCandle[]): Promise<void> {
    const closed = drawn.filter((one) => one.closed).map(({ values }) => values);
    const [first, last] = [closed[0]?.[0] ?? 0, closed.at(-1)?.[0] ?? 0];
    const truth = await market.candles(BTC, '5s', first, last + 1);
    assert.deepEqual(
      closed,
      truth.map(({ time, open, high, low, close, volume }) => [time, open, high, low, close, volume]),
    );
  }

  it('draws the candles as they were', async () => {
    const drawn = await dashboard.candles();
    assert.ok(drawn.length > 100, `${drawn.length} candles`);
    await assertTrue(drawn);

    const [top, bottom] = [Math.max(...drawn.map(({ high }) => high)), Math.min(...drawn.map(({ low }) => low))];
    const [highest, lowest] = [drawn.find(({ high }) => high === top), drawn.find(({ low }) => low === bottom)];
    assert.ok(highest && lowest);
    const scale = (lowest.shape.low - highest.shape.high) / (top - bottom);
    const y = (price: number) => highest.shape.high + (top - price) * scale;
    assert.ok(scale > 0);
    drawn.forEach(({ open, high, low, close, up, shape }, n) => {
      assert.equal(up, close >= open);
      const parts = [
        [shape.high, y(high), 0.2],
        [shape.low, y(low), 0.2],
        [shape.top, y(Math.max(open, close)), 1.2],
        [shape.bottom, y(Math.min(open, close)), 1.2],
      ] as const;
      for (const [seen, right, tolerance] of parts) assert.ok(Math.abs(seen - right) <= tolerance, `${seen} ${right}`);
      if (n) assert.ok(shape.x > (drawn[n - 1] as DrawnCandle).shape.x);
    });
  });

  it('draws the RSI below, as it was', async () => {
    const drawn = [...(await dashboard.rsi())].slice(0, -1);
    assert.ok(drawn.length > 100);
    const [first, last] = [drawn[0]?.[0] ?? 0, drawn.at(-1)?.[0] ?? 0];
    const candles = await market.candles(BTC, '5s', first - 3_000_000, last + 1);
    const truth = rsi(candles.map(({ close }) => close)).slice(-drawn.length);
    drawn.forEach(([, value], n) => {
      assert.ok(value !== null && Math.abs(value - (truth[n] ?? Number.NaN)) < 1e-6, `${value} ${truth[n]}`);
    });
  });

  it('moves the forming candle in place, and goes on with the next one when it has closed', async () => {
    const { page } = dashboard;
    await page.evaluate(`window.drawing = document.querySelector('.lt-chart svg')`);
    // The element of one candle is drawn again and again while it forms, and still there when it has closed.
    await page.evaluate(`new Promise((done) => {
      let element, shapes;
      const look = () => {
        const forming = document.querySelector('.lt-candle[data-closed="false"]');
        if (forming && forming !== element) [element, shapes] = [forming, new Set()];
        if (element) shapes.add(element.getAttribute('data-candle'));
        if (element?.isConnected && shapes.size > 1 && element.getAttribute('data-closed') === 'true') done();
        else requestAnimationFrame(look);
      };
      look();
    })`);
    await dashboard.closedAfter(Number((await dashboard.candles()).at(-1)?.values[0]));
    await assertTrue(await dashboard.candles());
    assert.equal(await page.evaluate(`window.drawing === document.querySelector('.lt-chart svg')`), true);
  });

  it('shows the last price of each symbol, with the change in signs', async () => {
    const { page } = dashboard;
    const price = `document.querySelector('[data-symbol="${BTC}"]')?.dataset.price`;
    await dashboard.until(`document.querySelectorAll('[data-symbol][data-price]').length === 4`);
    const before = await page.evaluate(price);
    await dashboard.until(`${price} !== '${before}'`);
    const rows: { data: DOMStringMapLike; text: string }[] = await page.evaluate(
      `[...document.querySelectorAll('[data-symbol]')].map((row) => ({ data: { ...row.dataset }, text: row.innerText }))`,
    );
    assert.deepEqual(
      rows.map(({ data }) => data.symbol),
      [BTC, 'BINANCE:ETHUSDT', 'BINANCE:SOLUSDT', 'FX:EURUSD'],
    );
    for (const { data, text } of rows) {
      const digits = data.symbol === 'FX:EURUSD' ? 5 : 2;
      const shown = Number(data.price).toLocaleString('en-US', { minimumFractionDigits: digits });
      assert.ok(text.includes(shown), `${shown} in ${text}`);
      const change = Number(data.change);
      assert.match(text, change > 0 ? /▲ \+/ : change < 0 ? /▼ −/ : /\s0\.00 %/);
    }
  });

  it('reconnects, says so, and the candles go on without a hole', async () => {
    const { page } = dashboard;
    const state = `document.querySelector('.nrdb-ui-text-value').innerText`;
    await dashboard.until(`${state} === 'Live'`);
    await page.evaluate(`{
      window.states = [];
      const note = () => window.states.at(-1) !== ${state} && window.states.push(${state});
      new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });
    }`);
    await page.getByRole('button', { name: 'Reconnect' }).click();
    await dashboard.until(`window.states.some((one) => one === 'Connecting' || one === 'Loading')`);
    await dashboard.until(`window.states.at(-1) === 'Live'`);
    const last = (await dashboard.candles()).at(-1)?.values[0];
    await dashboard.closedAfter(Number(last));
    await assertTrue(await dashboard.candles());
  });

  it('is complete at once on a second screen and after a reload, with the symbol chosen there', async () => {
    const second = await open({ timezoneId: 'Asia/Seoul', locale: 'de-DE' });
    await second.page.getByRole('button', { name: 'EURUSD' }).click();
    await second.until(`document.querySelector('.lt-name').innerText.includes('FX:EURUSD')`);
    assert.ok((await second.candles()).length > 100);
    assert.match(await second.page.locator('.lt-axis').innerHTML(), /\d,\d{5}</, 'five digits, after a German comma');
    assert.equal(await second.page.getByText('Volume', { exact: true }).count(), 1, 'its value, but no pane for none');
    await second.page.reload();
    await second.ready();
    await second.until(`document.querySelector('.lt-name').innerText.includes('FX:EURUSD')`);
    assert.ok((await second.candles()).length > 100);
    assert.deepEqual(second.problems, []);
    await second.page.context().close();
    assert.equal((await dashboard.candles()).at(0)?.values.length, 6);
    assert.match(await dashboard.page.locator('.lt-name').innerText(), /BTCUSDT/, 'each screen has its own choice');
  });

  it('tells the values of the candle that is pointed at, with the keyboard too', async () => {
    const { page } = dashboard;
    const close = (values: readonly (number | null)[]) =>
      Number(values[4]).toLocaleString('en-US', { minimumFractionDigits: 2 });
    await page.locator('.lt-chart svg').hover({ position: { x: 300, y: 100 } });
    const pointedAt: string = await page.evaluate(`(() => {
      const x = /^M([\\d.]+)/.exec(document.querySelector('.lt-cross').getAttribute('d'))[1];
      const candle = [...document.querySelectorAll('.lt-candle')].find((one) => one.getAttribute('d').startsWith('M' + x + ' '));
      return candle.dataset.candle + '|' + document.querySelector('.lt-values').innerText;
    })()`);
    const [data = '', text = ''] = pointedAt.split('|');
    assert.ok(text.includes(close(data.split(',').map(Number))), pointedAt);
    await page.locator('.lt-chart svg').focus();
    await page.keyboard.press('Escape');
    await page.locator('.lt-cross').waitFor({ state: 'detached' });
    await page.keyboard.press('ArrowLeft');
    await page.locator('.lt-cross').waitFor({ state: 'attached' });
    await page.keyboard.press('Escape');
  });

  it('shows whatever a symbol is called as text, and a market in which nothing moves', async () => {
    for (const id of ['strange-candles', 'strange-gap', 'strange-quote']) {
      assert.equal((await fetch(`${nodeRed.url}inject/${id}`, { method: 'POST' })).status, 200);
    }
    const { page } = dashboard;
    await page.locator('.lt-symbols button', { hasText: '<img' }).click();
    await dashboard.until(`document.querySelectorAll('.lt-candle').length === 5`);
    await dashboard.until(`document.querySelector('.lt-prices').innerText.includes('<img')`);
    const drawing = await page.locator('.lt-chart').innerHTML();
    assert.doesNotMatch(drawing, /NaN|Infinity|undefined/);
    assert.match(drawing, /RSI warming up/);
    assert.equal(await page.locator('.lt-grid .gap').count(), 1);
    assert.equal(await page.locator('.lt-candles img, .lt-prices img').count(), 0);
    assert.notEqual(await page.title(), 'evil');
    await page.locator('.lt-symbols button', { hasText: 'BTCUSDT' }).click();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [device, width, height] of [
      ['tablet', 1280, 800],
      ['phone', 390, 844],
    ] as const) {
      it(`can be read on a ${device} that is set to ${colorScheme}`, async () => {
        const other = await open({ colorScheme, viewport: { width, height } });
        const { page } = other;
        await other.until(`document.querySelectorAll('[data-price]').length >= 4`);
        await other.until(`document.querySelector('.nrdb-ui-text-value').innerText === 'Live'`);
        assert.ok((await other.candles()).length >= (device === 'tablet' ? 110 : 30));
        assert.equal(await page.evaluate(`document.documentElement.scrollWidth <= ${width}`), true);
        assert.equal(await page.evaluate(`document.documentElement.scrollHeight <= ${height}`), device === 'tablet');
        for (const selector of [
          '.lt-symbols button',
          '.lt-values dt',
          '.lt-axis text',
          '.lt-tag text',
          '.lt-prices td.up, .lt-prices td.down',
          '.lt-prices small',
          '.nrdb-ui-text-value',
        ]) {
          const ratio = await other.contrast(selector);
          assert.ok(ratio >= 4.5, `${selector}: ${ratio}`);
        }
        for (const kind of ['up', 'down']) {
          const ratio = await other.contrast(`.lt-candle.${kind}`);
          assert.ok(ratio >= 3, `${kind}: ${ratio}`);
        }
        await other.screenshot(`dashboard-${device}-${colorScheme}`);
        assert.deepEqual(other.problems, []);
        await page.context().close();
      });
    }
  }

  it('comes back by itself when Node-RED has been restarted', async () => {
    nodeRed = await restartNodeRed(nodeRed, userDir.path);
    await dashboard.closedAfter(Date.now());
    const drawn = await dashboard.candles();
    assert.ok(drawn.length > 100);
    await assertTrue(drawn);
    // The browser tells of each try while the server was away.
    const others = dashboard.problems.filter(
      (one) => !/dashboard\/socket\.io\/|error: (Failed to load resource|SIO connect error)/.test(one),
    );
    assert.deepEqual(others, []);
    dashboard.problems.length = 0;
  });
});

type DOMStringMapLike = Record<string, string>;
