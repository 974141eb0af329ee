// The cost of a scheduling cycle: choosing the starts, and the same with position, reason and forecast of every waiting
// task. Measured as CPU time of this process (getrusage), medians over the rounds.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    dist: { type: 'string', default: new URL('../../dist', import.meta.url).pathname },
    sizes: { type: 'string', default: '1000,10000,30000,100000' },
    users: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '40' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(`Usage: node bench/scheduler/run.mjs [--sizes 1000,10000,30000,100000] [--users 20] [--rounds 40] [--dist dist] [--json]

Six tasks run on 8 cores and 16 GB and leave no capacity, so a cycle has to reserve and to look for backfill.
Needs a build (npm run build).`);
  process.exit(0);
}

const { Scheduler, productionPolicy, resourceRequestOf } = await import(
  pathToFileURL(resolve(values.dist, 'libs/scheduler/src/index.js')).href
);
const users = Number(values.users);
const rounds = Number(values.rounds);
const kinds = [
  ['backtest', resourceRequestOf(1, 0.5)],
  ['prediction', resourceRequestOf(0.5, 0.3)],
  ['model_training', resourceRequestOf(2, 1.5)],
];

/** A queue of mixed types, sizes, priorities and users, in order of submission. */
function queueOf(length) {
  return Array.from({ length }, (_, i) => {
    const [type, requested] = kinds[(i * 7) % kinds.length];
    return {
      id: `task-${i}`,
      userId: `user-${(i * 31) % users}`,
      type,
      size: [0.5, 1, 2, 4][(i * 13) % 4],
      priority: ((i * 17) % 5) - 2,
      queuedAtMs: i * 100,
      sequence: i,
      requested,
    };
  });
}

function fullMachine() {
  const scheduler = new Scheduler(productionPolicy);
  scheduler.observe({
    atMs: 0,
    totalCpuMillicores: 8000,
    totalRamMb: 16384,
    availableCpuMillicores: 6400,
    availableRamMb: 12800,
    memoryPressureSome10: null,
    memoryPressureFull10: null,
    tasks: new Map(),
  });
  for (let i = 0; i < 6; i++) {
    const [type, requested] = kinds[0];
    scheduler.recordStart({
      id: `running-${i}`,
      userId: `user-${i}`,
      type,
      size: 1,
      requested,
      startedAtMs: 0,
    });
  }
  return scheduler;
}

function medianCpuMs(work) {
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    work(round);
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  return times.sort((a, b) => a - b)[rounds >> 1];
}

const results = values.sizes.split(',').map((size) => {
  const queued = queueOf(Number(size));
  const scheduler = fullMachine();
  const nowMs = queued.length * 100 + 1000;
  const cycle = (round) => scheduler.runCycle(nowMs + round, queued, { paused: false });
  medianCpuMs((round) => cycle(round).waiting.length);
  return {
    queued: queued.length,
    cycle_ms: medianCpuMs(cycle),
    cycle_and_waiting_ms: medianCpuMs((round) => cycle(round).waiting.length),
  };
});

if (values.json) {
  console.log(JSON.stringify(results));
} else {
  for (const { queued, cycle_ms, cycle_and_waiting_ms } of results) {
    const perTask = ((1000 * cycle_ms) / queued).toFixed(2);
    console.log(
      `${String(queued).padStart(7)} queued: cycle ${cycle_ms.toFixed(2)} ms (${perTask} us a task), with all waiting entries ${cycle_and_waiting_ms.toFixed(2)} ms`,
    );
  }
}
