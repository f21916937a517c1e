import type { Locator } from 'playwright-core';

/** What runs in the page, given as text, for the compiler knows nothing of documents. */
const inPage = <Result>(parameter: string, body: string) =>
  new Function(parameter, body) as (element: unknown) => Result;

/** Roles of what a person can work with. */
const CONTROLS =
  /^\s*- (textbox|combobox|button|link|checkbox|radio|radiogroup|listbox|list|spinbutton|slider)(?! "[^"]*[^\s\uE000-\uF8FF"])\b.*/; // a mere icon is no name

/** What a screen reader would announce without a name. */
export async function nameless(form: Locator): Promise<string[]> {
  return (await form.ariaSnapshot()).split('\n').filter((line) => CONTROLS.test(line));
}

/** Labels for something that is not there, and references to what is not. */
export function dangling(form: Locator): Promise<string[]> {
  return form.evaluate(
    inPage<string[]>(
      'form',
      `
    const missing = [];
    const look = (element, attribute) => {
      const ids = (element.getAttribute(attribute) ?? '').split(' ').filter(Boolean);
      for (const id of ids) if (!document.getElementById(id)) missing.push(attribute + '=' + id);
    };
    for (const attribute of ['for', 'aria-labelledby', 'aria-describedby', 'aria-controls', 'aria-activedescendant'])
      for (const element of form.querySelectorAll('[' + attribute + ']')) look(element, attribute);
    return missing;`,
    ),
  );
}

/** Tells elements of a form apart. */
const NAME = `(e) => [e.nodeName.toLowerCase(), e.id && '#' + e.id, e.className && '.' + e.classList[0], e.value].filter(Boolean).join('')`;

/** What the Tab key must come to, in this order. Of radio buttons only the chosen one. */
export function reachable(form: Locator): Promise<string[]> {
  return form.evaluate(
    inPage<string[]>(
      'form',
      `return [...form.querySelectorAll('input, select, textarea, button, a, [role="button"]')]
    .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && e.type !== 'hidden')
    .filter((e) => e.type !== 'radio' || e.checked)
    .map(${NAME})`,
    ),
  );
}

/** What it does come to, from the beginning of the form until it leaves it. */
export async function reached(form: Locator): Promise<string[]> {
  const keyboard = form.page().keyboard;
  const focused: string[] = [];
  await form.evaluate(inPage('form', 'form.tabIndex = -1; form.focus(); form.removeAttribute("tabindex");'));
  for (let presses = 0; presses < 100; presses++) {
    await keyboard.press('Tab');
    const name = await form.evaluate(
      inPage<string | null>(
        'form',
        `return form.contains(document.activeElement) ? (${NAME})(document.activeElement) : null`,
      ),
    );
    if (name === null) return focused;
    focused.push(name);
  }
  throw new Error(`The Tab key stays in the form: ${focused.slice(-5).join(', ')}`);
}

/** Texts that stand out too little from what is behind them: less than 4.5 to 1 (WCAG 2.2, 1.4.3). */
export function faint(root: Locator): Promise<string[]> {
  return root.evaluate(
    inPage<string[]>(
      'root',
      `
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const rgba = (color) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const over = (top, below) => top.slice(0, 3).map((c, n) => c * top[3] / 255 + below[n] * (1 - top[3] / 255));
    const behind = (element) => {
      const [r, g, b, a] = rgba(getComputedStyle(element).backgroundColor);
      if (a === 255) return [r, g, b];
      return over([r, g, b, a], element.parentElement ? behind(element.parentElement) : [255, 255, 255]);
    };
    const linear = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
    const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    const found = [];
    for (const element of root.querySelectorAll('*')) {
      const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      const isField = /^(input|select|textarea)$/i.test(element.nodeName) && element.type !== 'hidden';
      if (!(own || isField) || element.nodeName === 'OPTION' || !element.checkVisibility()) continue;
      const background = behind(element);
      const ground = luminance(background);
      const text = luminance(over(rgba(getComputedStyle(element).color), background));
      const ratio = (Math.max(ground, text) + 0.05) / (Math.min(ground, text) + 0.05);
      if (ratio < 4.5) found.push(ratio.toFixed(2) + ': ' + (element.textContent.trim() || element.id).slice(0, 60));
    }
    return found;`,
    ),
  );
}

/** Texts that stick out of a form on its right. */
export function cutOff(form: Locator): Promise<string[]> {
  const body = `
    const edge = form.getBoundingClientRect().right + 1;
    return [...form.querySelectorAll('*')]
      .filter((e) => e.checkVisibility() && !e.closest('.livetick-heard') && e.getBoundingClientRect().right > edge)
      .map((e) => e.textContent.trim())
      .filter(Boolean);`;
  return form.evaluate(inPage<string[]>('form', body));
}

/** What is said about a field: the texts that describe it. */
export function description(field: Locator): Promise<string> {
  return field.evaluate(
    inPage<string>(
      'field',
      `return (field.getAttribute('aria-describedby') ?? '').split(' ')
    .map((id) => document.getElementById(id)).filter((e) => e?.checkVisibility()).map((e) => e.textContent).join(' ')`,
    ),
  );
}
