import { existsSync, mkdirSync, readdirSync, truncateSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { childrenOf } from '../processes.mjs';
import { temporaryFiles } from '../data-folder.mjs';
import { Site } from '../site.mjs';
import { waitFor } from '../../../dist/tools/test-kit/index.js';

export const about = 'torn writes of result files: kill -9 during the write, files cut short by hand';
export const stores = ['embedded', 'postgres'];

const long = {
  strategy: 'SmaCross',
  symbol: 'BTC_USDT',
  start_date: '2022-01-01',
  end_date: '2025-12-31',
  initial_capital: 10_000,
  params: { fast_period: 3, slow_period: 6 },
  cache: false,
};

export async function play(context) {
  const { rounds, progress } = context;
  const site = await Site.open(context);
  const server = await site.addServer('one');
  await site.signIn(['ana']);
  const [user] = site.users;

  await killedDuringWrite(site, server, user, rounds, progress);
  await draftOfLostAttempt(site, server, user);
  await partCutShort(site, server, user);
  await partsOfCancelled(site, server, user);
  await resultCutShort(site, user);
  await site.verify();
  return site;
}

async function post(site, user, path, order, kind) {
  const { status, body } = await user.insist('POST', path, order);
  if (status !== 202) throw new Error(`not accepted: ${status} ${JSON.stringify(body)}`);
  const taskId = body.task_id ?? body.backtest_id;
  site.ledger.accept(taskId, { owner: user, kind });
  return taskId;
}

/** As soon as a draft of a result shows up, the process that writes it is killed; the next attempt completes. */
async function killedDuringWrite(site, server, user, rounds, progress) {
  const results = join(site.dataDir, 'results');
  mkdirSync(results, { recursive: true });
  site.counts.torn_writes = 0;
  const killed = new Set();
  const watcher = watch(results, (_, name) => {
    const [, taskId, attempt, pid] = /^([^.]+)\.(\d+)\..*\.(\d+)\.tmp$/.exec(name ?? '') ?? [];
    if (attempt !== '1' || killed.has(taskId)) return;
    killed.add(taskId);
    try {
      process.kill(Number(pid), 'SIGKILL');
      if (existsSync(join(results, name))) site.counts.torn_writes += 1;
    } catch {
      // It was faster.
    }
  });
  site.leftovers.add(() => watcher.close());
  const wanted = Math.ceil(rounds / 5) + 1;
  for (let tries = 0; site.counts.torn_writes < wanted && tries < 4 * wanted; tries += 1) {
    progress(`${site.counts.torn_writes} of ${wanted} writes torn`);
    await post(site, user, '/api/backtests/run', long, 'backtest');
    await site.allEnded();
  }
  watcher.close();
  site.counts.kills += killed.size;
  for (const path of temporaryFiles(site.dataDir)) site.violations.push(`after a torn write: ${path}`);
}

/** What a lost attempt has left half written goes when the task is taken up again. */
async function draftOfLostAttempt(site, server, user) {
  const taskId = await post(site, user, '/api/misbehaviour', { how: 'sleep', seconds: 8 }, 'sleep');
  await waitFor(() => childrenOf(server.pid).length > 0, 180_000, 'the task runs');
  const draft = join(site.dataDir, 'results', `${taskId}.1.json.gz.999999.tmp`);
  writeFileSync(draft, 'half a res');
  await site.kill(server);
  await server.start();
  await site.allEnded();
  if (existsSync(draft)) site.violations.push(`the draft of a lost attempt stays: ${draft}`);
}

/** A sharded task that has done some when its server is killed, and is queued again; returns where its shards are. */
async function killedBetweenParts(site, server, user) {
  const order = { how: 'sharded', seconds: 3, shards: 12 };
  const taskId = await post(site, user, '/api/misbehaviour', order, 'sharded');
  const folder = join(site.dataDir, 'results', `${taskId}.parts`);
  const done = () => readdirSync(folder).filter((name) => name.endsWith('.json.gz'));
  await waitFor(() => existsSync(folder) && done().length > 0, 180_000, 'a part is done');
  await site.kill(server);
  return { taskId, folder, done };
}

/** The finished shards of a cancelled task stay for a retry, which completes, and go with it. */
async function partsOfCancelled(site, server, user) {
  const { taskId, folder } = await killedBetweenParts(site, server, user);
  await server.start();
  site.ledger.tasks.get(taskId).cancelled = true;
  await user.insist('POST', `/api/tasks/${taskId}/cancel`);
  await site.allEnded();
  await user.insist('POST', `/api/tasks/${taskId}/retry`);
  site.ledger.tasks.get(taskId).retried = true;
  await site.allEnded();
  const task = await user.task(taskId);
  if (task.status !== 'completed') {
    site.violations.push(`a cancelled sharded task, retried: ${JSON.stringify(task)}`);
  }
  const isGone = () => !existsSync(folder);
  await waitFor(isGone, 60_000, 'gone').catch(() =>
    site.violations.push(`shards of a completed task stay: ${folder}`),
  );
}

/** A part's result that is cut short is no reason to crash, and a retry does it again. */
async function partCutShort(site, server, user) {
  const { taskId, folder, done } = await killedBetweenParts(site, server, user);
  truncateSync(join(folder, done()[0]), 10);
  await server.start();
  await site.allEnded();
  const task = await user.task(taskId);
  const isClear = task.status === 'completed' || (task.status === 'failed' && task.error.message.length > 0);
  if (!isClear) site.violations.push(`with a part cut short: ${JSON.stringify(task)}`);
  if (task.status === 'failed') {
    await user.insist('POST', `/api/tasks/${taskId}/retry`);
    await site.allEnded();
    const again = await user.task(taskId);
    if (again.status !== 'completed') {
      site.violations.push(`with a part cut short, retried: ${JSON.stringify(again)}`);
    }
  }
}

/** A result that was cut short afterwards is told as an error of its own; the server and other results live. */
async function resultCutShort(site, user) {
  const { body: list } = await user.get('/api/backtests?limit=2');
  const [torn, whole] = list.items.map(({ backtest_id }) => backtest_id);
  const results = join(site.dataDir, 'results');
  const names = readdirSync(results).filter((name) => name.startsWith(torn));
  for (const name of names) truncateSync(join(results, name), 40);
  const answer = await user.once('GET', `/api/backtests/${torn}`);
  const isClear =
    answer?.type.startsWith('application/problem+json') && answer.body.code === 'RESULT_UNREADABLE';
  if (!isClear)
    site.violations.push(`a result that is cut short is answered ${JSON.stringify(answer)?.slice(0, 500)}`);
  if (whole !== undefined) {
    const other = await user.once('GET', `/api/backtests/${whole}`);
    if (!(other?.body.equity_curve?.length > 0)) site.violations.push('a whole result beside it is not told');
  }
}
