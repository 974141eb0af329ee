// The peers, each through its own interface with one job a call, and with what it offers for speed.
import { EventEmitter } from 'node:events';
import { performance } from 'node:perf_hooks';
import { closedLoop, deferred } from './measure.mjs';

const payload = { symbol: 'BTC_USDT', strategy: 'SmaCross' };
const queueName = 'bench';

/**
 * pg-boss without its supervision and schedules, which cost it time. Jobs are fetched by hand: its own workers
 * pause for half a second at least between two looks, and only the latency is measured with one.
 */
export async function openPgBoss(url, concurrency) {
  const { default: PgBoss } = await import('pg-boss');
  const boss = new PgBoss({ connectionString: url, max: concurrency, supervise: false, schedule: false });
  boss.on('error', (error) => process.stderr.write(`pg-boss: ${error}\n`));
  await boss.start();
  await boss.createQueue(queueName);
  await boss.createQueue('latency');
  let onStart = null;
  await boss.work('latency', { pollingIntervalSeconds: 0.5 }, () => {
    onStart?.(performance.now());
    return Promise.resolve();
  });
  return {
    enqueue: (jobs) => closedLoop(jobs, concurrency, () => boss.send(queueName, payload)),
    claimAndComplete: (jobs) =>
      closedLoop(jobs, concurrency, async () => {
        const [job] = await boss.fetch(queueName);
        await boss.complete(queueName, job.id);
      }),
    submitToStart: async () => {
      const { promise, resolve } = deferred();
      onStart = resolve;
      const at = performance.now();
      await boss.send('latency', payload);
      return (await promise) - at;
    },
    close: async () => {
      boss.removeAllListeners('error').on('error', () => undefined);
      await boss.stop({ graceful: false });
    },
  };
}

/**
 * graphile-worker with a flag on each job and some forbidden, which is how it holds a user's jobs back. Its
 * runner starts the jobs; the time is from the start of the first to the completion of the last.
 */
export async function openGraphileWorker(url, concurrency) {
  const { Logger, makeWorkerUtils, run } = await import('graphile-worker');
  const { default: pg } = await import('pg');
  const logger = new Logger(() => () => undefined);
  const pgPool = new pg.Pool({ connectionString: url, max: concurrency + 1 });
  pgPool.on('error', () => undefined);
  const utils = await makeWorkerUtils({ pgPool, logger });
  await utils.migrate();
  const add = () => utils.addJob(queueName, payload, { flags: ['user-1'] });
  let onStart = null;
  let onEnd = null;
  let worker = null;
  const start = () => {
    const events = new EventEmitter().on('job:complete', () => onEnd?.());
    const taskList = { [queueName]: () => onStart?.(performance.now()) };
    const forbiddenFlags = ['user-2'];
    return run({ pgPool, logger, concurrency, noHandleSignals: true, forbiddenFlags, taskList, events });
  };
  return {
    enqueue: (jobs) => closedLoop(jobs, concurrency, add),
    claimAndComplete: async (jobs) => {
      const { promise, resolve } = deferred();
      let left = jobs;
      let startedAt = null;
      onStart = (at) => void (startedAt ??= at);
      onEnd = () => {
        left -= 1;
        if (left === 0) resolve();
      };
      worker = await start();
      await promise;
      return (performance.now() - startedAt) / 1000;
    },
    submitToStart: async () => {
      const started = deferred();
      const ended = deferred();
      onStart = started.resolve;
      onEnd = ended.resolve;
      const at = performance.now();
      await add();
      const took = (await started.promise) - at;
      await ended.promise;
      return took;
    },
    rest: async () => {
      await worker?.stop();
      worker = null;
    },
    close: async () => {
      await utils.release();
      await pgPool.end();
    },
  };
}

/** BullMQ, whose Redis keeps the state in memory and its file a second behind. */
export async function openBullMq(port, concurrency) {
  const { Queue, Worker } = await import('bullmq');
  const connection = { host: '127.0.0.1', port };
  const queue = new Queue(queueName, { connection });
  await queue.waitUntilReady();
  let onStart = null;
  let onEnd = null;
  const handle = () => {
    onStart?.(performance.now());
    return Promise.resolve();
  };
  const worker = new Worker(queueName, handle, { connection, concurrency, autorun: false });
  await worker.waitUntilReady();
  worker.on('completed', () => onEnd?.());
  void worker.run();
  return {
    enqueue: async (jobs) => {
      await worker.pause();
      return closedLoop(jobs, concurrency, () => queue.add('backtest', payload));
    },
    claimAndComplete: async (jobs) => {
      const { promise, resolve } = deferred();
      let left = jobs;
      let startedAt = null;
      onStart = (at) => (startedAt ??= at);
      onEnd = () => {
        left -= 1;
        if (left === 0) resolve();
      };
      worker.resume();
      await promise;
      return (performance.now() - startedAt) / 1000;
    },
    submitToStart: async () => {
      const started = deferred();
      const ended = deferred();
      onStart = started.resolve;
      onEnd = ended.resolve;
      const at = performance.now();
      await queue.add('backtest', payload);
      const took = (await started.promise) - at;
      await ended.promise;
      return took;
    },
    close: async () => {
      await worker.close(true);
      await queue.close();
    },
  };
}
