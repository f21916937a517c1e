// How long a fresh process takes to load what it is told to, milliseconds of its own CPU time and of the clock.
const [, , name = ''] = process.argv;
const cpu = process.cpuUsage();
const begun = performance.now();
require(name);
const wallMs = performance.now() - begun;
const { user, system } = process.cpuUsage(cpu);
process.stdout.write(JSON.stringify({ wallMs, cpuMs: (user + system) / 1000 }));
