// What a claim costs beside a queue of 100 to 100,000 rows: in the database, and with the choice before it.
import { performance } from 'node:perf_hooks';
import { median } from './measure.mjs';
import { newTask, openDatabase, openStore } from './headroom.mjs';
import { createDatabase } from '../../dist/tools/test-kit/index.js';

const claimsPerRound = 100;
const together = 16;

/**
 * Milliseconds that one claim takes, 16 at a time, by the number of queued rows: the median of the rounds, and
 * the median of what a round's claims cost beside the mean of all sizes in that round. All sizes stand ready
 * and take turns, each round from another one on, so that whatever else the machine does slows them alike;
 * claimed rows are replaced.
 */
export async function costPerClaim(queue, serverUrl, sizes, rounds) {
  const tables = [];
  try {
    for (const size of sizes) tables.push(await tableOf(queue, serverUrl, size));
    const times = sizes.map(() => []);
    for (let round = -1; round < rounds; round += 1) {
      for (let turn = 0; turn < tables.length; turn += 1) {
        const n = (turn + round + tables.length) % tables.length;
        const ms = await tables[n].claim();
        if (round >= 0) times[n].push(ms);
      }
    }
    const means = Array.from(
      { length: rounds },
      (_, round) => times.reduce((sum, ofSize) => sum + ofSize[round], 0) / sizes.length,
    );
    return sizes.map((size, n) => ({
      queued: size,
      ms_per_claim: median(times[n]),
      of_mean: median(times[n].map((ms, round) => ms / means[round])),
    }));
  } finally {
    for (const { close } of tables) await close();
  }
}

async function tableOf(queue, serverUrl, size) {
  const { url, drop } = await createDatabase(serverUrl);
  const { database } = await openDatabase(queue, url);
  const { store, close } = await openStore(queue, database);
  const waiting = [];
  const fill = async (rows) => {
    for (let left = rows; left > 0; left -= 1000) {
      const inserts = Array.from({ length: Math.min(left, 1000) }, () =>
        store.insert(newTask(), null, () => Promise.resolve()),
      );
      waiting.push(...(await Promise.all(inserts)));
    }
  };
  await fill(claimsPerRound);
  await copyFirstRow(database, size - claimsPerRound);
  await database.queries.execute('vacuum analyze tasks');
  return {
    size,
    claim: async () => {
      const startedAt = performance.now();
      for (let left = claimsPerRound; left > 0; left -= together) {
        const tasks = waiting.splice(0, Math.min(left, together));
        await Promise.all(tasks.map((task) => store.apply(task, task.claim('bench'))));
      }
      const ms = (performance.now() - startedAt) / claimsPerRound;
      await fill(claimsPerRound);
      return ms;
    },
    close: async () => {
      await close();
      await database.close();
      await drop();
    },
  };
}

/** Further rows that only wait: how they came to be there is of no matter here. */
async function copyFirstRow(database, count) {
  const { rows } = await database.queries.execute(
    `select column_name as name from information_schema.columns
      where table_name = 'tasks' and column_name not in ('task_id', 'sequence')`,
  );
  const others = rows.map(({ name }) => name).join(', ');
  await database.queries.execute(
    `insert into tasks (task_id, ${others}) select gen_random_uuid()::text, ${others}
      from (select * from tasks limit 1) first, generate_series(1, ${count})`,
  );
}
