import { join } from 'node:path';
import type { Variant } from '../client/job';
import { lastWord, measure } from '../harness/client';
import { BUILT, LIBRARY, WS } from '../harness/places';
import { alternate, attempt, type Row } from '../harness/results';
import type { Section, Surroundings } from '../harness/section';
import { type Plan, WINDOW } from '../load/plan';
import { NAMES } from './clients';

const PLAN: Plan = { traffic: 'quotes', symbols: 1, perMessage: 8, warmUp: 16, windows: 48 };
const KIB = 1024;

export const memoryRow = (symbols: number, variant: Variant) => `${symbols} symbols over TLS: ${NAMES[variant]}`;
const LONG = 'after a million packets, and after ten million';

/** What is held, and what a connection for each symbol would cost instead of the pooled one. */
export async function memory({ server, results }: Surroundings): Promise<Section> {
  const row = (symbols: number, variant: Variant): Row => ({
    name: memoryRow(symbols, variant),
    async run() {
      // What comes over many connections comes by itself; the pooled one is given no advantage here.
      const measured = await measure(server, variant, { ...PLAN, symbols, perMessage: 1 }, 'tls');
      const { rss = Number.NaN, held = Number.NaN, sockets = Number.NaN } = measured.report ?? {};
      const more = {
        'RSS in KiB': rss / KIB,
        'held by JavaScript in KiB': held / KIB,
        sockets,
        'µs a packet': measured.microsPerPacket,
      };
      return { value: rss / KIB, void: measured.void, more };
    },
  });
  const rows = [row(1, 'livetick'), row(100, 'livetick'), row(1000, 'livetick'), row(1000, 'livetick-each')];
  await alternate(results, rows, 5);
  await alternate(results, [idling(IDLE.ws, WS), idling(IDLE.client, LIBRARY, 'TradingViewClient')], 5);
  await grow(server, results);
  const [one, hundred, thousand, each] = rows.map(({ name }) => name) as [string, string, string, string];
  const lines = (['RSS in KiB', 'held by JavaScript in KiB', 'sockets', 'µs a packet'] as const).flatMap((of) => [
    ...[one, hundred, thousand].map((name) => ({ row: name, of })),
    { row: each, of },
    ...(of === 'µs a packet' ? [{ row: thousand, against: [each], of }] : []),
  ]);
  const idle = [{ row: IDLE.ws }, { row: IDLE.client, against: [IDLE.ws] }];
  return { title: 'Memory', unit: '', lines: [...idle, ...lines, { row: GROWTH }] };
}

const IDLE = { ws: "RSS in KiB with require('ws') alone", client: 'RSS in KiB with a client that nobody uses' };

function idling(name: string, ...args: string[]): Row {
  return {
    name,
    async run() {
      const command = [process.execPath, '--expose-gc', join(BUILT, 'client/idle.js'), ...args];
      const said = await lastWord<{ rss: number }>(command);
      return { value: (said?.rss ?? Number.NaN) / KIB, void: said ? null : 'it did not come to the end' };
    },
  };
}

export const GROWTH = `held by JavaScript, growth in KiB ${LONG}`;

/** Memory after a million packets and after ten million, of two processes: what grows, grows with the packets. */
async function grow(server: Surroundings['server'], results: Surroundings['results']): Promise<void> {
  const held = (packets: number) =>
    attempt(async () => {
      const plan = { ...PLAN, symbols: 50, warmUp: 8, windows: Math.round(packets / WINDOW) };
      const { report, void: fault } = await measure(server, 'livetick', plan);
      return { value: report?.heldAfter ?? Number.NaN, void: fault };
    });
  const before = await held(1_000_000);
  const after = await held(10_000_000);
  results.add(GROWTH, { value: (after.value - before.value) / KIB, void: before.void ?? after.void });
}
