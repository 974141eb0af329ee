// From a request over HTTP to `task_running` on the event stream, with a built server in a process of its own.
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { median, quantile } from './measure.mjs';
import { startHeadroom } from '../services/headroom.mjs';
import { createDatabase, EventReader, HostTree } from '../../dist/tools/test-kit/index.js';

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
  const host = new HostTree();
  const server = await startHeadroom(dist, {
    databaseUrl,
    withSampleData: true,
    environment: { HEADROOM_HOST_ROOT: host.root },
  });
  try {
    const stream = await EventReader.open(`${server.url}/api/system/task-events`, server.token);
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
      const first = await stream.until(isOf(taskId, 'task_queued', 'task_running'));
      // One that queued tells nothing of a start.
      if (n >= 0 && first.message.type === 'task_running') took.push(first.atMs - submittedAt);
      await stream.until(isOf(taskId, 'task_completed'));
    }
    return { p50_ms: median(took), p99_ms: quantile(took, 0.99), samples: took.length, submitted: count };
  } finally {
    await server.stop();
    host.remove();
  }
}

function isOf(taskId, ...types) {
  return ({ message }) => types.includes(message.type) && message.data.task_id === taskId;
}
