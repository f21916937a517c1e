import type { Page } from 'playwright-core';
import { Editor } from './browser';
import { contrast } from './contrast';

export interface DrawnCandle {
  /** Open time, open, high, low, close, volume. */
  values: (number | null)[];
  open: number;
  high: number;
  low: number;
  close: number;
  closed: boolean;
  up: boolean;
  /** In pixels, downwards. */
  shape: { x: number; high: number; top: number; bottom: number; low: number };
}

/** The page of the example with candles on a dashboard. */
export class DashboardPage {
  readonly page: Page;
  readonly #watched: Editor;

  private constructor(page: Page) {
    this.page = page;
    this.#watched = new Editor(page);
  }

  static async open(page: Page, url: string): Promise<DashboardPage> {
    const opened = new DashboardPage(page);
    await page.goto(url);
    await opened.ready();
    return opened;
  }

  get problems(): string[] {
    return this.#watched.problems;
  }

  /** Many candles are drawn, and a value of the RSI with each. */
  async ready(): Promise<void> {
    await this.until(`document.querySelectorAll('.lt-candle').length >= 30 &&
      /=\\d/.test(document.querySelector('.lt-rsi').dataset.rsi.split(',').at(-2))`);
  }

  async until(condition: string): Promise<void> {
    await this.page.waitForFunction(condition);
  }

  /** Waits for a closed candle that opened later. */
  closedAfter(time: number): Promise<void> {
    return this.until(`[...document.querySelectorAll('.lt-candle[data-closed="true"]')].some((one) =>
      Number(one.dataset.candle.split(',')[0]) > ${time})`);
  }

  async candles(): Promise<DrawnCandle[]> {
    const drawn: { data: string; closed: string; up: boolean; d: string }[] = await this.page.evaluate(
      `[...document.querySelectorAll('.lt-candle')].map((one) => ({
        data: one.dataset.candle, closed: one.dataset.closed, up: one.classList.contains('up'), d: one.getAttribute('d') }))`,
    );
    return drawn.map(({ data, closed, up, d }) => {
      const values = data.split(',').map((text) => (text === '' ? null : Number(text)));
      const [, open, high, low, close] = values as number[] as [number, number, number, number, number];
      const wick = /^M([\d.]+) ([\d.]+)V([\d.]+)M.*ZM\1 ([\d.]+)V([\d.]+)$/.exec(d);
      if (!wick) throw new Error(`This is no candle: ${d}`);
      const [x, top, bodyTop, bodyBottom, bottom] = wick.slice(1).map(Number) as [
        number,
        number,
        number,
        number,
        number,
      ];
      const shape = { x, high: top, top: bodyTop, bottom: bodyBottom, low: bottom };
      return { values, open, high, low, close, closed: closed === 'true', up, shape };
    });
  }

  /** By open time. */
  async rsi(): Promise<Map<number, number | null>> {
    const data: string = await this.page.evaluate(`document.querySelector('.lt-rsi').dataset.rsi`);
    const pairs = data.split(',').map((pair) => pair.split('='));
    return new Map(pairs.map(([time, value]) => [Number(time), value ? Number(value) : null]));
  }

  contrast(selector: string): Promise<number> {
    return contrast(this.page, selector);
  }

  screenshot(name: string): Promise<void> {
    return this.#watched.screenshot(name);
  }
}
