import { join } from 'node:path';
import pg from 'pg';

const dist = join(import.meta.dirname, '..', '..', 'dist', 'src', 'database');
const tasksQuery = `select task_id, task_type, user_id, status, attempt, max_attempts, error, node_id,
  (select count(*)::int from backtests where backtest_id = task_id and summary is not null) as results,
  (select summary ->> 'result_file' from backtests where backtest_id = task_id) as result_file from tasks`;
const eventsQuery = 'select sequence::int, type, task_id, user_id, data from task_events order by sequence';
const shardsQuery = `select task_id, result from task_shards where status = 'completed'`;
const strayQuery = `select backtest_id as task_id from backtests
  where not exists (select from tasks where task_id = backtest_id)`;

/** What PostgreSQL holds: all tasks, all events, and backtests without a task. */
export async function readPostgres(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await read(client);
  } finally {
    await client.end();
  }
}

/** The same of an embedded store whose server has ended. */
export async function readEmbedded(dataDir) {
  const { openPgliteEngine } = await import(join(dist, 'pglite-engine.js'));
  const { PgliteStream } = await import(join(dist, 'pglite-stream.js'));
  const engine = await openPgliteEngine(join(dataDir, 'database'));
  const client = new pg.Client({ stream: () => new PgliteStream(engine), user: 'headroom' });
  await client.connect();
  try {
    return await read(client);
  } finally {
    await client.end();
    await engine.close();
  }
}

async function read(client) {
  const { rows: tasks } = await client.query(tasksQuery);
  const { rows: events } = await client.query(eventsQuery);
  const { rows: shards } = await client.query(shardsQuery);
  const { rows: stray } = await client.query(strayQuery);
  return { tasks: new Map(tasks.map((task) => [task.task_id, task])), events, shards, stray };
}
