// What it costs to look: a sample of the host, the measuring of N processes, and systeminformation's currentLoad()
// beside them in the same run. CPU is the process's own (getrusage) plus that of programs it started.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    dist: { type: 'string', default: new URL('../../dist', import.meta.url).pathname },
    rounds: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(`Usage: node bench/host-probe/run.mjs [--rounds 10] [--dist dist] [--json]

Measures one call every 250 ms, as a server that does other things in between would (caches cold), and the same call
in a tight loop. "% of a core" is the cost at one call a second. Needs a build (npm run build).`);
  process.exit(0);
}

const rounds = Number(values.rounds);
const PAUSE_MS = 250;
const { createHostProbe, ProcessMeter } = await import(
  pathToFileURL(resolve(values.dist, 'libs/host-probe/src/index.js')).href
);
const { currentLoad } = await import('systeminformation');

const probe = await createHostProbe();
const meter = new ProcessMeter();

/** CPU of this process so far, in ms. */
function ownCpuMs() {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return (userCPUTime + systemCPUTime) / 1000;
}

/** The same with the programs it started and waited for, in whole ticks of 10 ms. */
const treeCpuMs = () => meter.measure(process.pid).cpuSeconds * 1000;

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;

/** A call every 250 ms: the wall time of each, the longest time the event loop stood still for it, and its CPU. */
async function paced(call) {
  const wallMs = [];
  const cpuMs = [];
  const blockedMs = [];
  for (let round = 0; round < rounds; round += 1) {
    await delay(PAUSE_MS);
    let last = performance.now();
    let longest = 0;
    let done = false;
    const watch = () => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
      if (!done) setImmediate(watch);
    };
    const cpu = ownCpuMs();
    const start = performance.now();
    const answer = call();
    if (answer instanceof Promise) {
      setImmediate(watch);
      await answer;
      done = true;
      blockedMs.push(Math.max(longest, performance.now() - last));
    } else {
      cpuMs.push(ownCpuMs() - cpu);
      blockedMs.push(performance.now() - start);
    }
    wallMs.push(performance.now() - start);
  }
  return { wallMs, cpuMs, blockedMs };
}

/** Mean CPU of a call in a tight loop, in ms. */
function hot(call, calls = 2000) {
  for (let i = 0; i < 200; i += 1) call();
  const before = ownCpuMs();
  for (let i = 0; i < calls; i += 1) call();
  return (ownCpuMs() - before) / calls;
}

const rows = [];
function report(name, { wallMs, cpuMs, blockedMs }, hotMs) {
  rows.push({
    name,
    cpu_ms: mean(cpuMs),
    cpu_hot_ms: hotMs,
    wall_p50_ms: median(wallMs),
    wall_max_ms: Math.max(...wallMs),
    blocked_p50_ms: median(blockedMs),
    blocked_max_ms: Math.max(...blockedMs),
    percent_of_core: mean(cpuMs) / 10,
  });
}

const children = await Promise.all(
  Array.from({ length: 8 }, async () => {
    const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e6)']);
    await once(child.stdout, 'data');
    return child;
  }),
);
try {
  const measure = (count) => () => children.slice(0, count).forEach(({ pid }) => meter.measure(pid));
  report(
    'sample',
    await paced(() => void probe.sample()),
    hot(() => probe.sample()),
  );
  for (const count of [1, 4, 8]) {
    report(
      `measure ${count} process${count > 1 ? 'es' : ''}`,
      await paced(measure(count)),
      hot(measure(count)),
    );
  }
  const all = () => {
    probe.sample();
    measure(8)();
  };
  report('sample + 8 processes', await paced(all), hot(all));
} finally {
  const exits = children.map((child) => once(child, 'exit'));
  children.forEach((child) => child.kill());
  await Promise.all(exits);
}

// currentLoad() is asynchronous and starts programs: CPU is that of the whole tree over the run, less an idle run's.
await currentLoad();
const idleFrom = treeCpuMs();
await paced(() => Promise.resolve());
const idleMs = treeCpuMs() - idleFrom;
const loadFrom = treeCpuMs();
const load = await paced(currentLoad);
const loadMs = Math.max(0, treeCpuMs() - loadFrom - idleMs) / rounds;
report('systeminformation.currentLoad()', { ...load, cpuMs: [loadMs] }, null);

if (values.json) {
  console.log(
    JSON.stringify({ node: process.version, cpu: cpus()[0]?.model, cpus: cpus().length, rounds, rows }),
  );
} else {
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${rounds} rounds\n`);
  console.log(
    '| | CPU ms a call | in a tight loop | wall p50 / max ms | loop blocked p50 / max ms | % of a core at 1/s |',
  );
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const row of rows) {
    const hotText = row.cpu_hot_ms === null ? '–' : row.cpu_hot_ms.toFixed(3);
    console.log(
      `| ${row.name} | ${row.cpu_ms.toFixed(3)} | ${hotText} | ${row.wall_p50_ms.toFixed(2)} / ${row.wall_max_ms.toFixed(2)} | ` +
        `${row.blocked_p50_ms.toFixed(2)} / ${row.blocked_max_ms.toFixed(2)} | ${row.percent_of_core.toFixed(3)} |`,
    );
  }
}
