import { measure } from '../harness/client';
import { alternate, type Row } from '../harness/results';
import type { Section, Surroundings } from '../harness/section';
import { type Plan, WINDOW } from '../load/plan';
import { NAMES } from './clients';

const VARIANTS = ['bare', 'livetick'] as const;
type Timed = (typeof VARIANTS)[number];

/** A second of warm-up and some of counting; the sending process spins, so that its pace is even. */
const LOADS = [
  { rate: 1_000, perMessage: 1, warmUp: 1, windows: 4 },
  { rate: 20_000, perMessage: 8, warmUp: 20, windows: 60 },
] as const;

export const latencyRow = (rate: number, variant: Timed) => `${rate} packets a second: ${NAMES[variant]}`;

/** How long after its sending a packet is told. */
export async function latency({ server, results }: Surroundings): Promise<Section> {
  for (const load of LOADS) {
    const plan: Plan = { traffic: 'quotes', symbols: 1, ...load };
    const rows = VARIANTS.map(
      (variant): Row => ({
        name: latencyRow(load.rate, variant),
        async run() {
          const { report, void: fault } = await measure(server, variant, plan);
          const { p50 = Number.NaN, p99 = Number.NaN, p999 = Number.NaN } = report?.latencies ?? {};
          return { value: p50, void: fault, more: { p50, p99, p999 } };
        },
      }),
    );
    await alternate(results, rows, 5);
  }
  const lines = LOADS.flatMap(({ rate }) =>
    (['p50', 'p99', 'p999'] as const).flatMap((of) => [
      { row: latencyRow(rate, 'bare'), of },
      { row: latencyRow(rate, 'livetick'), against: [latencyRow(rate, 'bare')], of },
    ]),
  );
  return { title: `Latency over loopback, of at least ${4 * WINDOW} packets a round`, unit: 'µs', lines };
}
