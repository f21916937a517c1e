import { PackedPalette } from '../../support/packed-palette';
import { alternate, type Row } from '../harness/results';
import type { Line, Section, Surroundings } from '../harness/section';
import type { Plan, Traffic } from '../load/plan';
import type { Way } from '../node-red/flows';
import type { NodeRedJob } from '../node-red/job';
import { addBenchNodes, measureFlow } from '../node-red/measure';

const PLAN: Plan = { traffic: 'quotes', symbols: 1, perMessage: 8, warmUp: 24, windows: 48 };

const NAMES: Record<Way, string> = {
  core: 'websocket in, function, json, switch',
  function: 'websocket in, one function node',
  send: 'node.send alone, no socket',
  palette: 'the palette',
};

export const flowRow = (traffic: Traffic, way: Way) => `${traffic} into one wire: ${NAMES[way]}`;

/** What a Node-RED spends on a message into one wire. */
export async function nodeRed({ server, results, short }: Surroundings): Promise<Section> {
  const palette = new PackedPalette();
  addBenchNodes(palette.userDir);
  const row = (traffic: 'quotes' | 'candles', way: Way): Row => ({
    name: flowRow(traffic, way),
    async run() {
      const kind = traffic === 'quotes' ? 'quote' : 'candle';
      const value: NodeRedJob['value'] = way === 'core' || way === 'function' ? `${kind}-packet` : kind;
      const measured = await measureFlow(server, palette.userDir, way, value, { ...PLAN, traffic });
      return { value: measured.microsPerPacket, void: measured.void };
    },
  });
  try {
    const quotes = (['core', 'function', 'send', 'palette'] as const).map((way) => row('quotes', way));
    const candles = (['core', 'function', 'palette'] as const).map((way) => row('candles', way));
    await alternate(results, quotes, short ? 3 : 5);
    if (!short) await alternate(results, candles, 5);
  } finally {
    palette.remove();
  }
  const against = (traffic: Traffic, ...ways: Way[]) => ways.map((way) => flowRow(traffic, way));
  const lines: Line[] = [
    ...against('quotes', 'core', 'function', 'send').map((name) => ({ row: name })),
    { row: flowRow('quotes', 'palette'), against: against('quotes', 'core', 'function', 'send') },
    ...(short ? [] : against('candles', 'core', 'function').map((name) => ({ row: name }))),
    ...(short ? [] : [{ row: flowRow('candles', 'palette'), against: against('candles', 'core', 'function') }]),
  ];
  return { title: 'CPU per message in Node-RED, 8 packets a WebSocket message', unit: 'µs', lines };
}
