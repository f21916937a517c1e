import type { Page } from 'playwright-core';
import { Editor } from './browser';

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

  /** How far the paler colour of the first such element stands out from what lies behind it, as WCAG counts. */
  contrast(selector: string): Promise<number> {
    return this.page.evaluate(`(async () => {
      const passing = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime !== Infinity);
      await Promise.allSettled(passing.map((one) => one.finished));
      const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
      // Colours lie over one another: the last one may be translucent.
      const seen = (colors) => {
        canvas.clearRect(0, 0, 1, 1);
        for (const color of colors) { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); }
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
      };
      const light = (rgb) => {
        const [r, g, b] = rgb.map((part) => part / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const element = document.querySelector(${JSON.stringify(selector)});
      const behind = [];
      for (let one = element; one; one = one.parentElement) behind.unshift(getComputedStyle(one).backgroundColor);
      const tag = element.matches('.lt-tag text') && element.previousElementSibling;
      if (tag) behind.push(getComputedStyle(tag).fill);
      const style = getComputedStyle(element);
      const color = element.matches('path') ? style.stroke : element.matches('text') ? style.fill : style.color;
      const [a, b] = [light(seen([...behind, color])), light(seen(behind))].sort((one, other) => other - one);
      return (a + 0.05) / (b + 0.05);
    })()`);
  }

  screenshot(name: string): Promise<void> {
    return this.#watched.screenshot(name);
  }
}
