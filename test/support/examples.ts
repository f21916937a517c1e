import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** All examples, by the names that the Import menu's addresses have: `first-candle`, `folder/name`. */
export const EXAMPLES = readdirSync(join(ROOT, 'examples'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace(/\.json$/, '').replaceAll(sep, '/'))
  .sort();

/** Whose examples need nodes that are neither ours nor Node-RED's own. */
export const FOLDER_FOR_OTHERS = 'with-other-palettes/';

/** What those need. */
export const OTHER_PALETTES = [
  '@flowfuse/node-red-dashboard',
  'node-red-contrib-influxdb',
  'node-red-contrib-telegrambot',
];

/** Puts the other palettes into a user directory, where a Node-RED of any version finds them. */
export function linkOtherPalettes(userDir: string): void {
  for (const name of OTHER_PALETTES) {
    const link = join(userDir, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    if (!existsSync(link)) symlinkSync(join(ROOT, 'node_modules', name), link, 'junction');
  }
}

export interface ExampleNode extends Record<string, unknown> {
  id: string;
  type: string;
  z?: string;
  name?: string;
  wires?: string[][];
}

/** The example's node of a name; where it has none, of a type. */
export function node(flow: readonly ExampleNode[], called: string): ExampleNode {
  const found = flow.find(({ name, type }) => name === called || (!name && type === called));
  assert.ok(found, `there is a node ${called}`);
  return found;
}

/** The flow, with the sink behind each output of the nodes of these types or names as well. */
export function tapped(flow: readonly ExampleNode[], ...called: string[]): ExampleNode[] {
  const isTapped = ({ type, name }: ExampleNode) => called.includes(type) || (name && called.includes(name));
  return flow.map((one) =>
    isTapped(one) ? { ...one, wires: (one.wires ?? []).map((wires) => [...wires, 'sink']) } : one,
  );
}

/** The flow with other settings for the nodes of these types. */
export function changed(flow: readonly ExampleNode[], settings: Record<string, object>): ExampleNode[] {
  return flow.map((one) => ({ ...one, ...settings[one.type] }));
}

/** Inject nodes, a message each, that send them to a node of the example instead of its source of data. */
export function injects(flow: readonly ExampleNode[], target: string, messages: readonly object[]): ExampleNode[] {
  return messages.map((message, n) => ({
    id: `inject-${n}`,
    z: node(flow, 'tab').id,
    type: 'inject',
    props: Object.entries(message).map(([p, value]) => ({ p, v: JSON.stringify(value), vt: 'json' })),
    x: 100,
    y: 100,
    wires: [[node(flow, target).id]],
  }));
}
