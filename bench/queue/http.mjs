// From a request over HTTP to `task_running` on the event stream, with a built server in a process of its own.
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { median, quantile } from './measure.mjs';
import { startHeadroom } from '../services/headroom.mjs';
import { createDatabase } from '../services/postgres.mjs';

const backtest = {
  strategy: 'SmaCross',
  symbol: 'BTC_USDT',
  start_date: '2024-01-01',
  end_date: '2024-01-31',
  initial_capital: 10_000,
  params: {},
};

/** Submits backtests one by one to an idle server, on the embedded store and on PostgreSQL. */
export async function submitOverHttp(dist, serverUrl, count) {
  const database = await createDatabase(serverUrl);
  try {
    return [
      { store: 'embedded', ...(await measure(dist, null, count)) },
      { store: 'PostgreSQL', ...(await measure(dist, database.url, count)) },
    ];
  } finally {
    await database.drop();
  }
}

async function measure(dist, databaseUrl, count) {
  const server = await startHeadroom(dist, {
    databaseUrl,
    withSampleData: true,
    environment: { HEADROOM_CPU_CORES: '8', HEADROOM_RAM_GB: '16' },
  });
  try {
    const stream = await openStream(server);
    const took = [];
    // The first ones find nothing compiled and no connection open.
    for (let n = -3; n < count; n += 1) {
      await delay(100);
      // Another capital each time: an answer from the store of results would start nothing.
      const body = JSON.stringify({ ...backtest, initial_capital: 10_000 + n });
      const submittedAt = performance.now();
      const answer = await fetch(`${server.url}/api/backtests/run`, {
        method: 'POST',
        headers: { ...server.headers, 'Content-Type': 'application/json' },
        body,
      });
      if (answer.status !== 202) throw new Error(`Not accepted: ${answer.status} ${await answer.text()}`);
      const { backtest_id: taskId } = await answer.json();
      const first = await stream.first(taskId, ['task_queued', 'task_running']);
      // It queued: something else on the machine had its resources.
      if (n >= 0 && first.type === 'task_running') took.push(first.at - submittedAt);
      await stream.first(taskId, ['task_completed']);
    }
    return { p50_ms: median(took), p99_ms: quantile(took, 0.99), samples: took.length, submitted: count };
  } finally {
    await server.stop();
  }
}

/** The event stream, and when each of its messages came. */
async function openStream({ url, headers }) {
  const response = await fetch(`${url}/api/system/task-events`, { headers });
  const seen = [];
  const read = async () => {
    const decoder = new TextDecoder();
    let pending = '';
    for await (const chunk of response.body) {
      const at = performance.now();
      pending += decoder.decode(chunk, { stream: true });
      const blocks = pending.split('\n\n');
      pending = blocks.pop();
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data === undefined) continue;
        const { type, data: { task_id: taskId } = {} } = JSON.parse(data);
        if (taskId !== undefined) seen.push({ type, taskId, at });
      }
    }
  };
  // Ends with the server.
  read().catch(() => undefined);
  return {
    /** The first message of some types about a task, now or later. */
    first: async (taskId, types) => {
      for (const deadline = Date.now() + 60_000; Date.now() < deadline; await delay(2)) {
        const found = seen.find((event) => event.taskId === taskId && types.includes(event.type));
        if (found) return found;
      }
      throw new Error(`No ${types.join(' or ')} of task ${taskId} came`);
    },
  };
}
