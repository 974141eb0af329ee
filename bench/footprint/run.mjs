// What a node takes that has nothing to do: CPU, memory, files, the time to its start, and room on the disk.
import { spawnSync } from 'node:child_process';
import { copyFileSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cpuSeconds, startHeadroom } from '../services/headroom.mjs';
import { onBothStores } from '../services/stores.mjs';

const root = join(import.meta.dirname, '..', '..');
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '6' },
    starts: { type: 'string', default: '5' },
    'without-install': { type: 'boolean', default: false },
    dist: { type: 'string', default: join(root, 'dist') },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  process.stdout.write(`Usage: npm run bench:footprint -- [OPTIONS]

One node without clients, on the embedded store and on PostgreSQL: from the start of its process to its ready line, on an
empty folder (cold) and on one that was used (warm, median); then, minute by minute, its CPU in percent of a core, its
memory (RSS) and its open files. And what an installation takes on the disk. The embedded store is vacuumed every five
minutes: six show that too.

  --minutes N        of rest, of each store (default 6)   --starts N   warm ones (default 5)
  --without-install  does not install the packages anew to measure them
  --dist DIR         the build (default dist)
  --json             print one JSON object and nothing else

Needs a build (npm run build) and Linux. PostgreSQL is that of TEST_DATABASE_URL or DATABASE_URL, or else Debian's,
started on a temporary folder; its own processes are not counted.
`);
  process.exit(0);
}
const countOf = (name) => {
  const count = Number(values[name]);
  if (!Number.isInteger(count) || count < 1) throw new Error(`--${name} must be a whole number from 1`);
  return count;
};
const minutes = countOf('minutes');
const starts = countOf('starts');
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const say = (text) => process.stderr.write(`${text}\n`);

async function measure(store, databaseUrl) {
  const dataDir = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
  const start = () => startHeadroom(values.dist, { databaseUrl, dataDir });
  let server = null;
  try {
    server = await start();
    const cold_start_ms = Math.round(server.readyMs);
    const warm = [];
    for (let n = 0; n < starts; n += 1) {
      await server.stop();
      server = await start();
      warm.push(server.readyMs);
    }
    say(`${store}: at rest for ${minutes} min…`);
    // What a start leaves to be done is not rest.
    await delay(10_000);
    const perMinute = [];
    for (let minute = 0; minute < minutes; minute += 1) {
      const [cpuBefore, from] = [cpuSeconds(server.pid), performance.now()];
      await delay(60_000);
      const seconds = (performance.now() - from) / 1000;
      perMinute.push({
        cpu_percent: round((100 * (cpuSeconds(server.pid) - cpuBefore)) / seconds, 2),
        rss_mb: round(rssMb(server.pid), 1),
        files: readdirSync(`/proc/${server.pid}/fd`).length,
      });
    }
    return { store, cold_start_ms, warm_start_ms: Math.round(median(warm)), minutes: perMinute };
  } finally {
    await server?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** The packages of a fresh installation, with and without those that only a build needs, and the build. */
function installation() {
  // Files with a dot before their names are what tests and builds keep there for themselves.
  const built = readdirSync(values.dist).filter((name) => !name.startsWith('.'));
  const sizes = {
    dist_mb: round(
      built.reduce((sum, name) => sum + sizeMb(join(values.dist, name)), 0),
      1,
    ),
  };
  if (values['without-install']) return sizes;
  for (const [name, more] of [
    ['production', ['--omit=dev']],
    ['all', []],
  ]) {
    say(`Installing ${name === 'all' ? 'all' : 'the production'} packages…`);
    const folder = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
    try {
      for (const file of ['package.json', 'package-lock.json', '.npmrc'])
        copyFileSync(join(root, file), join(folder, file));
      const { status } = spawnSync('npm', ['ci', ...more], { cwd: folder, stdio: ['ignore', 2, 2] });
      if (status !== 0) throw new Error('The packages could not be installed');
      sizes[`${name}_packages`] = countPackages(join(folder, 'node_modules', '.package-lock.json'));
      sizes[`${name}_packages_mb`] = sizeMb(join(folder, 'node_modules'));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return sizes;
}

function countPackages(lockFile) {
  return Object.keys(JSON.parse(readFileSync(lockFile, 'utf8')).packages).length;
}

function sizeMb(path) {
  const bytes = (at) => {
    const stat = lstatSync(at);
    if (!stat.isDirectory()) return stat.blocks * 512;
    return readdirSync(at).reduce((sum, name) => sum + bytes(join(at, name)), stat.blocks * 512);
  };
  return round(bytes(path) / 2 ** 20, 1);
}

function rssMb(pid) {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

function round(value, decimals) {
  return Number(value.toFixed(decimals));
}

const { stores, left_out } = await onBothStores(measure);
const report = {
  bench: 'footprint',
  machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version },
  stores,
  installation: installation(),
  left_out,
};
if (values.json) {
  process.stdout.write(`${JSON.stringify(report)}\n`);
} else {
  for (const { store, cold_start_ms, warm_start_ms, minutes: rest } of stores) {
    console.log(
      `${store}: ready after ${cold_start_ms} ms cold, ${warm_start_ms} ms warm; at rest, by the minute:`,
    );
    for (const { cpu_percent, rss_mb, files } of rest)
      console.log(`  ${cpu_percent} % of a core (goal: below 1), ${rss_mb} MB, ${files} files`);
  }
  for (const [name, value] of Object.entries(report.installation)) console.log(`${name}: ${value}`);
  for (const what of left_out) console.log(`Left out: ${what}`);
}
