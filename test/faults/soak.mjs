import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { growthOf } from './growth.mjs';
import { childrenOf } from './processes.mjs';
import { Site } from './site.mjs';
import { Watcher } from './watcher.mjs';
import { delay } from '../../dist/tools/test-kit/index.js';

const names = ['ana', 'ben', 'cleo', 'dan', 'eva', 'finn', 'gina', 'hugo', 'ines', 'jan'];
const metricsToken = 'only-for-the-soak-and-long-enough';
const sampleMs = 2000;
const mostQueued = 40;
const [leastPauseMs, mostPauseMs] = [1000, 60_000];
/** A user may have ten; one stays open all the time. */
const mostPassing = 15;

/** What may grow, by so much a minute at most: above it the run has failed. The units are in the names. */
export const limits = {
  rss_mb: 4,
  heap_mb: 1,
  files: 0.5,
  sockets: 2,
  database_sessions: 0.5,
};
/**
 * What floors may differ by at all, however short the run: below it a slope means nothing. The embedded store's first
 * vacuums take 15 to 20 MB for good, and the heap is read wherever its collector has got to.
 */
const noise = { rss_mb: 24, heap_mb: 8, files: 2, sockets: 8, database_sessions: 2 };

/**
 * Ten users send tasks for minutes, streams come and go, processes of tasks are killed; then all that was promised must
 * have been kept, and nothing of the server may have grown.
 *
 * @returns `{violations, counts, figures: {name: {first, last, per_minute, limit}}, settled: {name: [before, after the load]}}`
 */
export async function soak(context, { minutes }) {
  const { random, progress } = context;
  const site = await Site.open(context);
  const server = await site.addServer('one', { METRICS_TOKEN: metricsToken });
  const before = await measure(server);
  await site.signIn(names);
  site.startLoad({ pauseMs: 3000 });
  const counts = { streams_opened: 0, children_killed: 0 };
  const passing = new Set();
  const samples = [];
  const endsAt = performance.now() + minutes * 60_000;
  while (performance.now() < endsAt) {
    await delay(sampleMs);
    const sample = await measure(server);
    samples.push(sample);
    // Only what the machine can do: a queue that grows is no leak, and hides one.
    const factor = sample.queued > mostQueued ? 1.5 : 0.9;
    site.load.pauseMs = Math.min(mostPauseMs, Math.max(leastPauseMs, site.load.pauseMs * factor));
    changeStreams(passing, site, random, counts);
    if (random.between(0, 1) < 0.2) counts.children_killed += killOne(server, random);
    const left = Math.ceil((endsAt - performance.now()) / 60_000);
    progress(
      `${left} min left: ${Math.round(sample.rss_mb)} MB, ${sample.files} files, ${sample.queued} queued`,
    );
  }
  for (const watcher of passing) retire(watcher, site);
  await site.load.end();
  await site.allEnded();
  await delay(3 * sampleMs);
  const rest = await measure(server);
  const figures = judge(samples, site.violations);
  if (rest.streams !== site.watchers.length) {
    site.violations.push(`${rest.streams} streams are open after the load, not ${site.watchers.length}`);
  }
  await site.verify();
  const settled = Object.fromEntries(Object.keys(limits).map((name) => [name, [before[name], rest[name]]]));
  return { violations: site.violations, counts: { ...site.counts, ...counts }, figures, settled };
}

function judge(samples, violations) {
  return Object.fromEntries(
    Object.entries(limits).map(([name, limit]) => {
      const { perMinute, first, last } = growthOf(
        samples.map((sample) => ({ atS: sample.atS, value: sample[name] })),
      );
      if (perMinute > limit && last - first > noise[name]) {
        violations.push(
          `${name} grew by ${perMinute.toFixed(2)} a minute, from ${first} to ${last}; ${limit} is allowed`,
        );
      }
      const rounded = (value) => Math.round(value * 100) / 100;
      return [name, { first: rounded(first), last: rounded(last), per_minute: rounded(perMinute), limit }];
    }),
  );
}

/** One or two streams of somebody open and others end, as pages are opened and closed. */
function changeStreams(passing, site, random, counts) {
  for (const watcher of [...passing].filter(() => random.between(0, 1) < 0.15)) {
    retire(watcher, site);
    passing.delete(watcher);
  }
  while (passing.size < mostPassing && random.between(0, 1) < 0.5) {
    const client = random.pick(site.users);
    passing.add(new Watcher(client, `a passing stream of ${client.username}`));
    counts.streams_opened += 1;
  }
}

function retire(watcher, site) {
  watcher.close();
  site.violations.push(...watcher.violations);
}

function killOne(server, random) {
  const children = childrenOf(server.pid);
  if (children.length === 0) return 0;
  try {
    process.kill(random.pick(children).pid, 'SIGKILL');
    return 1;
  } catch {
    return 0;
  }
}

/** The server from outside: `/proc` and its own metrics. */
async function measure({ pid, url, dataDir }) {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
  const sockets = links.filter((link) => link?.startsWith('socket:')).length;
  // The embedded database keeps a table's files open once it has looked at it: as many as there are, and no more.
  const ofDatabase = links.filter((link) => link?.startsWith(join(dataDir, 'database'))).length;
  const rss = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  const response = await fetch(`${url}/metrics`, { headers: { Authorization: `Bearer ${metricsToken}` } });
  const text = await response.text();
  const sum = (series) =>
    text
      .split('\n')
      .filter((line) => series.test(line))
      .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
  return {
    atS: performance.now() / 1000,
    rss_mb: Number(rss[1]) / 1024,
    heap_mb: sum(/^nodejs_heap_used_bytes /) / 2 ** 20,
    files: links.length - sockets - ofDatabase,
    sockets,
    database_sessions: sum(/^headroom_database_sessions\{state="open"\}/),
    streams: sum(/^headroom_streams /),
    queued: sum(/^headroom_tasks\{.*state="queued"/),
  };
}

function linkOf(path) {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
