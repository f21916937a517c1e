// Symbols that are all live, a reconnect, and how long and with how much CPU time they are all live again.
import { symbolsOf } from '../load/plan';

type Library = typeof import('../../../src/index');

const job: { url: string; library: string; symbols: number; times: number } = JSON.parse(process.argv[2] ?? '');

function main(): void {
  const { TradingViewClient } = require(job.library) as Library;
  const client = new TradingViewClient({ server: 'custom', url: job.url });
  const live = new Set<string>();
  let times = -1;
  let cpu = process.cpuUsage();
  let begun = 0;
  let [cpuMs, wallMs] = [0, 0];
  const again = () => {
    if (times >= 0) {
      const { user, system } = process.cpuUsage(cpu);
      cpuMs += (user + system) / 1000;
      wallMs += performance.now() - begun;
    }
    if (++times === job.times) {
      process.stdout.write(JSON.stringify({ cpuMs: cpuMs / times, wallMs: wallMs / times }), () => process.exit());
      return;
    }
    setTimeout(() => {
      cpu = process.cpuUsage();
      begun = performance.now();
      client.reconnect();
    }, 100);
  };
  client.watchQuotes(
    {
      symbols: symbolsOf(job.symbols),
      stateChanged: (symbol, state) => {
        if (state !== 'live') live.delete(symbol);
        else if (live.add(symbol).size === job.symbols) again();
      },
    },
    () => {},
  );
}

main();
