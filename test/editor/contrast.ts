import type { Page } from 'playwright-core';

/** How far the paler colour of the first such element stands out from what lies behind it, as WCAG counts. */
export function contrast(page: Page, selector: string): Promise<number> {
  return page.evaluate(`(async () => {
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
