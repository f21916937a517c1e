import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { PracticeProcess } from './practice-process';

const ROOT = resolve(__dirname, '../..');

export const DASHBOARD_EXAMPLE = 'with-other-palettes/candles-on-a-dashboard';
export const DASHBOARD_PAGE = 'dashboard/candles';

export interface FlowNode extends Record<string, unknown> {
  id: string;
  type: string;
  name?: string;
  wires?: string[][];
}

/** The example on a market of the test's own. */
export function dashboardFlow({ url, httpUrl }: PracticeProcess, timeframe = '5s'): FlowNode[] {
  const flow: FlowNode[] = JSON.parse(readFileSync(join(ROOT, `examples/${DASHBOARD_EXAMPLE}.json`), 'utf8'));
  return flow.map((one) => {
    if (one.type === 'tv-connection') return { ...one, server: 'custom', url, httpUrl };
    return one.timeframe ? { ...one, timeframe } : one;
  });
}

/** An inject node that sends a message to a node of the flow. */
export function inject(id: string, message: object, target: string): FlowNode {
  const props = Object.entries(message).map(([p, value]) => ({ p, v: JSON.stringify(value), vt: 'json' }));
  return { id, z: 'f1a5eda5b0a4d000', type: 'inject', props, x: 100, y: 700, wires: [[target]] };
}
