// Headroom's queue beside pg-boss, graphile-worker and BullMQ, all in one run.
import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '2000' },
    concurrency: { type: 'string', default: '16' },
    rounds: { type: 'string', default: '3' },
    samples: { type: 'string', default: '40' },
    queues: { type: 'string', default: 'headroom,embedded,pg-boss,graphile-worker,bullmq' },
    sizes: { type: 'string', default: '100,1000,10000,100000' },
    http: { type: 'string', default: '20' },
    dist: { type: 'string', default: new URL('../../dist', import.meta.url).pathname },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  process.stdout.write(`Usage: npm run bench:queue -- [OPTIONS]

Enqueues and then claims and completes jobs one by one with the same number of callers for every queue, and submits
single jobs to an idle queue until they start; medians of the rounds, in which the queues take turns.

  --jobs N         jobs of a round (default 2000)     --concurrency N  callers at once (default 16)
  --rounds N       (default 3)                        --samples N      single submits of a round (default 40)
  --queues LIST    of headroom, embedded, pg-boss, graphile-worker, bullmq (default all)
  --sizes LIST     queued rows for the cost of a claim (default 100,1000,10000,100000; none: '')
  --http N         submits over HTTP of a round, to a server of its own on each store (default 20; none: 0)
  --dist DIR       the build (default dist)
  --json           print one JSON object and nothing else

Needs a build (npm run build) and PostgreSQL: that of TEST_DATABASE_URL or DATABASE_URL, or else Debian's, started on a
temporary folder. BullMQ needs Debian's redis-server. The peers are installed into bench/queue on first use.
`);
  process.exit(0);
}

const { costPerClaim } = await import('./claims.mjs');
const { loadQueue, openHeadroom } = await import('./headroom.mjs');
const { submitOverHttp } = await import('./http.mjs');
const { median, quantile } = await import('./measure.mjs');
const { installPeers, startRedis } = await import('./services.mjs');
const { startPostgres } = await import('../services/postgres.mjs');
const { createDatabase } = await import('../../dist/tools/test-kit/index.js');

const [jobs, concurrency, rounds, samples, httpSamples] = [
  values.jobs,
  values.concurrency,
  values.rounds,
  values.samples,
  values.http,
].map(Number);
const names = values.queues.split(',').filter(Boolean);
const sizes = values.sizes.split(',').filter(Boolean).map(Number);

installPeers();
const { openBullMq, openGraphileWorker, openPgBoss } = await import('./peers.mjs');
const queue = await loadQueue(values.dist);
const postgres = await startPostgres();
const redis = names.includes('bullmq') ? await startRedis() : null;
const stopServices = async () => {
  await redis?.stop();
  await postgres.stop();
};
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void stopServices().finally(() => process.exit(1)));
}
const left_out = [];
if (names.includes('bullmq') && redis === null) {
  left_out.push('bullmq: there is no redis-server (apt-get install redis-server)');
}

const open = {
  headroom: (url) => openHeadroom(queue, url, concurrency),
  embedded: () => openHeadroom(queue, null, concurrency),
  'pg-boss': (url) => openPgBoss(url, concurrency),
  'graphile-worker': (url) => openGraphileWorker(url, concurrency),
  bullmq: () => openBullMq(redis.port, concurrency),
};

/** One round of one queue on a database of its own. */
async function measure(name) {
  const database = await createDatabase(postgres.url);
  const opened = await open[name](database.url);
  try {
    // What is compiled, planned and connected once is not the jobs'.
    const few = Math.min(jobs, 10 * concurrency);
    await opened.enqueue(few);
    await opened.claimAndComplete(few);
    await opened.rest?.();
    const enqueueS = await opened.enqueue(jobs);
    const claimS = await opened.claimAndComplete(jobs);
    const startMs = [];
    await opened.submitToStart();
    for (let n = 0; n < samples; n += 1) {
      await delay(5 + ((n * 37) % 50));
      startMs.push(await opened.submitToStart());
    }
    await opened.rest?.();
    return { enqueued: jobs / enqueueS, completed: jobs / claimS, startMs };
  } finally {
    await opened.close();
    await database.drop();
  }
}

const results = new Map();
let claims;
let http;
try {
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) {
      if (name === 'bullmq' && redis === null) continue;
      const result = await measure(name);
      results.set(name, [...(results.get(name) ?? []), result]);
    }
  }
  claims = sizes.length > 0 ? await costPerClaim(queue, postgres.url, sizes, 15 * rounds) : [];
  http = httpSamples > 0 ? await submitOverHttp(values.dist, postgres.url, rounds * httpSamples) : [];
} finally {
  await stopServices();
}

const queues = [...results].map(([name, all]) => {
  const startMs = all.flatMap((round) => round.startMs);
  return {
    queue: name,
    enqueued_per_s: median(all.map(({ enqueued }) => enqueued)),
    completed_per_s: median(all.map(({ completed }) => completed)),
    submit_to_start_p50_ms: median(startMs),
    submit_to_start_p99_ms: quantile(startMs, 0.99),
  };
});
const [ours, theirs] = ['headroom', 'pg-boss'].map((name) => queues.find(({ queue: of }) => of === name));
const over = (field) => (ours && theirs ? ours[field] / theirs[field] : null);
const report = {
  node: process.version,
  cpu: cpus()[0]?.model,
  cpus: cpus().length,
  jobs,
  concurrency,
  rounds,
  queues,
  enqueue_over_pg_boss: over('enqueued_per_s'),
  complete_over_pg_boss: over('completed_per_s'),
  claims,
  http,
  left_out,
};

if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
else print();

function print() {
  const lines = [
    `Node ${report.node}, ${report.cpus} × ${report.cpu}; ${jobs} jobs, ${concurrency} at a time, medians of ${rounds} rounds`,
    '',
    '| queue | enqueued a second | claimed and completed a second | submit to start p50 / p99 ms |',
    '| --- | --- | --- | --- |',
    ...queues.map(
      (row) =>
        `| ${row.queue} | ${row.enqueued_per_s.toFixed(0)} | ${row.completed_per_s.toFixed(0)} | ` +
        `${row.submit_to_start_p50_ms.toFixed(1)} / ${row.submit_to_start_p99_ms.toFixed(1)} |`,
    ),
    '',
  ];
  if (report.enqueue_over_pg_boss !== null) {
    lines.push(
      `Headroom on PostgreSQL over pg-boss: ${report.enqueue_over_pg_boss.toFixed(2)} × enqueued, ` +
        `${report.complete_over_pg_boss.toFixed(2)} × claimed and completed.`,
      '',
    );
  }
  if (claims.length > 0) {
    lines.push('| queued rows | ms a claim | of the mean of all |', '| --- | --- | --- |');
    lines.push(
      ...claims.map(
        (row) => `| ${row.queued} | ${row.ms_per_claim.toFixed(3)} | ${row.of_mean.toFixed(2)} |`,
      ),
      '',
    );
  }
  for (const row of http) {
    lines.push(
      `Submit over HTTP to task_running on the stream, ${row.store}: p50 ${row.p50_ms.toFixed(1)} ms, ` +
        `p99 ${row.p99_ms.toFixed(1)} ms (${row.samples} of ${row.submitted} started at once).`,
    );
  }
  lines.push(...left_out.map((what) => `Left out: ${what}.`));
  process.stdout.write(`${lines.join('\n')}\n`);
}
