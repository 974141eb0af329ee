// Headroom's own queue as its server drives it: the store with its events, its lock and its notifications.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { closedLoop } from './measure.mjs';

const nodeId = 'bench';
const placement = { position: 1, reason: 'Behind 1 task in the queue', estimatedStartAtMs: null };
const measured = { cpuSeconds: 1.5, peakRamMb: 128 };
const nothingElse = () => Promise.resolve();

/** The classes of a build that a server makes its queue of. */
export async function loadQueue(dist) {
  const load = (file) => import(pathToFileURL(resolve(dist, 'src', file)).href);
  await import('reflect-metadata');
  const { Database } = await load('database/database.js');
  const { openEmbeddedDatabase } = await load('database/embedded-database.js');
  const { readConfig } = await load('config/config.js');
  const { TaskEvents } = await load('queue/domain/task-events.js');
  const { channels } = await load('queue/storage/channels.js');
  const { TaskStore } = await load('queue/storage/task-store.js');
  return { Database, openEmbeddedDatabase, readConfig, TaskEvents, TaskStore, channels };
}

/** A database on PostgreSQL, or the embedded one on a temporary folder when there is no address. */
export async function openDatabase({ Database, openEmbeddedDatabase }, url) {
  if (url !== null) return { database: await Database.postgres(url), remove: () => undefined };
  const dataDir = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
  const lost = () => process.stderr.write('The embedded database has ended.\n');
  const remove = () => rmSync(dataDir, { recursive: true, force: true });
  process.once('exit', remove);
  const database = await Database.embedded(await openEmbeddedDatabase(dataDir, lost));
  return { database, remove };
}

export async function openHeadroom(queue, url, concurrency) {
  const { database, remove } = await openDatabase(queue, url);
  const { store, close } = await openStore(queue, database);
  const waiting = [];
  return {
    enqueue: (jobs) =>
      closedLoop(jobs, concurrency, async () => {
        waiting.push(await store.insert(newTask(), placement, nothingElse));
      }),
    claimAndComplete: (jobs) =>
      closedLoop(jobs, concurrency, async () => {
        const task = waiting.shift();
        const running = await store.apply(task, task.claim(nodeId));
        await store.apply(running, running.complete(measured));
      }),
    // With the resources free a task is stored as running: the server starts it when that has committed.
    submitToStart: async () => {
      const at = performance.now();
      const started = { status: 'running', nodeId };
      const task = await store.insert({ ...newTask(), ...started }, null, nothingElse);
      const took = performance.now() - at;
      await store.apply(task, task.complete(measured));
      return took;
    },
    close: async () => {
      await close();
      await database.close();
      remove();
    },
  };
}

/** A task store that follows the notifications of its database, as a node does. */
export async function openStore({ readConfig, TaskEvents, TaskStore, channels }, database) {
  const store = new TaskStore(database, new TaskEvents(), readConfig({ HEADROOM_NODE_ID: nodeId }));
  const notifications = database.listen(Object.values(channels));
  notifications?.notifications$.subscribe(({ channel, payload }) => {
    if (channel === channels.events && payload !== nodeId) store.catchUp();
  });
  await notifications?.open();
  await store.begin();
  return { store, close: async () => notifications?.close() };
}

/** A queued backtest. */
export function newTask() {
  return {
    taskId: randomUUID(),
    taskType: 'backtest',
    userId: 'user-1',
    status: 'queued',
    priority: 0,
    description: 'SmaCross on BTC_USDT',
    progress: null,
    payload: { symbol: 'BTC_USDT', strategy: 'SmaCross' },
    size: 1,
    cpuMillicores: 1000,
    ramMb: 512,
    timeoutS: 3600,
    durable: true,
    attempt: 1,
    maxAttempts: 3,
    nodeId: null,
    cancelRequested: false,
    cancellable: true,
    subject: 'SmaCross on BTC_USDT',
    shardFingerprint: null,
    floorRamMb: null,
    runAfter: null,
    traceparent: null,
    error: null,
    cpuSeconds: null,
    peakRamMb: null,
  };
}
